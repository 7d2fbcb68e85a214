"""One record from its bytes, whatever the layout, encoding and flavour: read with a report, or rejected.

Owns: the outcome values and the way through layout, encoding and flavour.
Must not: raise for anything that may stand in a file; the caller counts rejections by their reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from connectors.marc import encodings, marc_json, marcxml, opac, worksheet
from connectors.marc.evidence import Undecodable
from connectors.marc.flavour import flavour_of, flavour_of_texts
from connectors.marc.iso2709 import FIELD_END, LEADER_LENGTH, PADDING
from connectors.marc.layout import lay_out
from connectors.marc.malformed import Malformed
from connectors.marc.non_sorting import may_have_marks, without_marks
from connectors.marc.plain import plain_record
from connectors.marc.tables import rows
from connectors.marc.xml_escapes import without_escapes
from hub.kernel.fields import DELIMITER, fields_of
from hub.kernel.record import Field, Flavour, Record, Subfield, record_of


class ReadRecord(NamedTuple):
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
    """Read one record of ISO 2709, MARCXML, MARC-in-JSON, worksheet text or OPAC; its first bytes tell which.

    ``format`` names the flavour (cnmarc, unimarc, marc21), ``encoding`` one of utf-8, gb18030, big5,
    marc8, iso5426, latin-1-by-cp850 or a Python codec; ``auto`` finds either from the content.
    ``encoding`` concerns ISO 2709.
    """
    try:
        match raw.lstrip(PADDING)[:1]:
            case _ if raw[:5].isdigit() and FIELD_END in raw:
                return _read_iso2709(raw, format, encoding)
            case b"<":
                return _read_xml(raw, format)
            case b"{":
                return _read_json(raw, format)
            case b"=":
                return _read_worksheet(raw, format)
            case _ if worksheet.is_worksheet(raw):
                return _read_worksheet(raw, format)
            case _ if opac.is_opac(raw):
                return _read_opac(raw, format, encoding)
            case _:
                return _read_iso2709(raw, format, encoding)
    except Malformed as problem:
        return Rejected(raw, problem.reason, problem.detail)
    except Undecodable as problem:
        return Rejected(raw, "undecodable", str(problem))


def _read_iso2709(raw: bytes, flavour: str, encoding: str) -> ReadRecord:
    plain = plain_record(raw) if encoding in ("auto", "utf-8") else None
    if plain is None:
        return _read_carefully(raw, flavour, encoding)
    texts = list(map(without_marks, plain.texts)) if may_have_marks(raw) else plain.texts
    kind = flavour_of_texts(plain.tags, texts) if flavour == "auto" else Flavour(flavour)
    record = record_of(plain.leader, plain.tags, texts, kind)
    certain = plain.is_ascii or encoding != "auto"
    return ReadRecord(record, raw, kind.value, "utf-8", 1.0 if certain else 0.99)


def _read_carefully(raw: bytes, flavour: str, encoding: str) -> ReadRecord:
    layout = lay_out(raw)
    decoded = encodings.decode(layout.body, encoding)
    repairs = [*layout.repairs, *decoded.repairs]
    texts = without_escapes(without_marks(decoded.text), repairs).split("\x1e")
    fields = fields_of(
        layout.tags, [_mended(tag, text, repairs) for tag, text in zip(layout.tags, texts, strict=True)]
    )
    leader = layout.leader.decode("ascii", "replace").replace("\ufffd", " ")
    return _finish(raw, leader, fields, flavour, decoded.encoding, decoded.confidence, repairs)


def _read_xml(raw: bytes, flavour: str) -> ReadRecord:
    leader, fields, repairs = marcxml.parse(raw.lstrip(PADDING))
    return _finish(raw, leader, _cleaned(fields), flavour, "utf-8", 1.0, repairs)


def _read_json(raw: bytes, flavour: str) -> ReadRecord:
    parse = rows.parse if raw.startswith(rows.MARK) else marc_json.parse
    leader, fields = parse(raw.lstrip(PADDING))
    return _finish(raw, leader, _cleaned(fields), flavour, "utf-8", 1.0, [])


def _read_opac(raw: bytes, flavour: str, encoding: str) -> ReadRecord | Rejected:
    bibliographic, copies = opac.unwrapped(raw, encoding)
    found = read(bibliographic, format=flavour, encoding=encoding)
    if isinstance(found, Rejected):
        return replace(found, raw=raw)
    record = replace(found.record, fields=(*found.record.fields, *copies))
    return found._replace(record=record, raw=raw)


def _read_worksheet(raw: bytes, flavour: str) -> ReadRecord:
    leader, fields, decoded = worksheet.parse(raw)
    repairs = list(decoded.repairs)
    return _finish(raw, leader, _cleaned(fields), flavour, decoded.encoding, decoded.confidence, repairs)


def _cleaned(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields without non-sorting marks, for the layouts that come decoded."""
    together = "".join([value for field in fields for _, value in field.pairs])
    if without_marks(together) is together:
        return fields
    return tuple(
        replace(
            field,
            subfields=tuple(Subfield(code, without_marks(value)) for code, value in field.pairs),
        )
        for field in fields
    )


def _finish(
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
    if len(leader) != LEADER_LENGTH:
        repairs.append("leader_length")
        leader = leader[:LEADER_LENGTH].ljust(LEADER_LENGTH)
    record = Record(leader, fields, kind)
    return ReadRecord(record, raw, kind.value, encoding, confidence, tuple(dict.fromkeys(repairs)))


def _mended(tag: str, text: str, repairs: list[str]) -> str:
    """The text of a field that may lack something: indicators, subfield codes or the first delimiter."""
    if tag[:2] == "00":
        if DELIMITER in text:
            repairs.append("separator_in_field")
        return text.replace(DELIMITER, " ")
    head, *parts = text.split(DELIMITER)
    if not parts and not tag.isdecimal():
        # Local systems keep coded data in fields such as FMT and LDR, without subfields.
        return head
    if not parts:
        repairs.append("subfield_missing")
        parts = [f"a{head[2:]}"]
    elif len(head) != 2:
        repairs.append("indicators")
    if not all(parts):
        repairs.append("empty_subfield")
    return DELIMITER.join((f"{head[:2]:2}", *filter(None, parts)))
