"""Sources: where each member's records come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub.errors import Conflict, NotFound
from hub.storage.harvests.values import SourceRow
from hub.storage.tables.catalogue import Source, UnmappedLocation
from hub.storage.tables.columns import core

SOURCE, UNMAPPED = core(Source), core(UnmappedLocation)


def add_source(connection: Connection, source: SourceRow) -> None:
    """Remember a new source.

    Raises:
        Conflict: there is one of this name.
    """
    if find_source(connection, source.name) is not None:
        raise Conflict("storage.source_exists", field="name", name=source.name)
    connection.execute(insert(SOURCE).values(asdict(source)))


def find_source(connection: Connection, name: str) -> SourceRow | None:
    """The source of this name, or None."""
    row = connection.execute(select(SOURCE).where(SOURCE.c.name == name)).mappings().one_or_none()
    return None if row is None else SourceRow(**row)


def sources(connection: Connection) -> list[SourceRow]:
    """Every source, by name."""
    found = connection.execute(select(SOURCE).order_by(SOURCE.c.name)).mappings()
    return [SourceRow(**row) for row in found]


def amend_profile(connection: Connection, name: str, changes: Mapping[str, Any]) -> SourceRow:
    """Put values into what is known of a source beside what else is known; None takes one away.

    A harvest, a probe and an operator may each learn something at the same time.

    Raises:
        NotFound: there is no such source.
    """
    source = locked_source(connection, name)
    profile = {**source.profile, **changes}
    profile = {key: value for key, value in profile.items() if value is not None}
    connection.execute(update(SOURCE).where(SOURCE.c.name == name).values(profile=profile))
    return replace(source, profile=profile)


def change_source(connection: Connection, source: SourceRow) -> None:
    """Give a source another address, protocol, options and profile; its records stay.

    Raises:
        NotFound: there is no source of this name.
    """
    locked_source(connection, source.name)
    names = ("protocol", "address", "options", "profile")
    values = {name: getattr(source, name) for name in names}
    connection.execute(update(SOURCE).where(SOURCE.c.name == source.name).values(values))


def locked_source(connection: Connection, name: str) -> SourceRow:
    """The source of this name, which nobody else changes before this transaction ends.

    Raises:
        NotFound: there is none.
    """
    statement = select(SOURCE).where(SOURCE.c.name == name).with_for_update()
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound("storage.no_source", field="name", name=name)
    return SourceRow(**row)


def set_unmapped(connection: Connection, source: str, items: Mapping[str, int]) -> None:
    """Replace the report of location codes that no node claims: how many items stand under each."""
    connection.execute(UNMAPPED.delete().where(UNMAPPED.c.source == source))
    rows = [{"source": source, "code": code, "items": number} for code, number in sorted(items.items())]
    if rows:
        connection.execute(insert(UNMAPPED), rows)


def unmapped(connection: Connection, source: str) -> dict[str, int]:
    """Location codes of the source that no node claims, with the number of items under each."""
    found = connection.execute(select(UNMAPPED).where(UNMAPPED.c.source == source).order_by(UNMAPPED.c.code))
    return {row.code: row.items for row in found}
