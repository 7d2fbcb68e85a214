"""What says that a record is gone: a list of identifiers, or the record itself with ``d`` in its leader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_MAX_LINE: Final = 10_000
_SNIFFED: Final = 4096
_STATUS: Final = 5  # place in the leader of MARC 21 (LDR/05) and of UNIMARC alike
_LEADER: Final = re.compile(
    rb"""<(?:[\w.-]+:)?leader\b[^>]*>([^<]{6,30})<|"leader"\s*:\s*"([^"]{6,30})"|^=LDR\s{2}(.{6,30})"""
)
_LABEL: Final = re.compile(rb"\d{5}[a-zA-Z]")


def is_tombstone(raw: bytes) -> bool:
    """Whether the leader of an ISO 2709, MARCXML, JSON or worksheet record says that it was deleted."""
    start = raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"<", b"{", b"="):
        found = _LEADER.search(raw, 0, _SNIFFED)
        leader = next((text for text in found.groups() if text is not None), b"") if found else b""
    else:
        leader = start if _LABEL.match(start) else b""
    return leader[_STATUS : _STATUS + 1].lower() == b"d"


def is_list(path: Path) -> bool:
    """Whether a file is a list of identifiers rather than one of records.

    Raises:
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(_SNIFFED).lstrip(b"\xef\xbb\xbf \t\r\n")
    return not (head[:1] in (b"<", b"{", b"[", b"=") or b"\x1e" in head)


def identifiers(path: Path) -> Iterator[str]:
    """The identifiers of a list: what stands before a tab or comma on each line; ``#`` begins a remark.

    Raises:
        OSError: it cannot be opened.
    """
    seen: set[str] = set()
    with path.open("rb") as lines:
        while line := lines.readline(_MAX_LINE):
            text = re.split(r"[\t,]", _text(line), maxsplit=1)[0].strip().strip('"')
            if text and not text.startswith("#") and text not in seen:
                seen.add(text)
                yield text


def _text(line: bytes) -> str:
    line = line.removeprefix(b"\xef\xbb\xbf")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("gb18030", "replace")
