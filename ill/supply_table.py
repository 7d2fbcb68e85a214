"""The supply's transitions: one table, ``(state, event) -> Step(state, effects)``.

A supply is one lender's part in one request, from the question to the volume back on its shelf. It outlives
its request when that is cancelled too late: the volume must still come home. Order matters in the effects:
a supply is detached before its request hears of the failure, so that the request is free to choose again.
"""

from __future__ import annotations

from ill.effects import (
    AcceptSupply,
    CloseCases,
    DetachSupply,
    NotifyLender,
    OfferToWaiting,
    OpenCase,
    ReleaseVolume,
    SendHome,
    SendToPickup,
    TellRequest,
)
from ill.machine import Step, Table
from ill.states import RequestEvent as R
from ill.states import SupplyEvent as E
from ill.states import SupplyState as S

_DECLINED = Step(S.DECLINED, (DetachSupply(), ReleaseVolume(), TellRequest(R.LENDER_DECLINED)))
_EXPIRED = Step(
    S.EXPIRED,
    (DetachSupply(), ReleaseVolume(), NotifyLender("notice_lender_expired"), TellRequest(R.LENDER_SILENT)),
)
_WITHDRAWN = Step(
    S.CANCELLED,
    (DetachSupply(), ReleaseVolume(), NotifyLender("notice_lender_withdrawn"), OfferToWaiting()),
)
_TURNED_BACK = Step(S.RETURNING, (DetachSupply(), SendHome()))
_MISSING = Step(S.MISSING, (DetachSupply(), OpenCase("volume_missing"), TellRequest(R.VOLUME_MISSING)))
_HANDED_ON = Step(S.COMPLETED, (ReleaseVolume(), CloseCases(), TellRequest(R.SETTLED)))
_SETTLED = Step(S.COMPLETED, (*_HANDED_ON.effects, OfferToWaiting()))
_LOST_BY_READER = Step(S.LOST, (ReleaseVolume(), TellRequest(R.LOST_BY_READER), OfferToWaiting()))
_TOO_LATE = (NotifyLender("notice_lender_too_late"),)

SUPPLY_TABLE: Table[S, E] = {
    (S.ASKED, E.ACCEPTED): Step(S.PICKING, (AcceptSupply(), TellRequest(R.LENDER_ACCEPTED))),
    (S.ASKED, E.DECLINED): _DECLINED,
    (S.ASKED, E.SILENT): _EXPIRED,
    (S.ASKED, E.CANCEL): _WITHDRAWN,
    (S.PICKING, E.PICKED): Step(S.PICKED, (SendToPickup(),)),
    (S.PICKING, E.DECLINED): _DECLINED,
    (S.PICKING, E.SILENT): _EXPIRED,
    (S.PICKING, E.CANCEL): _WITHDRAWN,
    (S.PICKED, E.SHIPPED): Step(S.IN_TRANSIT, (TellRequest(R.SHIPPED),)),
    (S.PICKED, E.ARRIVED): Step(S.ARRIVED, (TellRequest(R.ARRIVED),)),
    (S.PICKED, E.SILENT): Step(
        S.RETURNING,
        (DetachSupply(), OpenCase("not_shipped"), SendHome(), TellRequest(R.LENDER_SILENT)),
    ),
    (S.PICKED, E.LOST): _MISSING,
    (S.PICKED, E.CANCEL): _TURNED_BACK,
    (S.IN_TRANSIT, E.SHIPPED): Step(S.IN_TRANSIT),
    (S.IN_TRANSIT, E.ARRIVED): Step(S.ARRIVED, (TellRequest(R.ARRIVED),)),
    (S.IN_TRANSIT, E.MISROUTED): Step(
        S.IN_TRANSIT, (OpenCase("wrong_destination"), SendToPickup()), restarts=True
    ),
    (S.IN_TRANSIT, E.SILENT): _MISSING,
    (S.IN_TRANSIT, E.LOST): _MISSING,
    (S.IN_TRANSIT, E.CANCEL): _TURNED_BACK,
    (S.ARRIVED, E.ISSUED): Step(S.LENT, (TellRequest(R.ISSUED),)),
    (S.ARRIVED, E.NOT_COLLECTED): Step(
        S.RETURNING, (DetachSupply(), SendHome(), TellRequest(R.NOT_COLLECTED))
    ),
    (S.ARRIVED, E.WRONG_VOLUME): Step(
        S.RETURNING,
        (DetachSupply(), OpenCase("wrong_volume"), SendHome(), TellRequest(R.VOLUME_WRONG)),
    ),
    (S.ARRIVED, E.LOST): _MISSING,
    (S.ARRIVED, E.CANCEL): _TURNED_BACK,
    (S.LENT, E.RETURNED): Step(S.RETURNING, (TellRequest(R.RETURNED),)),
    (S.LENT, E.LOST): _LOST_BY_READER,
    (S.LENT, E.SILENT): _LOST_BY_READER,
    (S.RETURNING, E.SHIPPED): Step(S.RETURNING),
    (S.RETURNING, E.HOME): _SETTLED,
    (S.RETURNING, E.STAYED): _SETTLED,
    (S.RETURNING, E.HANDED_ON): _HANDED_ON,
    (S.RETURNING, E.SILENT): Step(S.MISSING, (OpenCase("volume_missing"),)),
    (S.RETURNING, E.LOST): Step(S.MISSING, (OpenCase("volume_missing"),)),
    (S.MISSING, E.FOUND): Step(S.RETURNING, (SendHome(),)),
    (S.MISSING, E.SILENT): Step(
        S.LOST, (ReleaseVolume(), OpenCase("volume_lost"), TellRequest(R.SETTLED), OfferToWaiting())
    ),
    (S.MISSING, E.LOST): Step(S.LOST, (ReleaseVolume(), TellRequest(R.SETTLED), OfferToWaiting())),
    (S.LOST, E.FOUND): Step(S.LOST, (CloseCases(), SendHome())),
    (S.DECLINED, E.LATE_ANSWER): Step(S.DECLINED, _TOO_LATE),
    (S.EXPIRED, E.LATE_ANSWER): Step(S.EXPIRED, _TOO_LATE),
    (S.CANCELLED, E.LATE_ANSWER): Step(S.CANCELLED, _TOO_LATE),
}
