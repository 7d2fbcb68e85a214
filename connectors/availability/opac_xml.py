"""OPAC records as XML (``opacxml``), written by SRU targets and by gateways in front of Z39.50 targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
_VOLUME: Final = {
    "enumeration": "enumeration",
    "chronology": "chronology",
    "enumAndChron": "enum_and_chron",
}
_CIRCULATION: Final = {
    "availabilityDate": "availability_date",
    "availableThru": "availability_thru",
    "restrictions": "restrictions",
    "itemId": "item_id",
    "enumAndChron": "enum_and_chron",
    "midspine": "midspine",
    "temporaryLocation": "temporary_location",
}
_FLAGS: Final = ("availableNow", "renewable", "onHold")


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


def write_opac_xml(bibliographic: etree._Element, holdings: Iterable[OpacHolding]) -> etree._Element:
    """An ``opacRecord`` element of a MARCXML record and what is held of it.

    As targets write it: without a namespace of its own, and without elements for what is empty.
    """
    root = etree.Element(NAME)
    etree.SubElement(root, "bibliographicRecord").append(bibliographic)
    listed = etree.SubElement(root, "holdings")
    for one in holdings:
        _add_holding(etree.SubElement(listed, "holding"), one)
    return root


def _add_holding(element: etree._Element, holding: OpacHolding) -> None:
    _add_texts(element, holding, _HOLDING)
    if holding.volumes:
        volumes = etree.SubElement(element, "volumes")
        for volume in holding.volumes:
            _add_texts(etree.SubElement(volumes, "volume"), volume, _VOLUME)
    if holding.circulation:
        circulations = etree.SubElement(element, "circulations")
        for one in holding.circulation:
            circulation = etree.SubElement(circulations, "circulation")
            for name, value in zip(_FLAGS, (one.available_now, one.renewable, one.on_hold), strict=True):
                etree.SubElement(circulation, name).set("value", "1" if value else "0")
            _add_texts(circulation, one, _CIRCULATION)


def _add_texts(
    element: etree._Element, value: OpacHolding | Volume | Circulation, names: Mapping[str, str]
) -> None:
    for tag, name in names.items():
        if content := getattr(value, name):
            etree.SubElement(element, tag).text = markup.sayable(content)


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
    return Volume(**{name: markup.text(element, tag) for tag, name in _VOLUME.items()})


def _circulation(element: etree._Element) -> Circulation:
    available, renewable, on_hold = (_flag(element, name) for name in _FLAGS)
    texts = {name: markup.text(element, tag) for tag, name in _CIRCULATION.items()}
    # Spelt in the standard as availablityDate, and copied so by some.
    texts["availability_date"] = texts["availability_date"] or markup.text(element, "availablityDate")
    return Circulation(available_now=available, renewable=renewable, on_hold=on_hold, **texts)


def _flag(element: etree._Element, name: str) -> bool:
    found = markup.child(element, name)
    return found is not None and (found.get("value") or markup.text(found)).strip() in ("1", "true")
