"""One record from its bytes, whatever the layout, encoding and flavour: read with a report, or rejected.

Owns: the outcome values and the way through layout, encoding and flavour.
Must not: raise for anything that may stand in a file; the caller counts rejections by their reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from connectors.marc import encodings, iso2709
from connectors.marc.flavour import flavour_of
from hub.kernel.record import Field, Flavour, Record, Subfield

# Control functions around the part of a title that does not sort: NSB and NSE of ISO 6630 (88, 89)
# and their Unicode counterparts SOS and ST (98, 9C).
_NON_SORTING = dict.fromkeys((0x88, 0x89, 0x98, 0x9C))


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record that could be read.

    ``confidence`` in the encoding runs from 0 to 1. ``repairs`` are codes of what was mended while
    reading; ``raw`` stays as it came.
    """

    record: Record
    raw: bytes
    format: str
    encoding: str
    confidence: float
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """Bytes that could not be read: a stable reason code and a detail for the operator."""

    raw: bytes
    reason: str
    detail: str = ""


def read(raw: bytes, *, format: str = "auto", encoding: str = "auto") -> ReadRecord | Rejected:  # noqa: A002 - the trade's word
    """Read one record of ISO 2709, MARCXML or MARC-in-JSON; which of them shows in its first byte.

    ``format`` names the flavour (cnmarc, unimarc, marc21), ``encoding`` one of utf-8, gb18030, big5,
    marc8 or a Python codec; ``auto`` finds either from the content. ``encoding`` concerns ISO 2709.
    """
    return _read_iso2709(raw, format, encoding)


def _read_iso2709(raw: bytes, flavour: str, encoding: str) -> ReadRecord | Rejected:
    try:
        layout = iso2709.lay_out(raw)
        decoded = encodings.decode(layout.contents, encoding)
    except iso2709.Malformed as problem:
        return Rejected(raw, problem.reason, problem.detail)
    except encodings.Undecodable as problem:
        return Rejected(raw, "undecodable", str(problem))
    repairs = [*layout.repairs, *decoded.repairs]
    fields = _fields(layout.tags, decoded.texts, repairs)
    leader = _leader(layout.leader, repairs)
    return finish(raw, leader, fields, flavour, decoded.encoding, decoded.confidence, repairs)


def finish(
    raw: bytes,
    leader: str,
    fields: tuple[Field, ...],
    flavour: str,
    encoding: str,
    confidence: float,
    repairs: list[str],
) -> ReadRecord:
    """Join the parts into the outcome, finding the flavour where it is not given."""
    kind = flavour_of(fields) if flavour == "auto" else Flavour(flavour)
    record = Record(leader, fields, kind)
    return ReadRecord(record, raw, kind.value, encoding, confidence, tuple(dict.fromkeys(repairs)))


def _leader(found: bytes, repairs: list[str]) -> str:
    leader = found.decode("ascii", "replace").replace("\ufffd", " ")
    if len(leader) != iso2709.LEADER_LENGTH:
        repairs.append("leader_length")
        leader = leader[:24].ljust(24)
    return leader


def _fields(tags: tuple[str, ...], texts: tuple[str, ...], repairs: list[str]) -> tuple[Field, ...]:
    return tuple([_field(tag, text, repairs) for tag, text in zip(tags, texts, strict=True)])


def _field(tag: str, text: str, repairs: list[str]) -> Field:
    if any(mark in text for mark in "\x88\x89\x98\x9c"):
        text = text.translate(_NON_SORTING)
    if tag[:2] == "00":
        return Field(tag, text)
    head, *parts = text.split("\x1f")
    if len(head) != 2 or not all(parts) or not parts:
        return _mended(tag, head, parts, repairs)
    return Field(tag, "", head, tuple([Subfield(part[0], part[1:]) for part in parts]))


def _mended(tag: str, head: str, parts: list[str], repairs: list[str]) -> Field:
    """A data field with something missing: indicators, subfield codes or the first delimiter."""
    if not parts:
        repairs.append("subfield_missing")
        return Field(tag, "", head[:2].ljust(2), (Subfield("a", head[2:]),))
    if len(head) != 2:
        repairs.append("indicators")
    if not all(parts):
        repairs.append("empty_subfield")
    subfields = tuple(Subfield(part[0], part[1:]) for part in parts if part)
    return Field(tag, "", head[:2].ljust(2), subfields)
