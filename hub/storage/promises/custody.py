"""P3: what the ledger of loans says of a volume and what its custody says agree."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Case, Loan
from hub.storage.tables.transport import Custody

LOAN, CUSTODY, CASE = core(Loan), core(Custody), core(Case)


def lent_volumes_elsewhere(connection: Connection, now: datetime) -> list[Violation]:
    """A volume on open loan is with its reader, or nobody knows where."""
    del now
    joined = LOAN.outerjoin(
        CUSTODY, and_(CUSTODY.c.owner == LOAN.c.owner, CUSTODY.c.barcode == LOAN.c.barcode)
    )
    rows = connection.execute(
        select(LOAN.c.id, LOAN.c.owner, LOAN.c.barcode, CUSTODY.c.place_kind)
        .select_from(joined)
        .where(LOAN.c.returned_at.is_(None))
    )
    return [
        Violation("P3", "loan", row.id, "lent_but_elsewhere", {"volume": f"{row.owner}/{row.barcode}",
                                                              "place": row.place_kind or "-"})
        for row in rows
        if row.place_kind not in {"reader", "unknown"}
    ]  # fmt: skip


def impossible_histories_with_cases(connection: Connection) -> frozenset[str]:
    """The volumes whose impossible history is, or was, somebody's case."""
    rows = connection.execute(
        select(CASE.c.subject).where(CASE.c.kind == "impossible_history", CASE.c.subject_kind == "volume")
    )
    return frozenset(row.subject for row in rows)
