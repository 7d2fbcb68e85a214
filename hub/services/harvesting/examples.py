"""The records that a comparison names, with what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from connectors.marc.reading import ReadRecord, read
from hub.services.harvesting.previewing import title_of
from hub.storage import harvests
from hub.storage.harvests import Difference


def kept_bytes(connection: Connection, source: str, difference: Difference) -> dict[str, bytes]:
    """The bytes kept of the records that a difference names; new ones are not kept yet."""
    named = {name for share in difference.shares().values() for name in share.examples}
    found = ((name, harvests.record_by_identifier(connection, source, name)) for name in sorted(named))
    return {name: record.raw for name, record in found if record is not None}


def with_titles(identifiers: Iterable[str], raw: Mapping[str, bytes], encoding: str) -> list[dict[str, str]]:
    """Each record with its title; one whose bytes are not at hand, or say none, has an empty one."""
    return [{"record": name, "title": _title(raw.get(name, b""), encoding)} for name in identifiers]


def _title(raw: bytes, encoding: str) -> str:
    found = read(raw, encoding=encoding) if raw else None
    return title_of(found.record) if isinstance(found, ReadRecord) else ""
