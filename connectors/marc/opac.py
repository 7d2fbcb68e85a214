"""OPAC records of Z39.50 among stored records: kept as they came, read as a MARC record with its holdings.

The bytes stay those of the wire, so that nothing of what a target said is lost; reading them gives the
bibliographic record with one field for each copy, under a tag that no cataloguer uses.
"""

from __future__ import annotations

from typing import Final

from connectors.availability.opac_items import opac_items
from connectors.availability.values import LiveItem
from connectors.marc.malformed import Malformed
from connectors.z3950 import ber
from connectors.z3950.opac import decode_opac
from hub.kernel.record import Field, Subfield

#: local, as AVA is Alma's; the holdings profile ``z3950-opac`` explains its subfields
TAG: Final = "OPH"
_SEQUENCE: Final = 0x30
_LONG_LENGTH: Final = 0x80


def is_opac(raw: bytes) -> bool:
    """Whether the bytes are an OPAC record: a BER sequence longer than 127 bytes or of indefinite length.

    ISO 2709 begins with five digits, of which the first may be the same byte and the second never is.
    """
    return len(raw) > 1 and raw[0] == _SEQUENCE and raw[1] >= _LONG_LENGTH


def unwrapped(raw: bytes, encoding: str) -> tuple[bytes, tuple[Field, ...]]:
    """The bytes of the bibliographic record, and a field for each copy.

    Raises:
        Malformed: ``bad_opac`` where the bytes are no OPAC record, ``no_bibliographic_record``.
    """
    try:
        record = decode_opac(raw, "utf-8" if encoding in ("auto", "marc8") else encoding)
    except ber.Malformed as error:
        raise Malformed("bad_opac", str(error)) from None
    if not record.bibliographic or is_opac(record.bibliographic):
        raise Malformed("no_bibliographic_record")
    copies = (item for holding in record.holdings for item in opac_items(holding))
    return record.bibliographic, tuple(_field(item) for item in copies)


def _field(item: LiveItem) -> Field:
    texts = {
        "b": item.location,
        "c": item.shelf,
        "h": item.call_number,
        "3": item.volume,
        "p": item.barcode or "",
        "j": "" if item.status == "unknown" else item.status.replace("_", " "),
        "q": item.due.isoformat() if item.due else "",
        "z": item.status_text,
    }
    subfields = tuple(Subfield(code, text) for code, text in texts.items() if text)
    return Field(TAG, subfields=subfields)
