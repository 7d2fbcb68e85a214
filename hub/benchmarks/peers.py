"""Peers that may not be here: programs and libraries that the hub itself does not need."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from hub.benchmarks.benchmark import Absent

#: where Debian puts programs that are no part of everybody's path
SYSTEM_PROGRAMS = Path("/usr/sbin")


def program(name: str) -> str | None:
    """Where a program is, or None."""
    return shutil.which(name) or shutil.which(name, path=str(SYSTEM_PROGRAMS))


def without_programs(side: str, names: Iterable[str]) -> Absent | None:
    """Why ``side`` cannot take part for want of programs; None when all are here."""
    missing = [name for name in names if program(name) is None]
    return Absent(side, "bench.no_program", {"programs": ", ".join(missing)}) if missing else None
