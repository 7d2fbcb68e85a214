"""SRU responses of any version as values; elements are matched by local name.

Owns: reading searchRetrieve, explain and scan responses. Must not: fetch them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from lxml import etree

from connectors import markup
from connectors.errors import ProtocolViolation

_MAX_RECORDS: Final = 10_000  # in one page


@dataclass(frozen=True, slots=True)
class SruDiagnostic:
    """A refusal; a surrogate where it stands in a record's place."""

    uri: str
    details: str
    message: str = ""

    @property
    def number(self) -> int:
        """The number of the standard's list; 0 where it is of another list."""
        return markup.whole_number(self.uri.rpartition("/")[2]) or 0


@dataclass(frozen=True, slots=True)
class SruRecord:
    """A record's XML, by itself."""

    content: bytes
    schema: str
    position: int | None


Slot: TypeAlias = SruRecord | SruDiagnostic


@dataclass(frozen=True, slots=True)
class Page:
    """One searchRetrieve response."""

    total: int
    exact: bool  #: False where the server says that its count is an estimate or a bound
    slots: tuple[Slot, ...]
    diagnostics: tuple[SruDiagnostic, ...]
    following: int | None = None  #: where the server says that the next page begins


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a server says of itself."""

    title: str
    version: str
    indexes: tuple[str, ...]  #: as ``set.name``
    schemas: tuple[str, ...]  #: short names


def read_page(data: bytes, where: str) -> Page:
    """Read a searchRetrieve response.

    Raises:
        ProtocolViolation: it is not one.
    """
    root = markup.parse(data, where)
    if markup.local_name(root) != "searchRetrieveResponse":
        raise ProtocolViolation(
            "unexpected_answer", where, expected="searchRetrieveResponse", found=markup.local_name(root)
        )
    diagnostics = _diagnostics(root)
    stated = markup.text(root, "numberOfRecords")
    total = markup.whole_number(stated)
    if total is None and not diagnostics:
        raise ProtocolViolation("malformed", where, reason=f"numberOfRecords {stated[:40]!r}")
    listed = markup.child(root, "records")
    records = list(markup.children(listed, "record")) if listed is not None else []
    if len(records) > _MAX_RECORDS:
        raise ProtocolViolation("too_large", where, reason="records in a page", limit=_MAX_RECORDS)
    precision = markup.text(root, "resultCountPrecision").rpartition("/")[2]
    slots = tuple(_slot(record, where) for record in records)
    following = markup.whole_number(markup.text(root, "nextRecordPosition"))
    return Page(total or 0, precision in ("", "exact"), slots, diagnostics, following)


def _diagnostics(root: etree._Element) -> tuple[SruDiagnostic, ...]:
    listed = markup.child(root, "diagnostics")
    if listed is None:
        return ()
    return tuple(_diagnostic(one) for one in markup.children(listed, "diagnostic"))


def _diagnostic(element: etree._Element) -> SruDiagnostic:
    return SruDiagnostic(
        markup.text(element, "uri"), markup.text(element, "details"), markup.text(element, "message")
    )


def _slot(record: etree._Element, where: str) -> Slot:
    data = markup.child(record, "recordData")
    schema = markup.text(record, "recordSchema")
    if data is None:
        raise ProtocolViolation("malformed", where, reason="a record without recordData")
    inner = markup.elements(data)
    # Without elements it is escaped or a CDATA section, whatever the response says its packing is.
    element = inner[0] if inner else markup.parse(markup.text(data).encode(), where)
    if markup.local_name(element) == "diagnostic":
        return _diagnostic(element)
    position = markup.whole_number(markup.text(record, "recordPosition"))
    return SruRecord(markup.serialise(element), schema, position)


def read_explanation(data: bytes, where: str) -> Explanation:
    """Read an explain response.

    Raises:
        ProtocolViolation: it is not one.
    """
    root = markup.parse(data, where)
    if markup.local_name(root) != "explainResponse":
        raise ProtocolViolation(
            "unexpected_answer", where, expected="explainResponse", found=markup.local_name(root)
        )
    indexes: list[str] = []
    for name in root.iter("{*}name"):
        context = name.get("set")
        if context:
            indexes.append(f"{context}.{markup.text(name)}")
    schemas = [short for schema in root.iter("{*}schema") if (short := schema.get("name"))]
    title = next((markup.text(element) for element in root.iter("{*}title")), "")
    return Explanation(title, markup.text(root, "version"), tuple(indexes), tuple(schemas))
