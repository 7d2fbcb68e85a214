"""What a person scanned at a desk today and what the hub said to it: the list beside the scan box.

Owns: keeping and showing these lists, so that they outlive the page, the browser and the process.
Must not: hold cards or anything else of a reader (P9), or be asked for what is true: custody, lending and
carrying hold that; this is what was said.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Connection

from hub.services.context import Hub, Principal, Transaction
from hub.services.operations import DRIVERS, Input, Operation
from hub.storage import history
from hub.storage.history import HistoryRow

SUBJECT_KIND = "desk"
MOST_SHOWN = 60

Verdict = Literal["ok", "attention", "stop"]


class Choice(Input):
    """One of several libraries whose volume it may be."""

    owner: str = Field(max_length=40)
    name: str = Field(max_length=100)
    title: str = Field(default="", max_length=300)


class ListInput(Input):
    """One person's list of one task at one node: a desk's, or a trip's on its day."""

    node: str = Field(max_length=64)
    task: str = Field(max_length=60)


class NoteInput(ListInput):
    """One scan and what was said to it."""

    code: str = Field(max_length=80)  #: a barcode or the code of a tote; never a card
    verdict: Verdict
    headline: str = Field(max_length=200)  #: what to do, readable from two metres: 上架, a destination
    text: str = Field(default="", max_length=600)
    title: str = Field(default="", max_length=300)
    owner: str = Field(default="", max_length=40)
    choices: tuple[Choice, ...] = Field(default=(), max_length=20)


def note(tx: Transaction, principal: Principal, command: NoteInput) -> dict[str, Any]:
    """Keep a scan on the list."""
    details = command.model_dump(mode="json", exclude={"node", "task"})
    subject = _subject(principal, command, tx.network.calendars.local_day(tx.now).isoformat())
    row = HistoryRow(
        SUBJECT_KIND, subject, "scanned", tx.now, tx.now,
        actor=principal.account, node=command.node, details=details,
    )  # fmt: skip
    history.append(tx.connection, row)
    return {"noted": True}


async def listed(hub: Hub, principal: Principal, query: ListInput) -> dict[str, Any]:
    """Today's scans of this person at this task, the newest first, and how many there were of each kind."""
    today = hub.network().calendars.local_day(hub.clock.now()).isoformat()
    subject = _subject(principal, query, today)

    def ask(connection: Connection) -> list[HistoryRow]:
        return history.of(connection, [(SUBJECT_KIND, subject)])

    rows = await hub.store.read(ask)
    return {
        "scans": [_view(row.details, row.recorded_at) for row in reversed(rows[-MOST_SHOWN:])],
        "total": len(rows),
        "counts": dict(Counter(str(row.details["verdict"]) for row in rows)),
    }


def _view(details: Any, at: datetime) -> dict[str, Any]:
    return {**details, "at": at.isoformat()}


def _subject(principal: Principal, of: ListInput, day: str) -> str:
    return f"{of.node}/{of.task}/{day}/{principal.account}"


OPERATIONS = (
    Operation(
        "desk.note_scan", "POST", "/api/v1/desk/scans", DRIVERS, NoteInput,
        "Keep a scan, and what the hub said to it, on one's list of today.", decide=note,
    ),
    Operation(
        "desk.scans", "GET", "/api/v1/desk/scans", DRIVERS, ListInput,
        "One's scans of today at a task, the newest first.", ask=listed,
    ),
)  # fmt: skip
