"""MARCXML in and out: MARC 21 slim, and MarcXchange (ISO 25577) for UNIMARC and CNMARC.

Elements are matched by local name, because members put them in either namespace or in none. Document
types and entities are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from connectors.marc.malformed import Malformed
from hub.kernel.record import Field, Flavour, Record, Subfield

MARC21_SLIM = "http://www.loc.gov/MARC21/slim"
MARCXCHANGE = "info:lc/xmlns/marcxchange-v2"
_NAMESPACES = {MARC21_SLIM, MARCXCHANGE, "info:lc/xmlns/marcxchange-v1"}
_PARTS = frozenset(("leader", "controlfield", "datafield"))

# What XML 1.0 cannot hold at all, and the carriage return, which a parser would turn into a line feed.
_UNWRITABLE = dict.fromkeys((*range(0x20), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)), "\ufffd") | {
    0x09: "\t",
    0x0A: "\n",
    0x0D: "&#13;",
}
_UNWRITABLE_IN_ATTRIBUTES = _UNWRITABLE | {0x0D: "\ufffd"}


def parse(raw: bytes) -> tuple[str, tuple[Field, ...], list[str]]:
    """The leader, fields and repairs of the one record in the bytes, wrapped or not.

    Raises ``Malformed``: ``bad_xml``, ``xml_entities``, ``no_fields``, ``several_records``.
    """
    try:
        root = etree.fromstring(raw, parser())
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise Malformed("bad_xml", str(problem)) from None
    refuse_entities(root)
    records = [element for element in root.iter() if is_record(element)]
    if len(records) != 1:
        raise Malformed("several_records" if records else "no_fields")
    return _record(records[0])


def parser() -> etree.XMLParser:
    """A parser that opens nothing, expands nothing and keeps libxml2's limits on depth and size."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def refuse_entities(root: etree._Element) -> None:
    """Raise ``Malformed("xml_entities")`` when the document has a document type."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("xml_entities")


def is_record(element: etree._Element) -> bool:
    """Whether this element is a MARC record: named so, and made of fields or in a MARC namespace."""
    if local_name(element) != "record":
        return False
    return _namespace(element) in _NAMESPACES or any(local_name(child) in _PARTS for child in element)


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace, also where a prefix was never declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def to_marcxml(record: Record) -> bytes:
    """The record as a MARCXML document in UTF-8.

    MARC 21 in the slim namespace, the others in MarcXchange with their format named. Characters that
    XML cannot hold become U+FFFD.
    """
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(_lines(record)).encode("utf-8")


def _lines(record: Record) -> Iterator[str]:
    if record.flavour is Flavour.MARC21:
        yield f'<record xmlns="{MARC21_SLIM}">'
    else:
        yield f'<record xmlns="{MARCXCHANGE}" format="{record.flavour.value.upper()}" type="Bibliographic">'
    yield f"<leader>{_text(record.leader)}</leader>"
    for field in record.fields:
        if field.is_control or not field.subfields:
            yield f"<controlfield tag={_attribute(field.tag)}>{_text(field.value)}</controlfield>"
            continue
        first, second = map(_attribute, field.indicators[:2])
        yield f"<datafield tag={_attribute(field.tag)} ind1={first} ind2={second}>"
        for subfield in field.subfields:
            yield f"<subfield code={_attribute(subfield.code)}>{_text(subfield.value)}</subfield>"
        yield "</datafield>"
    yield "</record>\n"


def _text(value: str) -> str:
    return escape(value).translate(_UNWRITABLE)


def _attribute(value: str) -> str:
    return quoteattr(value.translate(_UNWRITABLE_IN_ATTRIBUTES))


def _namespace(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def _record(element: etree._Element) -> tuple[str, tuple[Field, ...], list[str]]:
    leader = ""
    fields: list[Field] = []
    repairs: list[str] = []
    for child in element:
        name = local_name(child)
        if name == "leader":
            leader = child.text or ""
        elif name not in _PARTS:
            continue
        elif not (tag := (child.get("tag") or "").strip()):
            repairs.append("tag_missing")
        elif name == "controlfield":
            fields.append(Field(tag, child.text or ""))
        else:
            fields.append(_data_field(tag, child, repairs))
    if not fields:
        raise Malformed("no_fields")
    return leader, tuple(fields), repairs


def _data_field(tag: str, element: etree._Element, repairs: list[str]) -> Field:
    indicators = [element.get("ind1") or "", element.get("ind2") or ""]
    if any(len(indicator) != 1 for indicator in indicators):
        repairs.append("indicators")
    subfields = []
    for child in element:
        code = child.get("code") or ""
        if len(code) == 1:
            subfields.append(Subfield(code, child.text or ""))
        else:
            repairs.append("subfield_code")
    return Field(tag, "", "".join(indicator[:1] or " " for indicator in indicators), tuple(subfields))
