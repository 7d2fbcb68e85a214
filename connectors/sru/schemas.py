"""The schemas in which a served record can be had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from connectors import markup
from connectors.availability.opac_xml import write_opac_xml
from connectors.oai_pmh.dublin_core import add_statement, statements
from connectors.oai_pmh.protocol import DUBLIN_CORE_ELEMENTS
from connectors.serving import ServedRecord
from connectors.sru.diagnostics import Number, Refused
from connectors.sru.versions import DUBLIN_CORE, MARCXML
from connectors.z3950.opac import Holdings

#: Nobody registered an identifier; systems know it by this name.
_OPAC: Final = "opacxml"
_DUBLIN_CORE_ROOT: Final = "info:srw/schema/1/dc-schema"


@dataclass(frozen=True, slots=True)
class Schema:
    """A form that records are delivered in."""

    name: str
    identifier: str
    title: str
    write: Callable[[ServedRecord], etree._Element | None]  #: None where the record is not to be had in it


def _marcxml(record: ServedRecord) -> etree._Element | None:
    return None if record.marcxml is None else markup.parse(record.marcxml, record.identifier)


def _dublin_core(record: ServedRecord) -> etree._Element:
    root = markup.new(_DUBLIN_CORE_ROOT, "dc", dc=DUBLIN_CORE_ELEMENTS)
    for name, text in statements(record):
        add_statement(root, name, text)
    return root


#: What every catalogue offers; the first one is the default.
SCHEMAS: Final = (
    Schema("marcxml", MARCXML, "MARCXML", _marcxml),
    Schema("dc", DUBLIN_CORE, "Dublin Core", _dublin_core),
)


def offered(holdings: Holdings | None) -> tuple[Schema, ...]:
    """The schemas of a catalogue; with them that of OPAC records where it can tell what is held."""
    if holdings is None:
        return SCHEMAS

    def opac(record: ServedRecord) -> etree._Element | None:
        bibliographic = _marcxml(record)
        if bibliographic is None:
            return None
        return write_opac_xml(bibliographic, holdings(record.identifier))

    return (*SCHEMAS, Schema(_OPAC, _OPAC, "MARCXML with holdings and circulation", opac))


def schema_named(name: str | None, schemas: Sequence[Schema] = SCHEMAS) -> Schema:
    """The schema of this short name or identifier among those offered.

    Raises:
        Refused: there is none.
    """
    if name is None:
        return schemas[0]
    for schema in schemas:
        if name in (schema.name, schema.identifier):
            return schema
    raise Refused(Number.UNKNOWN_SCHEMA, name)
