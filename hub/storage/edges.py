"""Storage of scored pairs: only those at or above the review threshold are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, func, insert, or_, select

from hub.storage.statements import batches
from hub.storage.tables.clusters import Edge
from hub.storage.tables.columns import core

EDGE = core(Edge)

Scored = tuple[int, int, int, str]  #: first, second (first < second), thousandths, tier


def replace_edges(connection: Connection, records: Collection[int], edges: Iterable[Scored]) -> set[int]:
    """Put new edges in the place of all that touch ``records``; whom those touched before and touch now."""
    touched: set[int] = set()
    for part in batches(sorted(records)):
        mine = or_(EDGE.c.first.in_(part), EDGE.c.second.in_(part))
        for row in connection.execute(select(EDGE.c.first, EDGE.c.second).where(mine)):
            touched.update((row.first, row.second))
        connection.execute(delete(EDGE).where(EDGE.c.first.in_(part)))
        connection.execute(delete(EDGE).where(EDGE.c.second.in_(part)))
    rows = [{"first": one, "second": two, "score": score, "tier": tier} for one, two, score, tier in edges]
    if rows:
        connection.execute(insert(EDGE), rows)
    touched.update(record for row in rows for record in (row["first"], row["second"]))  # type: ignore[misc]  # numbers both
    return touched


def edges_of(connection: Connection, records: Collection[int]) -> set[Scored]:
    """Every edge that touches one of ``records``."""
    found: set[Scored] = set()
    for part in batches(sorted(records)):
        for column in (EDGE.c.first, EDGE.c.second):
            rows = connection.execute(select(EDGE).where(column.in_(part)))
            found.update((row.first, row.second, row.score, row.tier) for row in rows)
    return found


def count_edges(connection: Connection) -> dict[str, int]:
    """How many edges each tier has."""
    rows = connection.execute(select(EDGE.c.tier, func.count().label("number")).group_by(EDGE.c.tier))
    return {row.tier: row.number for row in rows}


def review_edges(connection: Connection, limit: int, offset: int) -> list[Scored]:
    """Edges that a person should look at, the most doubtful (nearest to 500) first."""
    rows = connection.execute(
        select(EDGE)
        .where(EDGE.c.tier == "review")
        .order_by(func.abs(EDGE.c.score - 500), EDGE.c.first, EDGE.c.second)
        .limit(limit)
        .offset(offset)
    )
    return [(row.first, row.second, row.score, row.tier) for row in rows]
