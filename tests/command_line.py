"""The real command line in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


@contextmanager
def started(data: Path, *words: object, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on while the block runs; killed at its end if it still does."""
    with subprocess.Popen(
        command(*words), env=environment(data, **settings), cwd=data.parent, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.communicate()
