"""荐购: recording what readers wish for and no copy of the network can fill.

Owns: the offer that searches and requests make instead of a dead end, recording it, and the list for
those who buy.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from hub.errors import Refusal
from hub.kernel.identifiers import isbn13
from hub.services.context import Hub, Principal, Transaction
from hub.services.operations import COORDINATORS, READERS, Input, Operation
from hub.storage import suggestions
from hub.storage.suggestions import SuggestionRow

LONGEST_TITLE = 200


class SuggestInput(Input):
    """A wish: at least a title or an ISBN."""

    title: str = Field(default="", max_length=LONGEST_TITLE)
    author: str = Field(default="", max_length=LONGEST_TITLE)
    isbn: str = Field(default="", max_length=40)
    query: str = Field(default="", max_length=LONGEST_TITLE)  #: what was searched for, if it began so


class ListInput(Input):
    """Which wishes."""

    state: str = Field(default="open", max_length=20)
    limit: int = Field(default=50, ge=1, le=200)
    offset: int = Field(default=0, ge=0, le=10_000)


def offer(title: str, author: str = "", isbn: str = "", *, query: str = "") -> dict[str, Any]:
    """The input that suggestions.make can be sent, filled as far as it is known."""
    number = isbn or isbn13(title) or ""
    return {
        "operation": "suggestions.make",
        "title": "" if number and number == isbn13(title) else title[:LONGEST_TITLE],
        "author": author[:LONGEST_TITLE],
        "isbn": number,
        "query": query[:LONGEST_TITLE],
    }


def make(tx: Transaction, principal: Principal, command: SuggestInput) -> dict[str, Any]:
    """Record a reader's wish; the same open wish again is answered with the first.

    Raises:
        Refusal: neither title nor ISBN, or the ISBN's check digit is wrong.
    """
    isbn = isbn13(command.isbn) or ""
    if command.isbn and not isbn:
        raise Refusal("search.bad_isbn", field="isbn", isbn=command.isbn)
    if not command.title and not isbn:
        raise Refusal("search.suggestion_needs_title", field="title")
    assert principal.reader is not None, "the operation's roles let only readers in"
    before = suggestions.open_wish(tx.connection, principal.reader, command.title, isbn)
    if before is not None:
        return {"suggestion": before.id, "state": before.state, "already": True}
    wish = SuggestionRow(
        id=tx.new_id("G"),
        reader=principal.reader,
        node=principal.node,
        title=command.title,
        author=command.author,
        isbn=isbn,
        query=command.query,
        created_at=tx.now,
    )
    suggestions.add(tx.connection, wish)
    return {"suggestion": wish.id, "state": wish.state, "already": False}


async def listed(hub: Hub, principal: Principal, query: ListInput) -> dict[str, Any]:
    """The wishes for those who buy. Who wished is not told; from which library is."""
    total, rows = await hub.store.read(
        lambda connection: (
            suggestions.count(connection, query.state),
            suggestions.wishes(connection, query.state, query.limit, query.offset),
        )
    )
    return {
        "total": total,
        "suggestions": [
            {
                "suggestion": row.id,
                "node": row.node,
                "title": row.title,
                "author": row.author,
                "isbn": row.isbn,
                "query": row.query,
                "state": row.state,
                "created_at": row.created_at.isoformat(),
            }
            for row in rows
        ],
    }


SUGGESTING_OPERATIONS = (
    Operation(
        "suggestions.make", "POST", "/api/v1/suggestions", READERS, SuggestInput,
        "Suggest that a library buy what no copy in the network can fill.", decide=make,
    ),
    Operation(
        "suggestions.list", "GET", "/api/v1/suggestions", COORDINATORS, ListInput,
        "The recorded purchase suggestions.", ask=listed,
    ),
)  # fmt: skip
