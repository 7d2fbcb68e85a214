"""What a served catalogue says of itself: a ZeeRex record, built from the tables that searches use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from connectors import markup
from connectors.sru.indexes import CONTEXT_SETS, INDEXES, SORTABLE
from connectors.sru.parameters import MAX_PAGE, PAGE
from connectors.sru.schemas import SCHEMAS, Schema
from connectors.sru.versions import EXPLAIN, Version

_PORTS: Final = {"http": 80, "https": 443}
_RELATIONS: Final = ("=", "==", "<>", "<", "<=", ">", ">=", "all", "any", "within")


def description(
    version: Version, name: str, address: str, offered: Sequence[Schema] = SCHEMAS
) -> etree._Element:
    """The record of the catalogue ``name``, served at the URL ``address`` in the schemas ``offered``."""
    explain = markup.new(EXPLAIN, "explain")
    _add_server(explain, version, name, address)
    markup.add(markup.add(explain, "databaseInfo"), "title", name, primary="true")
    _add_indexes(explain)
    schemas = markup.add(explain, "schemaInfo")
    for schema in offered:
        element = markup.add(schemas, "schema", identifier=schema.identifier, sort="false", retrieve="true")
        element.set("name", schema.name)
        markup.add(element, "title", schema.title)
    settings = markup.add(explain, "configInfo")
    markup.add(settings, "default", str(PAGE), type="numberOfRecords")
    markup.add(settings, "default", offered[0].name, type="retrieveSchema")
    markup.add(settings, "setting", str(MAX_PAGE), type="maximumRecords")
    for relation in _RELATIONS:
        markup.add(settings, "supports", relation, type="relation")
    for feature in ("sort", "scan"):
        markup.add(settings, "supports", type=feature)
    markup.add(settings, "supports", "*", type="maskingCharacter")
    return explain


def _add_server(explain: etree._Element, version: Version, name: str, address: str) -> None:
    parts = urlsplit(address)
    server = markup.add(explain, "serverInfo", protocol="SRU", version=version.number)
    server.set("transport", parts.scheme or "http")
    server.set("method", "GET POST")
    markup.add(server, "host", parts.hostname or "localhost")
    markup.add(server, "port", str(parts.port or _PORTS.get(parts.scheme, _PORTS["http"])))
    markup.add(server, "database", parts.path.strip("/") or name)


def _add_indexes(explain: etree._Element) -> None:
    info = markup.add(explain, "indexInfo")
    for prefix, identifier in CONTEXT_SETS.items():
        markup.add(info, "set", identifier=identifier).set("name", prefix)
    for full, index in INDEXES.items():
        prefix, _, local = full.partition(".")
        element = markup.add(info, "index", search="true", scan="true")
        element.set("sort", "true" if index in SORTABLE else "false")
        markup.add(element, "title", index.value)
        markup.add(markup.add(element, "map"), "name", local, set=prefix)
