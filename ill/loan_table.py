"""The loan's transitions. A walk-up loan has no request and no supply; its own clock makes it end (P2)."""

from __future__ import annotations

from ill.effects import NotifyReader, OpenCase
from ill.machine import Step, Table
from ill.states import LoanEvent as E
from ill.states import LoanState as S

LOAN_TABLE: Table[S, E] = {
    (S.LENT, E.RENEWED): Step(S.LENT, restarts=True),
    (S.LENT, E.DUE_PASSED): Step(S.OVERDUE, (NotifyReader("notice_overdue"),)),
    (S.LENT, E.RETURNED): Step(S.RETURNED),
    (S.LENT, E.LOST): Step(S.LOST, (OpenCase("lost_by_reader"),)),
    (S.OVERDUE, E.RETURNED): Step(S.RETURNED),
    (S.OVERDUE, E.LOST): Step(S.LOST, (OpenCase("lost_by_reader"),)),
    (S.OVERDUE, E.LONG_OVERDUE): Step(
        S.LOST, (OpenCase("long_overdue"), NotifyReader("notice_presumed_lost"))
    ),
    # Found after lost: the volume is back and the loan is discharged like any other.
    (S.LOST, E.RETURNED): Step(S.RETURNED),
}
