"""The three tables, held to what DESIGN promises of them (P2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

import pytest

from ill.deadlines import LOAN_DEADLINES, REQUEST_DEADLINES, SUPPLY_DEADLINES, Actor
from ill.effects import NotifyReader, SendHome, SendToPickup, TellRequest
from ill.loan_table import LOAN_TABLE
from ill.machine import IllegalTransition, advance
from ill.request_table import REQUEST_TABLE
from ill.states import (
    LOAN_ENDS,
    OUTCOME_OF,
    REQUEST_ENDS,
    SUPPLY_ENDS,
    LoanEvent,
    LoanState,
    Outcome,
    RequestEvent,
    RequestState,
    SupplyEvent,
    SupplyState,
)
from ill.supply_table import SUPPLY_TABLE

R, S, L = RequestEvent, SupplyEvent, LoanEvent

# Leaving a state by somebody's decision: before the loan that is cancelling, during it returning, after it
# the volume coming to rest.
BY_DECISION: set[StrEnum] = {
    R.CANCEL, R.RETURNED, R.SETTLED,
    S.CANCEL, S.RETURNED, S.HOME, S.STAYED, S.HANDED_ON, S.FOUND,
    L.RETURNED,
}  # fmt: skip
BY_LOSS: set[StrEnum] = {
    R.ROTA_EXHAUSTED, R.LENDER_DECLINED, R.VOLUME_MISSING, R.LOST_BY_READER, R.RETURN_OVERDUE,
    S.LOST, S.DECLINED,
    L.LOST,
}  # fmt: skip

MACHINES = {
    "request": (REQUEST_TABLE, RequestState.CHOOSING, REQUEST_ENDS, REQUEST_DEADLINES, RequestState, R),
    "supply": (SUPPLY_TABLE, SupplyState.ASKED, SUPPLY_ENDS, SUPPLY_DEADLINES, SupplyState, S),
    "loan": (LOAN_TABLE, LoanState.LENT, LOAN_ENDS, LOAN_DEADLINES, LoanState, L),
}
Machine = tuple[
    Mapping[Any, Any], StrEnum, Collection[StrEnum], Mapping[Any, Any], type[StrEnum], type[StrEnum]
]


@pytest.fixture(params=MACHINES.values(), ids=MACHINES.keys())
def machine(request: pytest.FixtureRequest) -> Machine:
    found: Machine = request.param
    return found


def exits(table: Mapping[Any, Any], state: StrEnum) -> dict[StrEnum, StrEnum]:
    return {
        event: step.state
        for (origin, event), step in table.items()
        if origin == state and step.state != state
    }


def reachable(table: Mapping[Any, Any], start: StrEnum) -> set[StrEnum]:
    found, frontier = {start}, [start]
    while frontier:
        for target in exits(table, frontier.pop()).values():
            if target not in found:
                found.add(target)
                frontier.append(target)
    return found


def test_every_state_is_reachable(machine: Machine) -> None:
    table, start, _, _, states, _ = machine
    assert reachable(table, start) == set(states)


def test_every_event_is_used(machine: Machine) -> None:
    table, _, _, _, _, events = machine
    assert {event for _, event in table} == set(events)


def test_from_every_state_an_end_is_reachable(machine: Machine) -> None:
    table, _, ends, _, states, _ = machine
    stuck = [state for state in states if not reachable(table, state) & set(ends)]
    assert stuck == []


def test_an_end_leads_only_to_ends(machine: Machine) -> None:
    table, _, ends, _, _, _ = machine
    assert [key for key, step in table.items() if key[0] in ends and step.state not in ends] == []


def test_every_open_state_has_a_deadline_and_no_end_has_one(machine: Machine) -> None:
    _, _, ends, deadlines, states, _ = machine
    assert set(deadlines) == set(states) - set(ends)


def test_every_open_state_can_be_left_by_decision_loss_and_silence(machine: Machine) -> None:
    table, _, ends, deadlines, states, _ = machine
    for state in set(states) - set(ends):
        ways = set(exits(table, state))
        assert ways & BY_DECISION, f"{state} has no exit by decision"
        assert ways & BY_LOSS, f"{state} has no exit for loss"
        assert deadlines[state].event in ways, f"silence does not lead out of {state}"


def test_waiting_on_silence_alone_ends(machine: Machine) -> None:
    """Nobody ever acts: following the deadlines alone reaches an end, from wherever we are."""
    table, _, ends, deadlines, states, _ = machine
    for state in states:
        current, steps = state, 0
        while current not in ends and steps <= len(states):
            current = table[current, deadlines[current].event].state
            if current == RequestState.CHOOSING:
                current = table[current, R.ROTA_EXHAUSTED].state
            steps += 1
        assert current in ends


def test_an_illegal_event_raises_and_says_both(machine: Machine) -> None:
    table, _, _, _, states, events = machine
    for state in states:
        for event in events:
            if (state, event) not in table:
                with pytest.raises(IllegalTransition) as caught:
                    advance(table, state, event)
                assert (caught.value.state, caught.value.event) == (state, event)


def test_outcomes_follow_states() -> None:
    assert set(OUTCOME_OF) == set(RequestState)
    decided = {state for state, outcome in OUTCOME_OF.items() if outcome is not Outcome.OPEN}
    for (state, _), step in REQUEST_TABLE.items():
        if state in decided:
            assert OUTCOME_OF[step.state] is OUTCOME_OF[state], "an outcome never changes"


def test_requests_follow_their_supply_only_where_one_exists() -> None:
    following = {state for state, rule in REQUEST_DEADLINES.items() if rule.actor is Actor.SUPPLY}
    assert following == set(RequestState) - REQUEST_ENDS - {RequestState.CHOOSING, RequestState.WAITING}


def test_what_was_sent_to_the_pickup_is_sent_home_when_it_fails() -> None:
    """The undo of SendToPickup: no way from a routed state to its end without coming home, or being lost."""
    routed = {step.state for step in SUPPLY_TABLE.values() if SendToPickup() in step.effects}
    for (state, event), step in SUPPLY_TABLE.items():
        if state in routed and step.state is SupplyState.RETURNING:
            assert SendHome() in step.effects, (state, event)


def test_a_reader_told_to_come_is_told_when_that_fails() -> None:
    """The promise of "ready" has its undo: every failure after it leads to another notice."""
    promises = {
        (state, event) for (state, event), step in REQUEST_TABLE.items()
        if NotifyReader("notice_ready") in step.effects
    }  # fmt: skip
    assert promises
    for event in (R.NOT_COLLECTED, R.CANCEL):
        assert any(
            isinstance(effect, NotifyReader) for effect in REQUEST_TABLE[RequestState.READY, event].effects
        )


def test_what_a_supply_tells_its_request_is_an_event_the_request_knows() -> None:
    """For each supply state there is a request state in which its message is legal."""
    known = {event for _, event in REQUEST_TABLE}
    told = {e.event for step in SUPPLY_TABLE.values() for e in step.effects if isinstance(e, TellRequest)}
    assert told <= known
