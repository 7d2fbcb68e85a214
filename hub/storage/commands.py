"""Commands already performed: a repeated one gets its first answer again and does nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from hub.storage.tables.columns import core
from hub.storage.tables.operations import PerformedCommand

COMMANDS = core(PerformedCommand)


@dataclass(frozen=True, slots=True)
class PerformedRow:
    """What was asked under an idempotency key, by whom, and what was answered."""

    key: str
    operation: str
    principal: str
    digest: str  #: of the input, so that a key reused for something else is noticed
    status: int
    answer: dict[str, Any]
    at: datetime


def find(connection: Connection, key: str) -> PerformedRow | None:
    """What was performed under ``key``, or None."""
    row = connection.execute(select(COMMANDS).where(COMMANDS.c.key == key)).mappings().one_or_none()
    return None if row is None else PerformedRow(**row)


def keep(connection: Connection, performed: PerformedRow) -> None:
    """Remember what was answered, in the transaction that did it.

    Raises:
        sqlalchemy.exc.IntegrityError: something was performed under this key before.
    """
    connection.execute(insert(COMMANDS).values(asdict(performed)))


def forget(connection: Connection, before: datetime) -> int:
    """Drop the answers given before an instant: a repetition after that counts as new. How many went."""
    return connection.execute(delete(COMMANDS).where(COMMANDS.c.at < before)).rowcount
