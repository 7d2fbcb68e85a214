"""The command line: in a process of its own, as people start it, or quicker in the test's own process."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.cli.main import run

ROOT = Path(__file__).resolve().parent.parent
#: a command that hangs is a failure
LONGEST = 120


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        assert self.code in {0, 1}, self.err
        assert len(self.out.splitlines()) == 1, self.out + self.err
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def environment(data: Path, **settings: str) -> dict[str, str]:
    """The environment of a hub over ``data``: nothing of the present one that is a setting of a hub."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TONGJIE_")}
    return {**kept, "PYTHONPATH": str(ROOT), "TONGJIE_DATA": str(data), "TONGJIE_LANGUAGE": "en", **settings}


def command(*words: object) -> list[str]:
    """What is typed."""
    return [sys.executable, "-m", "hub", *map(str, words)]


def tongjie(data: Path, *words: object, stdin: str = "", settings: Mapping[str, str] | None = None) -> Said:
    """Perform one command to its end."""
    done = subprocess.run(
        command(*words), env=environment(data, **(settings or {})), cwd=data.parent, input=stdin,
        capture_output=True, text=True, timeout=LONGEST, check=False,
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


def typed(data: Path, *words: object, stdin: str = "", **settings: str) -> Said:
    """Perform one command in this process."""
    out, err = io.StringIO(), io.StringIO()
    stated = {"TONGJIE_DATA": str(data), "TONGJIE_LANGUAGE": "en", **settings}
    with redirect_stdout(out), redirect_stderr(err), _stdin(stdin), _own_logging():
        try:
            code = run([str(word) for word in words], stated)
        except SystemExit as leaving:
            code = int(leaving.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


@contextmanager
def _stdin(content: str) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.StringIO(content)
    try:
        yield
    finally:
        sys.stdin = before


@contextmanager
def _own_logging() -> Iterator[None]:
    """A command sets up the logging of its process; here it is put back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


@dataclass
class Started:
    """A command that goes on, and the file that takes what it says: a pipe nobody reads would stop it."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        """Everything on stdout and stderr so far."""
        return self.log.read_text("utf-8", "replace")

    def stopped(self, number: int) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)


@contextmanager
def started(data: Path, *words: object, **settings: str) -> Iterator[Started]:
    """A command that goes on while the block runs; killed at its end if it still does."""
    log = data.parent / f"{words[0]}-{time.monotonic_ns()}.log"
    with log.open("wb") as out, subprocess.Popen(
        command(*words), env=environment(data, **settings), cwd=data.parent, stdin=subprocess.DEVNULL,
        stdout=out, stderr=out,
    ) as process:  # fmt: skip
        try:
            yield Started(process, log)
        finally:
            process.kill()
