"""The life of a tote (周转箱): one table, (state, event) -> state. What is not in it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ToteState(StrEnum):
    """Where a tote stands between being opened for packing and being reconciled."""

    OPEN = "open"  #: 装箱中
    SEALED = "sealed"  #: 已封箱
    LOADED = "loaded"  #: 已装车
    UNLOADED = "unloaded"  #: 已送达
    OPENED = "opened"  #: 拆箱中
    RECONCILED = "reconciled"  #: 已核对: contents agree, or the difference is recorded; an end
    LOST = "lost"


class ToteEvent(StrEnum):
    """What can happen to a tote."""

    PACK = "pack"
    TAKE_OUT = "take_out"
    SEAL = "seal"
    UNSEAL = "unseal"
    LOAD = "load"
    UNLOAD = "unload"
    OPEN_UP = "open_up"
    UNPACK = "unpack"
    RECONCILE = "reconcile"
    DIVERT = "divert"  #: it came to the wrong node and has to travel on
    LOSE = "lose"
    FIND = "find"
    DISCARD = "discard"  #: opened by mistake, nothing in it


TABLE: Mapping[tuple[ToteState, ToteEvent], ToteState] = {
    (ToteState.OPEN, ToteEvent.PACK): ToteState.OPEN,
    (ToteState.OPEN, ToteEvent.TAKE_OUT): ToteState.OPEN,
    (ToteState.OPEN, ToteEvent.SEAL): ToteState.SEALED,
    (ToteState.OPEN, ToteEvent.DISCARD): ToteState.RECONCILED,
    (ToteState.SEALED, ToteEvent.UNSEAL): ToteState.OPEN,
    (ToteState.SEALED, ToteEvent.LOAD): ToteState.LOADED,
    (ToteState.LOADED, ToteEvent.UNLOAD): ToteState.UNLOADED,
    (ToteState.UNLOADED, ToteEvent.OPEN_UP): ToteState.OPENED,
    # The tote is here whether or not somebody scanned it on and off the vehicle.
    (ToteState.LOADED, ToteEvent.OPEN_UP): ToteState.OPENED,
    (ToteState.SEALED, ToteEvent.OPEN_UP): ToteState.OPENED,
    (ToteState.OPENED, ToteEvent.UNPACK): ToteState.OPENED,
    (ToteState.OPENED, ToteEvent.RECONCILE): ToteState.RECONCILED,
    (ToteState.SEALED, ToteEvent.DIVERT): ToteState.SEALED,
    (ToteState.LOADED, ToteEvent.DIVERT): ToteState.SEALED,
    (ToteState.UNLOADED, ToteEvent.DIVERT): ToteState.SEALED,
    (ToteState.SEALED, ToteEvent.LOSE): ToteState.LOST,
    (ToteState.LOADED, ToteEvent.LOSE): ToteState.LOST,
    (ToteState.UNLOADED, ToteEvent.LOSE): ToteState.LOST,
    (ToteState.LOST, ToteEvent.FIND): ToteState.SEALED,
    (ToteState.LOST, ToteEvent.OPEN_UP): ToteState.OPENED,
}

ENDS = frozenset({ToteState.RECONCILED})
UNDER_WAY = frozenset({ToteState.SEALED, ToteState.LOADED, ToteState.UNLOADED})


def advance(state: ToteState, event: ToteEvent) -> ToteState | None:
    """The state after the event; None when the event cannot happen in this state."""
    return TABLE.get((state, event))
