"""The lock of a data folder: held by one, named to others, free again after a crash."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.errors import Conflict
from hub.storage.lock import FILE, Holder, HubLock, holder

SINCE = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)

HOLD = """
import os, sys, time
from datetime import UTC, datetime
from pathlib import Path
from hub.storage.lock import HubLock
lock = HubLock(Path(sys.argv[1]), os.getpid(), datetime.now(UTC))
lock.acquire()
child = os.fork() if sys.argv[2] == "fork" else 1
if sys.argv[2] == "none" or child == 0:
    # The child speaks: only then it is there, and what follows a fork is done.
    print(child or os.getpid(), flush=True)
time.sleep(60)
"""


def test_a_second_holder_learns_who_the_first_is(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert holder(data) is None
    with HubLock(data, 4711, SINCE) as lock:
        lock.acquire()
        assert holder(data) == Holder(4711, SINCE)
        with pytest.raises(Conflict, match="4711"):
            HubLock(data, 4712, SINCE).acquire()
    assert holder(data) is None
    with HubLock(data, 4712, SINCE):
        assert holder(data) == Holder(4712, SINCE)


def test_what_stands_in_the_file_does_not_lock(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"pid": 1, "since": "2026-05-01T00:00:00+00:00"}')
    assert holder(tmp_path) is None
    HubLock(tmp_path, 2, SINCE).acquire()


def test_a_holder_that_has_not_said_who_it_is_is_still_a_holder(tmp_path: Path) -> None:
    with HubLock(tmp_path, 1, SINCE):
        (tmp_path / FILE).write_text("")
        with pytest.raises(Conflict):
            holder(tmp_path)


def test_somebody_who_looks_does_not_keep_the_hub_from_starting(tmp_path: Path) -> None:
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            with contextlib.suppress(Conflict):
                holder(tmp_path)

    looking = threading.Thread(target=look)
    looking.start()
    for _ in range(300):
        with HubLock(tmp_path, 1, SINCE):
            pass
    stop.set()
    looking.join()


@pytest.mark.parametrize("children", ["none", "fork"])
def test_a_killed_holder_lets_go_whatever_children_it_leaves(tmp_path: Path, children: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path), children], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        try:
            found = holder(tmp_path)
            assert found is not None
            assert found.pid == process.pid
            process.send_signal(signal.SIGKILL)
            process.wait(10)
            assert holder(tmp_path) is None
        finally:
            if children == "fork":
                os.kill(child, signal.SIGKILL)
