"""What could not be read: shown with its reason, handed out as it came, read again after readers improve."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import Field
from sqlalchemy import Connection

from connectors.ports import RawRecord
from hub.errors import NotFound
from hub.messages.catalogue import messages, text
from hub.services.context import Hub, Principal
from hub.services.harvesting.habits import habits_of
from hub.services.harvesting.intake import Habits, take_in
from hub.services.harvesting.profiles import SourceInput
from hub.services.operations import COORDINATORS, Input, Operation
from hub.storage import harvests
from hub.storage.harvests import QuarantinedPiece, RecordRow

#: pieces read again in one transaction
AT_ONCE = 200
SHOWN_BYTES = 400


class ListInput(SourceInput):
    """A page of a source's quarantine."""

    limit: int = Field(default=50, ge=1, le=500)
    after: int = Field(default=0, ge=0)


class PieceInput(Input):
    """One piece by its number."""

    piece: int = Field(ge=1)


async def list_pieces(hub: Hub, principal: Principal, query: ListInput) -> dict[str, Any]:
    """What of a source is quarantined: how much for each reason, and the pieces one by one."""

    def ask(connection: Connection) -> tuple[dict[str, int], list[QuarantinedPiece]]:
        if harvests.find_source(connection, query.source) is None:
            raise NotFound("storage.no_source", field="source", name=query.source)
        reasons = harvests.quarantine_totals(connection, query.source)
        return reasons, harvests.quarantined(connection, query.source, query.limit, query.after)

    reasons, pieces = await hub.store.read(ask)
    return {
        "source": query.source,
        "total": sum(reasons.values()),
        "reasons": {said_reason(code, principal.language): number for code, number in reasons.items()},
        "pieces": [view(piece, principal.language) for piece in pieces],
    }


async def show_piece(hub: Hub, principal: Principal, query: PieceInput) -> dict[str, Any]:
    """One piece with the beginning of its bytes; the whole in hexadecimal."""
    piece = await hub.store.read(lambda connection: harvests.quarantined_piece(connection, query.piece))
    if piece is None:
        raise NotFound("common.not_found", field="piece", what="record", key=query.piece)
    beginning = piece.row.raw[:SHOWN_BYTES].decode("utf-8", "replace")
    return {
        "source": piece.source,
        **view(piece, principal.language),
        "sha256": hashlib.sha256(piece.row.raw).hexdigest(),
        "beginning": "".join(one if one.isprintable() else "·" for one in beginning),
        "hexadecimal": piece.row.raw.hex(),
    }


async def retry(hub: Hub, name: str) -> dict[str, Any]:
    """Read a source's quarantine again; what can be read now is stored and leaves it.

    Raises:
        NotFound: there is no such source.
    """
    source = await hub.store.read(lambda connection: harvests.find_source(connection, name))
    if source is None:
        raise NotFound("storage.no_source", field="name", name=name)
    habits = habits_of(hub.network(), source)
    read = stored = last = 0
    while pieces := await hub.store.read(
        partial(harvests.quarantined, source=name, limit=AT_ONCE, after=last)
    ):
        # What a target itself refused to deliver is no record that could be read.
        tried = [piece for piece in pieces if piece.row.reason != "refused_by_target"]
        readable = await asyncio.to_thread(_readable, tried, habits)
        await hub.store.write(partial(_store, source=name, readable=readable, now=hub.clock.now()))
        read, stored, last = read + len(tried), stored + len(readable), pieces[-1].id
    return {"source": name, "read": read, "stored": stored, "quarantined": read - stored}


def _readable(pieces: Sequence[QuarantinedPiece], habits: Habits) -> list[tuple[QuarantinedPiece, RecordRow]]:
    found = []
    for piece in pieces:
        intake = take_in([RawRecord(piece.row.raw, piece.row.identifier)], habits, piece.row.position)
        found += [(piece, row) for row in intake.rows]
    return found


def _store(
    connection: Connection, source: str, readable: Sequence[tuple[QuarantinedPiece, RecordRow]], now: datetime
) -> None:
    for piece, row in readable:
        # As seen by the run that brought it: nothing is overwritten or found missing because of it.
        harvests.store_batch(connection, source, piece.run, [row], now)
        harvests.release(connection, piece.id)


def view(piece: QuarantinedPiece, language: str) -> dict[str, Any]:
    """A piece in a list."""
    return {
        "piece": piece.id,
        "record": piece.row.identifier or "",
        "reason": said_reason(piece.row.reason, language),
        "detail": piece.row.detail,
        "bytes": len(piece.row.raw),
        "position": piece.row.position,
        "run": piece.run,
    }


def said_reason(code: str, language: str) -> str:
    """Why a record is quarantined, in words; the code where there are none."""
    for key in (f"monitoring.reason_{code}", f"harvest.{code}"):
        if key in messages():
            return text(key, language)
    return code


OPERATIONS = (
    Operation(
        "quarantine.list", "GET", "/api/v1/sources/{source}/quarantine", COORDINATORS, ListInput,
        "What of a source could not be read, and why.",
        ask=list_pieces,
    ),
    Operation(
        "quarantine.show", "GET", "/api/v1/quarantine/{piece}", COORDINATORS, PieceInput,
        "One piece that could not be read, with its bytes as they came.",
        ask=show_piece,
    ),
)  # fmt: skip
