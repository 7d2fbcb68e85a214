"""The record's own number (001), read from the bytes without decoding the record.

Whole decoding happens later, once, in the hub; a harvest only needs to know which record it holds.
"""

from __future__ import annotations

import re
from typing import Final

from connectors.files.tombstones import is_tombstone
from connectors.ports import RawRecord

_DIRECTORY_START: Final = 24
_ENTRY: Final = 12
_GONE: Final = (b"d", b"D")
_TERMINATORS: Final = b"\x1e\x1d\x1f"
_MARCXML: Final = re.compile(
    rb"""<(?:[\w.-]+:)?controlfield\b[^>]*?\btag\s*=\s*["']001["'][^>]*>([^<]{1,500})<""", re.DOTALL
)
_JSON: Final = re.compile(rb'"001"\s*:\s*"((?:[^"\\]|\\.){1,500})"')


def received(raw: bytes, syntax: str) -> RawRecord:
    """A MARC record as it came; a deletion where its leader says that it is gone (LDR/05 ``d``)."""
    identifier = control_number(raw)
    if identifier is not None and _may_be_tombstone(raw) and is_tombstone(raw):
        return RawRecord(b"", identifier, deleted=True)
    return RawRecord(raw, identifier, syntax=syntax)


def control_number(raw: bytes) -> str | None:
    """The 001 of an ISO 2709, MARCXML or MARC-in-JSON record; None when it has none or cannot be read."""
    if raw[:1].isdigit():
        return _text(_iso2709(raw))
    head = raw[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        found = _MARCXML.search(raw)
        content = _unescaped(found.group(1)) if found else b""
    elif head.startswith(b"{"):
        found = _JSON.search(raw)
        content = found.group(1) if found else b""
    else:
        content = _iso2709(raw)
    return _text(content)


def _may_be_tombstone(raw: bytes) -> bool:
    """False for a record of ISO 2709 with any other status; the rest has to be looked into."""
    return raw[5:6] in _GONE or not raw[:1].isdigit()


def _iso2709(raw: bytes) -> bytes:
    """The first field, if the directory calls it 001; ISO 2709 has it first."""
    if raw[_DIRECTORY_START : _DIRECTORY_START + 3] != b"001":
        return b""
    end_of_directory = raw.find(b"\x1e", _DIRECTORY_START)
    entry = raw[_DIRECTORY_START : _DIRECTORY_START + _ENTRY]
    if end_of_directory < 0 or not entry[3:].isdigit():
        return b""
    # The offset is counted from the byte after the directory; base addresses in the wild are less reliable.
    start = end_of_directory + 1 + int(entry[7:12])
    stop = raw.find(b"\x1e", start)
    return raw[start:stop].strip(_TERMINATORS) if stop > start else b""


def _unescaped(content: bytes) -> bytes:
    for name, character in ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&quot;", b'"'), (b"&amp;", b"&")):
        content = content.replace(name, character)
    return content


def _text(content: bytes) -> str | None:
    content = content.replace(b"\x00", b" ")
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding).strip() or None
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1").strip() or None
