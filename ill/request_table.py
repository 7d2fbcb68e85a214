"""The request's transitions: one table, ``(state, event) -> Step(state, effects)``.

A request counts on at most one supply at a time. Supplies pass it their events (``TellRequest``); when one
fails, the request goes back to CHOOSING and the next lender is asked in the same transaction. Once the reader
holds the volume the outcome is FILLED; the request then only follows the volume home.
"""

from __future__ import annotations

from ill.effects import ChooseLender, NotifyReader, OpenCase, RecordFact, WithdrawSupply
from ill.machine import Step, Table
from ill.states import RequestEvent as E
from ill.states import RequestState as S

_NEXT_LENDER = Step(S.CHOOSING, (WithdrawSupply(), ChooseLender()))
_CANCELLED = Step(S.CANCELLED, (WithdrawSupply(), NotifyReader("notice_cancelled")))
_UNFILLED = Step(S.UNFILLED, (RecordFact("request_unfilled"), NotifyReader("notice_unfilled")))

REQUEST_TABLE: Table[S, E] = {
    (S.CHOOSING, E.LENDER_CHOSEN): Step(S.ASKED),
    (S.CHOOSING, E.MUST_WAIT): Step(S.WAITING, (NotifyReader("notice_waiting"),)),
    (S.CHOOSING, E.ROTA_EXHAUSTED): _UNFILLED,
    (S.CHOOSING, E.CHOICE_OVERDUE): Step(S.UNFILLED, (OpenCase("no_lender_chosen"), *_UNFILLED.effects)),
    (S.CHOOSING, E.CANCEL): _CANCELLED,
    (S.WAITING, E.LENDER_CHOSEN): Step(S.ASKED),
    (S.WAITING, E.VOLUME_CAUGHT): Step(S.PICKING, (NotifyReader("notice_being_prepared"),)),
    (S.WAITING, E.WAIT_EXPIRED): _UNFILLED,
    (S.WAITING, E.ROTA_EXHAUSTED): _UNFILLED,
    (S.WAITING, E.CANCEL): _CANCELLED,
    (S.ASKED, E.LENDER_ACCEPTED): Step(S.PICKING, (NotifyReader("notice_being_prepared"),)),
    (S.ASKED, E.LENDER_DECLINED): _NEXT_LENDER,
    (S.ASKED, E.LENDER_SILENT): _NEXT_LENDER,
    (S.ASKED, E.CANCEL): _CANCELLED,
    (S.PICKING, E.SHIPPED): Step(S.IN_TRANSIT, (NotifyReader("notice_shipped"),)),
    (S.PICKING, E.ARRIVED): Step(S.READY, (NotifyReader("notice_ready"),)),
    (S.PICKING, E.LENDER_DECLINED): _NEXT_LENDER,
    (S.PICKING, E.LENDER_SILENT): _NEXT_LENDER,
    (S.PICKING, E.VOLUME_MISSING): _NEXT_LENDER,
    (S.PICKING, E.CANCEL): _CANCELLED,
    (S.IN_TRANSIT, E.ARRIVED): Step(S.READY, (NotifyReader("notice_ready"),)),
    (S.IN_TRANSIT, E.VOLUME_MISSING): Step(
        S.CHOOSING, (NotifyReader("notice_delayed"), WithdrawSupply(), ChooseLender())
    ),
    (S.IN_TRANSIT, E.CANCEL): _CANCELLED,
    (S.READY, E.ISSUED): Step(S.ON_LOAN, (RecordFact("request_filled"),)),
    (S.READY, E.NOT_COLLECTED): Step(S.CANCELLED, (WithdrawSupply(), NotifyReader("notice_not_collected"))),
    (S.READY, E.VOLUME_MISSING): _NEXT_LENDER,
    (S.READY, E.VOLUME_WRONG): _NEXT_LENDER,
    (S.READY, E.CANCEL): _CANCELLED,
    (S.ON_LOAN, E.RETURNED): Step(S.RETURNING),
    (S.ON_LOAN, E.LOST_BY_READER): Step(S.COMPLETED),
    (S.RETURNING, E.SETTLED): Step(S.COMPLETED),
    (S.RETURNING, E.RETURN_OVERDUE): Step(S.COMPLETED),
}
