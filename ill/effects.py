"""What a transition asks to be done, as frozen values.

The tables only name effects; ``hub.services.lending`` performs them in the same transaction, and what
concerns the world outside the hub goes through the outbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ill.states import RequestEvent


@dataclass(frozen=True, slots=True)
class ChooseLender:
    """Try the next copy of the rota; ends in LENDER_CHOSEN, MUST_WAIT or ROTA_EXHAUSTED at once."""


@dataclass(frozen=True, slots=True)
class WithdrawSupply:
    """Tell the current supply, if there is one, that its request does not want it any more."""


@dataclass(frozen=True, slots=True)
class AcceptSupply:
    """From now on this is the one supply the request counts on (P1)."""


@dataclass(frozen=True, slots=True)
class DetachSupply:
    """The request no longer counts on this supply, wherever its volume is."""


@dataclass(frozen=True, slots=True)
class TellRequest:
    """Pass an event to the request, if this supply was the one it counted on."""

    event: RequestEvent


@dataclass(frozen=True, slots=True)
class ReleaseVolume:
    """Give up the reservation of the volume."""


@dataclass(frozen=True, slots=True)
class OfferToWaiting:
    """Let those who wait for this edition try for a copy, or learn that none will come."""


@dataclass(frozen=True, slots=True)
class SendToPickup:
    """Route the volume to the pick-up node of the request."""


@dataclass(frozen=True, slots=True)
class SendHome:
    """Route the volume to the shelf it belongs to; undoes SendToPickup."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Have a person look at it."""

    kind: str


@dataclass(frozen=True, slots=True)
class CloseCases:
    """What the cases about this volume asked about is answered."""


@dataclass(frozen=True, slots=True)
class NotifyReader:
    """Tell the reader; ``template`` is a key of the lending messages."""

    template: str


@dataclass(frozen=True, slots=True)
class NotifyLender:
    """Tell the lender's staff; ``template`` is a key of the lending messages."""

    template: str


@dataclass(frozen=True, slots=True)
class RecordFact:
    """Keep an anonymous fact for the yearly assessment."""

    kind: str


Effect: TypeAlias = (
    ChooseLender
    | WithdrawSupply
    | AcceptSupply
    | DetachSupply
    | TellRequest
    | ReleaseVolume
    | OfferToWaiting
    | SendToPickup
    | SendHome
    | OpenCase
    | CloseCases
    | NotifyReader
    | NotifyLender
    | RecordFact
)
