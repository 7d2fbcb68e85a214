"""A record in simple Dublin Core, which every OAI-PMH repository must offer."""

from __future__ import annotations

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
    """The record's title, names, publisher, date, numbers and subjects; only its identifier if unreadable."""
    root = markup.new(DUBLIN_CORE, "dc")
    _element(root, "identifier", record.identifier)
    answer = read(record.raw)
    if not isinstance(answer, Rejected):
        table = _MARC21 if answer.record.flavour is Flavour.MARC21 else _UNIMARC
        for name, tag, codes in table:
            for field in answer.record.every(tag):
                _element(root, name, " ".join(field.all(codes)))
    return root


def _element(root: etree._Element, name: str, content: str) -> None:
    if content.strip():
        element = etree.SubElement(
            root, f"{{{DUBLIN_CORE_ELEMENTS}}}{name}", nsmap={"dc": DUBLIN_CORE_ELEMENTS}
        )
        element.text = markup.sayable(content.strip())
