"""The dated rules of policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from hub.storage.statements import insert_missing, upsert
from hub.storage.tables.columns import core
from hub.storage.tables.lending import PolicyRule

RULE = core(PolicyRule)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule as it is stored; "" in a scope column is anybody."""

    id: str
    name: str
    value: str
    effective_from: datetime
    network: str = ""
    agreement: str = ""
    owner: str = ""
    node: str = ""
    item_class: str = ""
    reader_class: str = ""
    version: int = 1
    source: str = ""


def rules(connection: Connection) -> list[RuleRow]:
    """Every rule, by name and id."""
    found = connection.execute(select(RULE).order_by(RULE.c.name, RULE.c.id)).mappings()
    return [RuleRow(**row) for row in found]


def put(connection: Connection, rows: Sequence[RuleRow]) -> None:
    """Add rules; a rule with the same id is replaced."""
    upsert(connection, RULE, [asdict(row) for row in rows], ["id"])


def put_missing(connection: Connection, rows: Sequence[RuleRow]) -> None:
    """Add those rules whose id is not there; the others stay as somebody changed them."""
    insert_missing(connection, RULE, [asdict(row) for row in rows], ["id"])
