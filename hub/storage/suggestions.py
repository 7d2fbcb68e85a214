"""荐购: the recorded wishes for what no copy of the network can fill."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from hub.storage.tables.columns import core
from hub.storage.tables.lending import Suggestion

SUGGESTION = core(Suggestion)


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One reader's wish. ``reader`` is an opaque reference, ``node`` the reader's home library."""

    id: str
    reader: str
    node: str
    title: str
    created_at: datetime
    author: str = ""
    isbn: str = ""
    query: str = ""
    state: str = "open"


def add(connection: Connection, suggestion: SuggestionRow) -> None:
    """Record a wish."""
    connection.execute(insert(SUGGESTION), asdict(suggestion))


def open_wish(connection: Connection, reader: str, title: str, isbn: str) -> SuggestionRow | None:
    """The reader's open wish for the same title and number, if there is one."""
    found = connection.execute(
        select(SUGGESTION).where(
            SUGGESTION.c.reader == reader,
            SUGGESTION.c.title == title,
            SUGGESTION.c.isbn == isbn,
            SUGGESTION.c.state == "open",
        )
    ).mappings()
    row = found.first()
    return SuggestionRow(**row) if row else None


def wishes(connection: Connection, state: str, limit: int, offset: int) -> list[SuggestionRow]:
    """Wishes in a state, the newest first."""
    found = connection.execute(
        select(SUGGESTION)
        .where(SUGGESTION.c.state == state)
        .order_by(SUGGESTION.c.created_at.desc(), SUGGESTION.c.id)
        .limit(limit)
        .offset(offset)
    ).mappings()
    return [SuggestionRow(**row) for row in found]


def count(connection: Connection, state: str) -> int:
    """How many wishes are in a state."""
    counted = select(func.count()).select_from(SUGGESTION).where(SUGGESTION.c.state == state)
    return int(connection.execute(counted).scalar_one())
