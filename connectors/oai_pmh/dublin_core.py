"""A record in simple Dublin Core, which every OAI-PMH repository must offer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from connectors import markup
from connectors.marc.reading import Rejected, read
from connectors.oai_pmh.protocol import DUBLIN_CORE, DUBLIN_CORE_ELEMENTS
from connectors.serving import ServedRecord
from hub.kernel.record import Flavour

_MARC21: Final = (
    ("title", "245", "ab"),
    ("creator", "100", "a"),
    ("contributor", "700", "a"),
    ("publisher", "264", "b"),
    ("publisher", "260", "b"),
    ("date", "264", "c"),
    ("date", "260", "c"),
    ("identifier", "020", "a"),
    ("subject", "650", "a"),
)
_UNIMARC: Final = (
    ("title", "200", "ae"),
    ("creator", "701", "a"),
    ("contributor", "702", "a"),
    ("publisher", "210", "c"),
    ("date", "210", "d"),
    ("identifier", "010", "a"),
    ("subject", "606", "a"),
)


def dublin_core(record: ServedRecord) -> etree._Element:
    """The record as an ``oai_dc`` element."""
    root = markup.new(DUBLIN_CORE, "dc", dc=DUBLIN_CORE_ELEMENTS)
    for name, text in statements(record):
        add_statement(root, name, text)
    return root


def add_statement(root: etree._Element, name: str, text: str) -> None:
    """Add one element of Dublin Core."""
    etree.SubElement(root, f"{{{DUBLIN_CORE_ELEMENTS}}}{name}").text = text


def statements(record: ServedRecord) -> Iterator[tuple[str, str]]:
    """Names of elements with their texts: identifier, title, names, publisher, date, numbers and subjects.

    Only the identifier where the record cannot be read.
    """
    yield "identifier", markup.sayable(record.identifier)
    answer = read(record.raw)
    if isinstance(answer, Rejected):
        return
    table = _MARC21 if answer.record.flavour is Flavour.MARC21 else _UNIMARC
    for name, tag, codes in table:
        for field in answer.record.every(tag):
            text = " ".join(field.all(codes)).strip()
            if text:
                yield name, markup.sayable(text)
