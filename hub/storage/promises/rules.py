"""P10: what depended on a rule says which rule, which version and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Loan, PolicyRule, Request

LOAN, REQUEST, RULE = core(Loan), core(Request), core(PolicyRule)


def loans_name_their_rules(connection: Connection, now: datetime) -> list[Violation]:
    """A loan says by which rules it was given, each with its version, and each is in the book."""
    del now
    book = {row.id: row.version for row in connection.execute(select(RULE.c.id, RULE.c.version))}
    rows = connection.execute(select(LOAN.c.id, LOAN.c.rules))
    return [
        Violation("P10", "loan", row.id, "no_rules", {})
        for row in rows
        if not row.rules or not all(_known(ruling, book) for ruling in row.rules)
    ]


def _known(ruling: Mapping[str, Any], book: Mapping[str, int]) -> bool:
    # A newer version takes the place of the one that ruled: only a version never reached is a mistake.
    rule, version = ruling.get("rule"), ruling.get("version")
    return rule in book and isinstance(version, int) and version <= book[str(rule)]


def rotas_give_reasons(connection: Connection, now: datetime) -> list[Violation]:
    """Every copy that was considered for a request has its reasons."""
    del now
    rows = connection.execute(select(REQUEST.c.id, REQUEST.c.rota))
    return [
        Violation("P10", "request", row.id, "rota_without_reasons", {})
        for row in rows
        if any(not entry.get("reasons") for entry in row.rota)
    ]


def endings_give_reasons(connection: Connection, now: datetime) -> list[Violation]:
    """A request that ended says why."""
    del now
    rows = connection.execute(
        select(REQUEST.c.id, REQUEST.c.state).where(REQUEST.c.closed_at.is_not(None), REQUEST.c.reason == "")
    )
    return [Violation("P10", "request", row.id, "ended_without_reason", {"state": row.state}) for row in rows]


def rules_name_their_source(connection: Connection, now: datetime) -> list[Violation]:
    """A rule says who decided it."""
    del now
    rows = connection.execute(select(RULE.c.id).where(RULE.c.source == ""))
    return [Violation("P10", "policy_rule", row.id, "rule_without_source", {}) for row in rows]


CHECKS = (loans_name_their_rules, rotas_give_reasons, endings_give_reasons, rules_name_their_source)
