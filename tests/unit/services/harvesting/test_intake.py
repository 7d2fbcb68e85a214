"""Received bytes to rows: named, with their items at their nodes; every one is a row or in quarantine."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.marc.holdings import profiles
from connectors.marc.writing import to_iso2709
from connectors.ports import Counted, Finished, RawRecord
from connectors.statuses import STATUSES
from hub.kernel.record import Flavour
from hub.services.harvesting.intake import Habits, fen, profile_for, stated_items, take_in
from hub.services.harvesting.locations import Locations, locations_of
from hub.services.harvesting.statuses import STORED, status_of
from hub.services.harvesting.verdicts import judge
from hub.storage.harvests.values import Tally
from tests import lived_in
from tests.hubs import NETWORK
from tests.short_records import record

PLAIN = Habits(Locations("JLT", single=True))
GOOD = to_iso2709(record(Flavour.MARC21, {"001": " x1 ", "245": "$aA title"}))
NAMELESS = to_iso2709(record(Flavour.MARC21, {"245": "$aNo number"}))


def test_a_record_goes_by_the_targets_name_then_its_own_then_its_bytes() -> None:
    taken = take_in([RawRecord(GOOD, "oai:1"), RawRecord(GOOD, None), RawRecord(NAMELESS, None)], PLAIN)
    digest = hashlib.sha256(NAMELESS).hexdigest()[:32]
    assert [row.identifier for row in taken.rows] == ["oai:1", "x1", f"digest:{digest}"]
    assert take_in([RawRecord(GOOD, "n" * 300)], PLAIN).rows[0].identifier.startswith("digest:")


def test_what_is_gone_or_refused_or_unreadable_has_its_place() -> None:
    received = [
        RawRecord(b"", "gone", deleted=True),
        RawRecord(b"14: not available", "kept", syntax="diagnostic"),
        RawRecord(b"nonsense", None),
        RawRecord(GOOD, None),
    ]
    taken = take_in(received, PLAIN, position=100)
    assert [(row.identifier, row.deleted) for row in taken.rows] == [("gone", True), ("x1", False)]
    assert [row.position for row in taken.quarantined] == [101, 102]
    assert taken.quarantined[0].reason == "refused_by_target"
    assert all(row.reason for row in taken.quarantined)


@given(st.lists(st.one_of(st.just(GOOD), st.just(NAMELESS), st.binary(max_size=60)), max_size=8))
def test_every_record_is_a_row_or_in_quarantine(pieces: list[bytes]) -> None:
    taken = take_in([RawRecord(piece, None) for piece in pieces], PLAIN)
    assert len(taken.rows) + len(taken.quarantined) == len(pieces)
    assert Counter(row.raw for row in (*taken.rows, *taken.quarantined)) == Counter(pieces)


def test_items_stand_at_the_node_their_location_means() -> None:
    locations = Locations("JLT", {"a1": "XWT"})
    found: Counter[str] = Counter()
    made = record(
        Flavour.CNMARC,
        {"001": "1", "200": "$a书", "905": "$aA1$b001$dI24 | $aQ9$b002$dI24 | $b003$dI24"},
    )
    items = stated_items(made, profiles()["cnmarc-905-copies"], locations, found)
    assert {item.barcode: (item.owner, item.node) for item in items} == {
        "001": ("JLT", "XWT"), "003": ("JLT", "JLT"),
    }  # fmt: skip
    assert found == {"Q9": 1}, "an unknown location is reported, never given to the parent"


def test_locations_are_codes_aliases_and_what_the_operator_said() -> None:
    one = locations_of(NETWORK.nodes, "JLT", {"locations": {" Old Hall ": "JLT"}})
    assert one.node_of("jlt") == "JLT"
    assert one.node_of("OLD HALL") == "JLT"
    assert one.node_of("") == "JLT"
    many = next(
        node.code for node in NETWORK.nodes
        if node.system == node.code and sum(other.system == node.code for other in NETWORK.nodes) > 1
    )  # fmt: skip
    assert locations_of(NETWORK.nodes, many, {}).node_of("nowhere") is None


def test_the_holdings_profile_is_found_or_not_claimed() -> None:
    pieces = lived_in.marc("JLT", range(5)).split(b"\x1d")[:-1]
    assert profile_for([RawRecord(piece + b"\x1d", None) for piece in pieces], "auto").startswith(
        "cnmarc-905"
    )
    assert profile_for([RawRecord(GOOD, None)], "auto") == ""
    assert profile_for([], "auto") == ""


@pytest.mark.parametrize(
    ("price", "expected"),
    [("CNY39.80", 3980), ("￥0.40", 40), ("12.5元", 1250), ("7", 700), ("赠阅", None), ("", None)],
)
def test_prices_in_fen(price: str, expected: int | None) -> None:
    assert fen(price) == expected


def test_statuses_and_words_nobody_knows() -> None:
    assert set(STORED) == set(STATUSES)
    stated = {
        "": "available",
        "借出": "on_loan",
        "阅览": "reference",
        "剔除": "missing",
        "编目中": "processing",
    }
    assert {text: status_of(f" {text} ") for text in stated} == stated
    assert status_of("wobbly") == "reference", "what may mean anything is not offered for loan"


BEFORE = {"before": Counted(10, "before")}
BOTH = {**BEFORE, "after": Counted(10, "after")}


@pytest.mark.parametrize(
    ("counted", "finished", "received", "inexact", "state", "problem"),
    [
        (BOTH, Finished(None), 10, 0, "complete", ""),
        (BOTH, Finished(None), 9, 0, "incomplete", "sum_differs"),
        (BOTH, Finished(None), 10, 1, "incomplete", "slice_inexact"),
        ({**BEFORE, "after": Counted(11, "after")}, Finished(None), 11, 0, "incomplete", "total_changed"),
        ({}, Finished(None), 10, 0, "incomplete", "total_unknown"),
        ({"before": Counted(None, "before")}, Finished(None), 10, 0, "incomplete", "total_unknown"),
        (BOTH, Finished("timed_out", {"seconds": 5}), 3, 0, "incomplete", "timed_out: seconds=5"),
        (BEFORE, Finished("unreachable"), 0, 0, "failed", "unreachable"),
    ],
)
def test_a_run_is_complete_only_when_everything_agrees(
    counted: dict[str, Counted], finished: Finished, received: int, inexact: int, state: str, problem: str
) -> None:
    verdict = judge(counted, finished, Tally(received=received, stored=received), inexact)
    assert verdict.state == state
    assert verdict.problem.startswith(problem)
    assert bool(verdict.problem) == (state != "complete")
