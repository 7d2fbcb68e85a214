from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ill.transport.custody import ALLOWED_FROM, CustodyEventKind, Folded, PlaceKind, Scan, fold

START = datetime(2026, 11, 24, 1, tzinfo=UTC)
PLACE_OF = {
    CustodyEventKind.PICKED: PlaceKind.NODE,
    CustodyEventKind.SHELVED: PlaceKind.SHELF,
    CustodyEventKind.HELD: PlaceKind.NODE,
    CustodyEventKind.PACKED: PlaceKind.TOTE,
    CustodyEventKind.LOADED: PlaceKind.VEHICLE,
    CustodyEventKind.UNLOADED: PlaceKind.TOTE,
    CustodyEventKind.UNPACKED: PlaceKind.NODE,
    CustodyEventKind.LENT: PlaceKind.READER,
    CustodyEventKind.RETURNED: PlaceKind.NODE,
    CustodyEventKind.MISSING: PlaceKind.UNKNOWN,
    CustodyEventKind.FOUND: PlaceKind.NODE,
}
PLAIN_JOURNEY = (
    "picked packed loaded unloaded unpacked held lent returned packed loaded unloaded unpacked shelved"
)


def scan(number: int, kind: str, place: str = "", *, node: str = "", minutes: int | None = None) -> Scan:
    happened = START + timedelta(minutes=number if minutes is None else minutes)
    event = CustodyEventKind(kind)
    return Scan(event, PLACE_OF[event], place or "X", node, happened, START, number, f"{number}-{kind}")


def reasons(*scans: Scan) -> list[tuple[str, str]]:
    return [(entry.kind.value, entry.reason) for entry in fold(scans).impossible]


def test_a_volume_never_handled_has_no_place() -> None:
    assert fold([]) == Folded()


def test_a_whole_journey_is_possible() -> None:
    history = [scan(number, kind) for number, kind in enumerate(PLAIN_JOURNEY.split())]
    folded = fold(history)
    assert folded.impossible == ()
    assert folded.place is not None
    assert (folded.place.kind, folded.place.since) == (PlaceKind.SHELF, history[-1].happened_at)


@pytest.mark.parametrize("first", ["loaded", "unloaded", "unpacked"])
def test_what_was_never_packed_cannot_be_moved(first: str) -> None:
    assert reasons(scan(0, first)) == [(first, "wrong_place")]


def test_a_reader_cannot_be_lent_what_rides_in_a_vehicle() -> None:
    history = [scan(0, "packed"), scan(1, "loaded"), scan(2, "lent")]
    assert reasons(*history) == [("lent", "wrong_place")]


def test_a_volume_seen_at_two_nodes_without_a_ride_is_reported() -> None:
    assert reasons(scan(0, "picked", "QHT", node="QHT"), scan(1, "held", "JNT", node="JNT")) == [
        ("held", "moved_unseen")
    ]
    assert reasons(scan(0, "picked", "QHT", node="QHT"), scan(1, "held", "QHT", node="QHT")) == []


def test_a_returned_volume_may_turn_up_at_any_node() -> None:
    assert reasons(scan(0, "lent", "L-1", node="QHT"), scan(1, "returned", "JNT", node="JNT")) == []


def test_what_was_missing_may_turn_up_by_any_scan() -> None:
    for kind in CustodyEventKind:
        assert reasons(scan(0, "packed"), scan(1, "missing"), scan(2, kind)) == []


def test_a_late_scan_is_ordered_by_its_own_time() -> None:
    unpacked = [scan(0, "packed", minutes=0), scan(1, "loaded", minutes=10), scan(3, "unpacked", minutes=30)]
    assert reasons(*unpacked) == [("unpacked", "wrong_place")]
    assert reasons(*unpacked, scan(4, "unloaded", minutes=20)) == []


def test_the_latest_scan_tells_the_place_even_when_it_is_impossible() -> None:
    folded = fold([scan(0, "packed", "T-1"), scan(1, "lent", "L-1")])
    assert folded.place is not None
    assert folded.place.place == "L-1"


def test_every_kind_says_what_it_may_follow() -> None:
    assert set(ALLOWED_FROM) == set(CustodyEventKind) == set(PLACE_OF)


SCANS = st.lists(
    st.tuples(
        st.sampled_from(CustodyEventKind),
        st.sampled_from(["A", "B"]),
        st.sampled_from(["", "A", "B"]),
        st.integers(0, 5),
        st.integers(0, 3),
    ),
    max_size=12,
).map(
    lambda drawn: [
        Scan(
            kind, PLACE_OF[kind], place, node, START + timedelta(minutes=happened),
            START + timedelta(minutes=recorded), sequence, str(sequence),
        )
        for sequence, (kind, place, node, happened, recorded) in enumerate(drawn)
    ]
)  # fmt: skip


@given(SCANS, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_fold(scans: list[Scan], chance: object) -> None:
    shuffled = list(scans)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands in a random.Random
    assert fold(shuffled) == fold(scans)


@given(SCANS)
def test_the_place_is_that_of_the_last_scan(scans: list[Scan]) -> None:
    folded = fold(scans)
    assert (folded.place is None) == (not scans)
    if folded.place is not None:
        last = max(scans, key=lambda entry: entry.order)
        assert (folded.place.kind, folded.place.place) == (last.place_kind, last.place)
        assert {entry.key for entry in folded.impossible} <= {entry.key for entry in scans}
