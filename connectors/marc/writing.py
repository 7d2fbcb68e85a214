"""Records out, one at a time: ISO 2709 in five encodings, MARCXML and MARC-in-JSON.

Owns: the byte layout on the way out and the report of what an encoding could not hold.
Must not: change content; conversion between flavours is the crosswalk's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from connectors.marc import iso2709, marc8
from connectors.marc.marc_json import to_json
from connectors.marc.marcxml import to_marcxml
from hub.kernel.record import Field, Flavour, Record

__all__ = [
    "ENCODINGS",
    "BadTag",
    "TooLong",
    "Unwritable",
    "Written",
    "encode_text",
    "to_iso2709",
    "to_json",
    "to_marcxml",
    "write_iso2709",
]

_TAG = re.compile("[0-9A-Za-z]{3}")
_SEPARATORS = re.compile("[\x1d\x1e\x1f]")

MAX_RECORD = 99_999
MAX_FIELD = 9_999


@dataclass(frozen=True, slots=True)
class Written:
    """A record's bytes, and the characters its encoding lacks (written as character references)."""

    raw: bytes
    missing: tuple[str, ...] = ()


class Unwritable(ValueError):
    """ISO 2709 cannot hold the record. ``reason`` is a stable code."""

    reason = "unwritable"


class BadTag(Unwritable):
    """A tag that is not three letters or digits: other layouts allow it, the directory does not."""

    reason = "bad_tag"


class TooLong(Unwritable):
    """ISO 2709 states lengths in five digits for a record and four for a field; this is longer."""

    reason = "too_long"


def to_iso2709(record: Record, encoding: str = "utf-8") -> bytes:
    """The record in ISO 2709, in one of ``ENCODINGS``. See ``write_iso2709``."""
    return write_iso2709(record, encoding).raw


def write_iso2709(record: Record, encoding: str = "utf-8") -> Written:
    """The record in ISO 2709 with a report of the characters the encoding lacks.

    Leader/09 becomes what MARC 21 prescribes for the encoding; in UNIMARC and CNMARC it stays blank.
    Raises ``TooLong`` beyond the limits of the format, ``BadTag`` for a tag it cannot hold, ``KeyError`` for
    an unknown encoding.
    """
    missing: list[str] = []
    encode = _ENCODERS[encoding]
    directory = bytearray()
    body = bytearray()
    for field in record.fields:
        if not _TAG.fullmatch(field.tag):
            raise BadTag(f"tag {field.tag[:20]!r}")
        content = _content(field, encode, missing) + iso2709.FIELD_END
        if len(content) > MAX_FIELD:
            raise TooLong(f"field {field.tag}: {len(content)} bytes")
        directory += f"{field.tag}{len(content):04d}{len(body):05d}".encode("ascii")
        body += content
    base = iso2709.LEADER_LENGTH + len(directory) + 1
    length = base + len(body) + 1
    if length > MAX_RECORD:
        raise TooLong(f"record: {length} bytes")
    leader = _leader(record, encoding, length, base)
    raw = leader + directory + iso2709.FIELD_END + body + iso2709.RECORD_END
    return Written(bytes(raw), tuple(dict.fromkeys(missing)))


def _leader(record: Record, encoding: str, length: int, base: int) -> bytes:
    leader = record.leader.ljust(iso2709.LEADER_LENGTH)
    marc21 = record.flavour is Flavour.MARC21
    charset = ("a" if encoding == "utf-8" else " ") if marc21 else leader[9]
    entry_map = "4500" if marc21 else "450 "
    return f"{length:05d}{leader[5:9]}{charset}22{base:05d}{leader[17:20]}{entry_map}".encode(
        "ascii", "replace"
    )


def _content(field: Field, encode: Callable[[str, list[str]], bytes], missing: list[str]) -> bytes:
    if field.is_control or not field.subfields:
        return encode(_printable(field.value), missing)
    subfields = (
        iso2709.SUBFIELD + subfield.code.encode("utf-8") + encode(_printable(subfield.value), missing)
        for subfield in field.subfields
    )
    return field.indicators.encode("ascii", "replace") + b"".join(subfields)


def _printable(text: str) -> str:
    """The text without the three separators, which would end the field in its middle."""
    return _SEPARATORS.sub(" ", text)


def _encode_utf8(text: str, missing: list[str]) -> bytes:
    return text.encode("utf-8", "replace")


def _encode_gb18030(text: str, missing: list[str]) -> bytes:
    return text.encode("gb18030", "replace")


def _encode_gbk(text: str, missing: list[str]) -> bytes:
    return _encode_legacy(text, "gbk", missing)


def _encode_big5(text: str, missing: list[str]) -> bytes:
    return _encode_legacy(text, "cp950", missing)


def _encode_legacy(text: str, codec: str, missing: list[str]) -> bytes:
    """Text in a legacy code page; what it lacks becomes a character reference, as MARC-8 has it."""
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return b"".join(_encode_character(character, codec, missing) for character in text)


def _encode_character(character: str, codec: str, missing: list[str]) -> bytes:
    try:
        return character.encode(codec)
    except UnicodeEncodeError:
        missing.append(character)
        return f"&#x{ord(character):X};".encode("ascii")


def _encode_marc8(text: str, missing: list[str]) -> bytes:
    encoded, lacking = marc8.encode(text)
    missing.extend(lacking)
    return encoded


_ENCODERS: dict[str, Callable[[str, list[str]], bytes]] = {
    "utf-8": _encode_utf8,
    "gb18030": _encode_gb18030,
    "gbk": _encode_gbk,
    "big5": _encode_big5,
    "marc8": _encode_marc8,
}
ENCODINGS = tuple(_ENCODERS)


def encode_text(text: str, encoding: str) -> Written:
    """A text in one of ``ENCODINGS``, with a report of what it lacks."""
    missing: list[str] = []
    return Written(_ENCODERS[encoding](text, missing), tuple(dict.fromkeys(missing)))
