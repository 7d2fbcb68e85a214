"""OPAC records as XML (``opacxml``), written by SRU targets and by gateways in front of Z39.50 targets."""

from __future__ import annotations

from typing import Final

from lxml import etree

from connectors import markup
from connectors.z3950 import oids
from connectors.z3950.opac import Circulation, OpacHolding, OpacRecord, Volume

NAME: Final = "opacRecord"
_MAX_HOLDINGS: Final = 10_000

#: Names of elements that are not simply those of the values.
_HOLDING: Final = {
    "localLocation": "local_location",
    "callNumber": "call_number",
    "shelvingLocation": "shelving_location",
    "copyNumber": "copy_number",
    "enumAndChron": "enum_and_chron",
    "publicNote": "public_note",
    "nucCode": "nuc_code",
    "typeOfRecord": "type_of_record",
    "encodingLevel": "encoding_level",
    "format": "format",
    "receiptAcqStatus": "receipt_status",
    "generalRetention": "general_retention",
    "completeness": "completeness",
    "dateOfReport": "date_of_report",
    "shelvingData": "shelving_data",
    "reproductionNote": "reproduction_note",
    "termsUseRepro": "terms_of_use",
}


def read_opac_xml(element: etree._Element) -> OpacRecord:
    """The OPAC record that an ``opacRecord`` element is; what it does not name stays empty."""
    bibliographic = markup.child(element, "bibliographicRecord")
    inner = [] if bibliographic is None else markup.elements(bibliographic)
    listed = markup.child(element, "holdings")
    holdings = [] if listed is None else list(markup.children(listed, "holding"))[:_MAX_HOLDINGS]
    return OpacRecord(
        bibliographic=markup.serialise(inner[0]) if inner else b"",
        syntax=oids.XML if inner else "",
        holdings=tuple(_holding(one) for one in holdings),
    )


def _holding(element: etree._Element) -> OpacHolding:
    texts = {name: markup.text(element, tag) for tag, name in _HOLDING.items()}
    volumes, circulations = markup.child(element, "volumes"), markup.child(element, "circulations")
    return OpacHolding(
        **texts,
        volumes=() if volumes is None else tuple(map(_volume, markup.children(volumes, "volume"))),
        circulation=()
        if circulations is None
        else tuple(map(_circulation, markup.children(circulations, "circulation"))),
    )


def _volume(element: etree._Element) -> Volume:
    return Volume(*(markup.text(element, name) for name in ("enumeration", "chronology", "enumAndChron")))


def _circulation(element: etree._Element) -> Circulation:
    return Circulation(
        available_now=_flag(element, "availableNow"),
        # Spelt in the standard as availablityDate, and copied so by some.
        availability_date=markup.text(element, "availabilityDate") or markup.text(element, "availablityDate"),
        availability_thru=markup.text(element, "availableThru"),
        restrictions=markup.text(element, "restrictions"),
        item_id=markup.text(element, "itemId"),
        renewable=_flag(element, "renewable"),
        on_hold=_flag(element, "onHold"),
        enum_and_chron=markup.text(element, "enumAndChron"),
        midspine=markup.text(element, "midspine"),
        temporary_location=markup.text(element, "temporaryLocation"),
    )


def _flag(element: etree._Element, name: str) -> bool:
    found = markup.child(element, name)
    return found is not None and (found.get("value") or markup.text(found)).strip() in ("1", "true")
