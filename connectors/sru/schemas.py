"""The schemas in which a served record can be had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lxml import etree

from connectors import markup
from connectors.oai_pmh.dublin_core import add_statement, statements
from connectors.oai_pmh.protocol import DUBLIN_CORE_ELEMENTS
from connectors.serving import ServedRecord
from connectors.sru.diagnostics import Number, Refused
from connectors.sru.versions import DUBLIN_CORE, MARCXML

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


#: The first one is the default.
SCHEMAS: Final = (
    Schema("marcxml", MARCXML, "MARCXML", _marcxml),
    Schema("dc", DUBLIN_CORE, "Dublin Core", _dublin_core),
)


def schema_named(name: str | None) -> Schema:
    """The schema of this short name or identifier.

    Raises:
        Refused: there is none.
    """
    if name is None:
        return SCHEMAS[0]
    for schema in SCHEMAS:
        if name in (schema.name, schema.identifier):
            return schema
    raise Refused(Number.UNKNOWN_SCHEMA, name)
