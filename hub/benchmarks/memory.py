"""The memory this process holds, where the operating system tells."""

from __future__ import annotations

import os
from pathlib import Path

#: Linux: the second number is the resident set in pages
STATM = Path("/proc/self/statm")


def resident_megabytes() -> float | None:
    """The resident set in megabytes; None where the system has no such figure."""
    if not STATM.exists():
        return None
    pages = int(STATM.read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
