from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ill.transport import totes, trips

TABLES = [
    pytest.param(totes.TABLE, totes.ToteState.OPEN, totes.ENDS, totes.ToteState, totes.ToteEvent, id="totes"),
    pytest.param(
        trips.TABLE, trips.TripState.PLANNED, trips.ENDS, trips.TripState, trips.TripEvent, id="trips"
    ),
]


def reachable(table: Mapping[tuple[StrEnum, StrEnum], StrEnum], start: StrEnum) -> set[StrEnum]:
    found = {start}
    while True:
        more = {after for (before, _), after in table.items() if before in found} | found
        if more == found:
            return found
        found = more


@pytest.mark.parametrize(("table", "start", "ends", "states", "events"), TABLES)
def test_every_state_is_reached_and_every_one_leads_to_an_end(
    table: Mapping[tuple[StrEnum, StrEnum], StrEnum],
    start: StrEnum,
    ends: frozenset[StrEnum],
    states: type[StrEnum],
    events: type[StrEnum],
) -> None:
    assert reachable(table, start) == set(states)
    for state in states:
        assert reachable(table, state) & ends
    assert {event for _, event in table} == set(events)


@pytest.mark.parametrize(("table", "start", "ends", "states", "events"), TABLES)
def test_an_end_is_never_left(
    table: Mapping[tuple[StrEnum, StrEnum], StrEnum],
    start: StrEnum,
    ends: frozenset[StrEnum],
    states: type[StrEnum],
    events: type[StrEnum],
) -> None:
    assert all(after == before for (before, _), after in table.items() if before in ends)


def test_a_tote_that_was_lost_can_be_found_or_opened() -> None:
    assert totes.advance(totes.ToteState.LOST, totes.ToteEvent.FIND) is totes.ToteState.SEALED
    assert totes.advance(totes.ToteState.LOST, totes.ToteEvent.OPEN_UP) is totes.ToteState.OPENED


@given(st.lists(st.sampled_from(totes.ToteEvent), max_size=20))
def test_a_sealed_tote_is_never_packed(events: list[totes.ToteEvent]) -> None:
    state = totes.ToteState.OPEN
    for event in events:
        after = totes.advance(state, event)
        if event is totes.ToteEvent.PACK:
            assert (after is not None) == (state is totes.ToteState.OPEN)
        state = after or state
