"""How much work waits at each node, counted over the whole network at once."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column, ColumnElement, Connection, FromClause, func, select

from hub.storage.tables.columns import core
from hub.storage.tables.lending import Case, Request, Supply
from hub.storage.tables.transport import Custody, RoutingSlip, Tote

REQUEST, SUPPLY, CASE = core(Request), core(Supply), core(Case)
CUSTODY, SLIP, TOTE = core(Custody), core(RoutingSlip), core(Tote)

#: the kinds of work that are counted, each a column of the answer
KINDS = ("to_answer", "to_pick", "to_pack", "totes_to_open", "ready", "cases")


def by_node(connection: Connection) -> dict[str, dict[str, int]]:
    """Node -> kind of work -> how much; only nodes where something waits."""
    found: dict[str, dict[str, int]] = {}
    for kind, counts in _counted(connection).items():
        for node, number in counts.items():
            found.setdefault(node, dict.fromkeys(KINDS, 0))[kind] = number
    return found


def _counted(connection: Connection) -> Mapping[str, Mapping[str, int]]:
    standing = SLIP.join(CUSTODY, (CUSTODY.c.owner == SLIP.c.owner) & (CUSTODY.c.barcode == SLIP.c.barcode))
    return {
        "to_answer": _count(connection, SUPPLY.c.lender, SUPPLY, SUPPLY.c.state == "asked"),
        "to_pick": _count(connection, SUPPLY.c.lender, SUPPLY, SUPPLY.c.state == "picking"),
        "to_pack": _count(
            connection,
            CUSTODY.c.place,
            standing,
            CUSTODY.c.place_kind.in_(("shelf", "node")) & (SLIP.c.destination != CUSTODY.c.place),
        ),
        "totes_to_open": _count(
            connection, TOTE.c.destination, TOTE, TOTE.c.state.in_(("unloaded", "opened"))
        ),
        "ready": _count(connection, REQUEST.c.pickup, REQUEST, REQUEST.c.state == "ready"),
        "cases": _count(connection, CASE.c.node, CASE, CASE.c.closed_at.is_(None)),
    }


def _count(
    connection: Connection, node: Column[str], rows: FromClause, waits: ColumnElement[bool]
) -> Mapping[str, int]:
    counted = select(node.label("node"), func.count().label("number")).select_from(rows)
    grouped = counted.where(waits).group_by(node)
    return {row.node: row.number for row in connection.execute(grouped)}
