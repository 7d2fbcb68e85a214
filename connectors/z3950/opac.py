"""The OPAC record syntax (Z39.50-1995, appendix REC.2): a bibliographic record with holdings and circulation.

It is the only standard way in which a Z39.50 target tells what stands on the shelf now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from connectors.z3950 import ber_writing as write
from connectors.z3950.apdu import RetrievedRecord
from connectors.z3950.ber import DEFAULT_LIMITS, SEQUENCE, Element, Limits, context
from connectors.z3950.framing import decode_element
from connectors.z3950.records_codec import decode_external, external_parts

#: Strings of a holding by their tags; the comment of the standard names the MARC field each comes from.
_HOLDING_TEXTS: Final = (
    "type_of_record",
    "encoding_level",
    "format",
    "receipt_status",
    "general_retention",
    "completeness",
    "date_of_report",
    "nuc_code",
    "local_location",
    "shelving_location",
    "call_number",
    "shelving_data",
    "copy_number",
    "public_note",
    "reproduction_note",
    "terms_of_use",
    "enum_and_chron",
)
_VOLUME_TEXTS: Final = ("enumeration", "chronology", "enum_and_chron")
_CIRCULATION_TEXTS: Final[Mapping[str, int]] = {
    "availability_date": 2,
    "availability_thru": 3,
    "restrictions": 4,
    "item_id": 5,
    "enum_and_chron": 8,
    "midspine": 9,
    "temporary_location": 10,
}
_CIRCULATION_FLAGS: Final[Mapping[str, int]] = {"available_now": 1, "renewable": 6, "on_hold": 7}
_BIBLIOGRAPHIC: Final = context(1)
_HOLDINGS: Final = context(2)
_MARC_HOLDINGS: Final = context(1)
_HOLDINGS_AND_CIRCULATION: Final = context(2)
_VOLUMES: Final = context(18)
_CIRCULATION: Final = context(19)


@dataclass(frozen=True, slots=True)
class Circulation:
    """One item and whether a reader can have it; texts are as the target words them, empty where absent."""

    available_now: bool
    availability_date: str = ""  #: when it comes back, in no fixed form
    availability_thru: str = ""  #: until when it is to be had
    restrictions: str = ""
    item_id: str = ""  #: usually the barcode
    renewable: bool = False
    on_hold: bool = False
    enum_and_chron: str = ""  #: which volume or issue
    midspine: str = ""
    temporary_location: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of a set or an issue of a serial."""

    enumeration: str = ""
    chronology: str = ""
    enum_and_chron: str = ""


@dataclass(frozen=True, slots=True)
class OpacHolding:
    """What one place holds of a title; empty texts are absent."""

    local_location: str = ""  #: 852 $b
    call_number: str = ""  #: 852 $h $i
    shelving_location: str = ""  #: 852 $c
    copy_number: str = ""  #: 852 $t
    enum_and_chron: str = ""
    public_note: str = ""  #: 852 $z
    volumes: tuple[Volume, ...] = ()
    circulation: tuple[Circulation, ...] = ()
    nuc_code: str = ""  #: 852 $a, the institution
    type_of_record: str = ""
    encoding_level: str = ""
    format: str = ""
    receipt_status: str = ""
    general_retention: str = ""
    completeness: str = ""
    date_of_report: str = ""
    shelving_data: str = ""
    reproduction_note: str = ""
    terms_of_use: str = ""


#: What is held of a record, by its identifier.
Holdings: TypeAlias = Callable[[str], tuple[OpacHolding, ...]]


@dataclass(frozen=True, slots=True)
class OpacRecord:
    """A title with what is held of it."""

    bibliographic: bytes
    syntax: str  #: object identifier of the bibliographic record's syntax; empty where there is no record
    holdings: tuple[OpacHolding, ...] = ()
    marc_holdings: tuple[RetrievedRecord, ...] = ()  #: holdings given as MARC records instead


def encode_opac(record: OpacRecord) -> bytes:
    """The bytes of an OPAC record, as a ``RetrievedRecord`` of syntax OPAC carries them."""
    bibliographic = holdings = b""
    if record.syntax:
        parts = external_parts(RetrievedRecord(record.syntax, record.bibliographic))
        bibliographic = write.constructed(_BIBLIOGRAPHIC, *parts)
    listed = [write.constructed(_MARC_HOLDINGS, *external_parts(one)) for one in record.marc_holdings]
    listed += [write.constructed(_HOLDINGS_AND_CIRCULATION, *_holding(one)) for one in record.holdings]
    if listed:
        holdings = write.constructed(_HOLDINGS, *listed)
    return write.constructed(SEQUENCE, bibliographic, holdings)


def _holding(holding: OpacHolding) -> Iterable[bytes]:
    for number, name in enumerate(_HOLDING_TEXTS, start=1):
        yield _text(number, getattr(holding, name))
    if holding.volumes:
        yield write.constructed(_VOLUMES, *map(_volume, holding.volumes))
    if holding.circulation:
        yield write.constructed(_CIRCULATION, *map(_circulation, holding.circulation))


def _volume(volume: Volume) -> bytes:
    texts = (_text(number, getattr(volume, name)) for number, name in enumerate(_VOLUME_TEXTS, start=1))
    return write.constructed(SEQUENCE, *texts)


def _circulation(item: Circulation) -> bytes:
    parts = {number: _text(number, getattr(item, name)) for name, number in _CIRCULATION_TEXTS.items()}
    for name, number in _CIRCULATION_FLAGS.items():
        parts[number] = write.boolean(context(number), getattr(item, name))
    return write.constructed(SEQUENCE, *(parts[number] for number in sorted(parts)))


def _text(number: int, value: str) -> bytes:
    return write.text(context(number), value or None)


def decode_opac(content: bytes, encoding: str = "utf-8", limits: Limits = DEFAULT_LIMITS) -> OpacRecord:
    """The OPAC record in the content of a ``RetrievedRecord`` of syntax OPAC.

    Texts are read as UTF-8 and, where they are not, in ``encoding``; bytes that are neither stay visible as
    escapes.

    Raises:
        Malformed: the content is not an OPAC record.
    """
    root = decode_element(content, limits)
    bibliographic = root.child(_BIBLIOGRAPHIC)
    record = RetrievedRecord("", b"") if bibliographic is None else decode_external(bibliographic)
    listed = root.child(_HOLDINGS)
    children = () if listed is None else listed.children or ()
    reader = _Reader(encoding)
    return OpacRecord(
        record.content,
        record.syntax,
        tuple(reader.holding(child) for child in children if child.tag == _HOLDINGS_AND_CIRCULATION),
        tuple(decode_external(child) for child in children if child.tag == _MARC_HOLDINGS),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    encoding: str

    def holding(self, element: Element) -> OpacHolding:
        texts = {name: self._text(element, number) for number, name in enumerate(_HOLDING_TEXTS, start=1)}
        return OpacHolding(
            **texts,
            volumes=tuple(map(self._volume, _children(element, _VOLUMES))),
            circulation=tuple(map(self._circulation, _children(element, _CIRCULATION))),
        )

    def _volume(self, element: Element) -> Volume:
        return Volume(*(self._text(element, number) for number in range(1, len(_VOLUME_TEXTS) + 1)))

    def _circulation(self, element: Element) -> Circulation:
        texts = {name: self._text(element, number) for name, number in _CIRCULATION_TEXTS.items()}
        flags = {name: _flag(element, number) for name, number in _CIRCULATION_FLAGS.items()}
        return Circulation(**texts, **flags)  # type: ignore[arg-type]  # names of the right kinds, by the tables

    def _text(self, element: Element, number: int) -> str:
        found = element.child(context(number))
        if found is None:
            return ""
        octets = found.octets()
        try:
            text = octets.decode("utf-8")
        except UnicodeDecodeError:
            text = octets.decode(self.encoding, "backslashreplace")
        return text.replace("\x00", "\ufffd")


def _children(element: Element, tag: int) -> Iterable[Element]:
    found = element.child(tag)
    return () if found is None else found.children or ()


def _flag(element: Element, number: int) -> bool:
    found = element.child(context(number))
    return found is not None and found.boolean()
