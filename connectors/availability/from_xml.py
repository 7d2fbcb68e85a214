"""Copies with their state out of the XML of one record, whichever schema the target chose to answer in."""

from __future__ import annotations

from connectors import markup
from connectors.availability import iso_holdings, opac_xml
from connectors.availability.from_marc import marc_items
from connectors.availability.from_opac import opac_record
from connectors.availability.options import AskingHabits
from connectors.availability.values import HeldRecord
from connectors.errors import ProtocolViolation
from connectors.marc.reading import Rejected, read


def xml_record(content: bytes, habits: AskingHabits, where: str) -> HeldRecord:
    """What a record says is held; the element tells its schema, since targets answer in others than asked.

    Raises:
        ProtocolViolation: it is neither MARCXML, an OPAC record nor ISO 20775 holdings.
    """
    root = markup.parse(content, where)
    if markup.local_name(root) == opac_xml.NAME:
        return opac_record(opac_xml.read_opac_xml(root), habits)
    if markup.local_name(root) == iso_holdings.NAME:
        return HeldRecord(None, iso_holdings.iso_items(root))
    answer = read(content)
    if isinstance(answer, Rejected):
        raise ProtocolViolation("malformed", where, reason=f"record: {answer.reason}")
    return HeldRecord(answer.record, marc_items(answer.record, habits.profile, habits.date_order))
