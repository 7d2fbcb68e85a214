"""What an OPAC record says is held: its holdings, those given as MARC, or those in the record itself."""

from __future__ import annotations

from connectors.availability.from_marc import marc_items
from connectors.availability.opac_items import opac_items
from connectors.availability.options import AskingHabits
from connectors.availability.values import HeldRecord
from connectors.marc.reading import ReadRecord, read
from connectors.z3950.opac import OpacRecord
from hub.kernel.record import Record


def opac_record(opac: OpacRecord, habits: AskingHabits) -> HeldRecord:
    """What an OPAC record says is held, with its bibliographic record where that can be read."""
    found = [item for holding in opac.holdings for item in opac_items(holding, habits.date_order)]
    for raw in opac.marc_holdings:
        holdings = _record(raw.content, habits.encoding)
        if holdings is not None:
            found += marc_items(holdings, habits.profile, habits.date_order)
    record = _record(opac.bibliographic, habits.encoding)
    if not found and record is not None:
        found += marc_items(record, habits.profile, habits.date_order)
    return HeldRecord(record, tuple(found))


def _record(raw: bytes, encoding: str) -> Record | None:
    answer = read(raw, encoding=encoding) if raw else None
    return answer.record if isinstance(answer, ReadRecord) else None
