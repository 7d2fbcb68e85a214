"""Request and supplies together, under random events: P1 and P2 hold in every history.

The world here performs the effects of the tables with nothing but lists, so that what is tested is the tables
alone: whether they fit together, whatever happens in whatever order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ill.deadlines import REQUEST_DEADLINES, SUPPLY_DEADLINES
from ill.effects import (
    AcceptSupply,
    ChooseLender,
    DetachSupply,
    ReleaseVolume,
    SendHome,
    TellRequest,
    WithdrawSupply,
)
from ill.machine import advance, allows
from ill.request_table import REQUEST_TABLE
from ill.states import (
    OUTCOME_OF,
    REQUEST_ENDS,
    SUPPLY_ENDS,
    Outcome,
    RequestEvent,
    RequestState,
    SupplyEvent,
    SupplyState,
)
from ill.supply_table import SUPPLY_TABLE

#: What the outside can do to a supply; the rest only the hub itself does.
OUTSIDE = tuple(event for event in SupplyEvent if event is not SupplyEvent.CANCEL)
ON_THE_WAY_TO_A_READER = frozenset(
    {SupplyState.PICKING, SupplyState.PICKED, SupplyState.IN_TRANSIT, SupplyState.ARRIVED}
)


@dataclass
class Supply:
    state: SupplyState = SupplyState.ASKED
    accepted: bool = False
    holds_volume: bool = True

    @property
    def current(self) -> bool:
        return self.accepted or self.state is SupplyState.ASKED


@dataclass
class World:
    copies: int
    waits: bool
    state: RequestState = RequestState.CHOOSING
    supplies: list[Supply] = field(default_factory=list)
    steps: int = 0

    def start(self) -> None:
        self.choose()

    def choose(self) -> None:
        if self.copies:
            self.copies -= 1
            self.supplies.append(Supply())
            self.request(RequestEvent.LENDER_CHOSEN)
        else:
            self.request(RequestEvent.MUST_WAIT if self.waits else RequestEvent.ROTA_EXHAUSTED)

    def current(self) -> Supply | None:
        found = [supply for supply in self.supplies if supply.current]
        assert len(found) <= 1, "P1: a request counts on one supply at most"
        return found[0] if found else None

    def request(self, event: RequestEvent) -> None:
        self.steps += 1
        before = OUTCOME_OF[self.state]
        step = advance(REQUEST_TABLE, self.state, event)
        self.state = step.state
        assert before is Outcome.OPEN or OUTCOME_OF[self.state] is before, "an outcome never changes"
        for effect in step.effects:
            if isinstance(effect, ChooseLender):
                self.choose()
            elif isinstance(effect, WithdrawSupply) and (supply := self.current()):
                self.supply(supply, SupplyEvent.CANCEL)

    def supply(self, supply: Supply, event: SupplyEvent) -> None:
        self.steps += 1
        counted_on = supply.current
        step = advance(SUPPLY_TABLE, supply.state, event)
        supply.state = step.state
        for effect in step.effects:
            if isinstance(effect, AcceptSupply):
                supply.accepted = True
            elif isinstance(effect, DetachSupply):
                supply.accepted = False
            elif isinstance(effect, ReleaseVolume):
                supply.holds_volume = False
            elif isinstance(effect, TellRequest):
                if counted_on and self.state not in REQUEST_ENDS:
                    self.request(effect.event)
            elif isinstance(effect, SendHome) and supply.state is SupplyState.MISSING:
                pytest.fail("a missing volume cannot be sent anywhere")

    def check(self) -> None:
        assert sum(supply.accepted for supply in self.supplies) <= 1, "P1"
        open_request = OUTCOME_OF[self.state] is Outcome.OPEN
        for supply in self.supplies:
            ended = supply.state in SUPPLY_ENDS
            assert ended or supply.holds_volume, "a live supply holds its reservation"
            assert not ended or not supply.holds_volume, "an ended supply holds nothing"
            wanted = supply.state in ON_THE_WAY_TO_A_READER
            assert not wanted or supply.accepted, "only an accepted volume travels to a reader"
            if not open_request:
                assert not wanted, "P2: an ended request wants nothing"
                assert supply.state is not SupplyState.ASKED, "P2: an ended request asks nobody"
        if open_request and self.state not in {RequestState.CHOOSING, RequestState.WAITING}:
            assert self.current() is not None, "P2: an open request has its next action"
        assert self.state is not RequestState.CHOOSING, "choosing ends in its own transaction"

    def expire_everything(self) -> None:
        """Nobody ever acts again: deadlines alone must bring all to an end."""
        for _ in range(50):
            live = [supply for supply in self.supplies if supply.state not in SUPPLY_ENDS]
            if not live and self.state in REQUEST_ENDS:
                return
            for supply in live:
                # An earlier expiry may have moved this one on.
                if rule := SUPPLY_DEADLINES.get(supply.state):
                    self.supply(supply, rule.event)
                    self.check()
            if self.state not in REQUEST_ENDS:
                self.request(REQUEST_DEADLINES[self.state].event)
                self.check()
        pytest.fail("P2: silence did not end it")


#: Which supply and which of the events that can happen to it, mostly; sometimes what only the hub does.
actions = st.tuples(
    st.sampled_from(("supply",) * 6 + ("cancel", "request deadline", "supply deadline", "caught")),
    st.integers(0, 7),
    st.integers(0, 7),
)


def perform(world: World, kind: str, which: int, choice: int) -> None:
    supply = world.supplies[which % len(world.supplies)] if world.supplies else None
    if kind == "supply" and supply:
        possible = [event for event in OUTSIDE if allows(SUPPLY_TABLE, supply.state, event)]
        if possible:
            world.supply(supply, possible[choice % len(possible)])
    elif kind == "supply deadline" and supply:
        if rule := SUPPLY_DEADLINES.get(supply.state):
            world.supply(supply, rule.event)
    elif kind == "cancel" and allows(REQUEST_TABLE, world.state, RequestEvent.CANCEL):
        world.request(RequestEvent.CANCEL)
    elif kind == "request deadline" and world.state not in REQUEST_ENDS:
        world.request(REQUEST_DEADLINES[world.state].event)
    elif kind == "caught" and world.state is RequestState.WAITING:
        world.supplies.append(Supply(SupplyState.PICKED, accepted=True))
        world.request(RequestEvent.VOLUME_CAUGHT)


histories = st.lists(actions, min_size=5, max_size=40)


def live_through(copies: int, waits: bool, history: list[tuple[str, int, int]]) -> None:
    world = World(copies, waits)
    world.start()
    world.check()
    for kind, which, choice in history:
        perform(world, kind, which, choice)
        world.check()
    world.expire_everything()


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 4), st.booleans(), histories)
def test_any_history_keeps_the_promises_and_ends(
    copies: int, waits: bool, history: list[tuple[str, int, int]]
) -> None:
    live_through(copies, waits, history)


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None)
@given(st.integers(0, 4), st.booleans(), st.lists(actions, max_size=80))
def test_many_more_histories(copies: int, waits: bool, history: list[tuple[str, int, int]]) -> None:
    live_through(copies, waits, history)
