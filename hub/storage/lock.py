"""The lock of a data folder: one hub at a time, and whoever comes second learns who holds it.

The kernel holds the lock and lets go of it when the process ends, however it ends. What stands in the file is
for people only.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
import weakref
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from hub.errors import Conflict

FILE = "hub.lock"
MOMENT = 0.001  # seconds


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock."""

    pid: int
    since: datetime


class HubLock:
    """The lock over one data folder. A context manager that holds it."""

    def __init__(self, data: Path, pid: int, since: datetime) -> None:
        """``pid`` and ``since`` are what others will be told."""
        self._path = data / FILE
        self._me = Holder(pid, since)
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock, without waiting. Taking it twice is harmless.

        Raises:
            Conflict: another process holds it; the message names it.
        """
        if self._file is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        if not _take(file):
            other = _read(file)
            os.close(file)
            raise _locked(other)
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps({"pid": self._me.pid, "since": self._me.since.isoformat()}).encode(), 0)
        self._file = file
        _held.add(self)

    def release(self) -> None:
        """Let go of the lock. The file stays: removing it would let two processes lock two files."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
            _held.discard(self)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def holder(data: Path) -> Holder | None:
    """Who holds the lock of a data folder; None when nobody does.

    Raises:
        Conflict: somebody took it just now and has not yet said who it is.
    """
    try:
        file = os.open(data / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        if _free(file):
            return None
        found = _read(file)
        if found is None:
            raise _locked(None)
        return found
    finally:
        os.close(file)


def _take(file: int) -> bool:
    """Lock for oneself. Somebody who only looks holds a shared lock for a moment: that is no holder."""
    for _ in range(100):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not _free(file):
                return False
            # Somebody looks: without a pause a thread that was interrupted while looking could not go on.
            time.sleep(MOMENT)
        else:
            return True
    return False


def _free(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True


def _read(file: int) -> Holder | None:
    try:
        said = json.loads(os.pread(file, 1000, 0))
        return Holder(int(said["pid"]), datetime.fromisoformat(said["since"]))
    except (ValueError, KeyError, TypeError):
        return None


def _locked(other: Holder | None) -> Conflict:
    pid, since = (other.pid, other.since.isoformat(timespec="seconds")) if other else ("?", "?")
    return Conflict("storage.locked", pid=pid, since=since)


# A forked child shares the open file and with it the lock: it would keep a dead hub's folder locked.
_held: weakref.WeakSet[HubLock] = weakref.WeakSet()


def _let_go_in_child() -> None:
    for lock in list(_held):
        lock.release()


os.register_at_fork(after_in_child=_let_go_in_child)
