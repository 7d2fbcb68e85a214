"""Whose word counts for a copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.availability.values import LiveItem
from hub.services.availability.answers import Answered, Basis, CopyNow, OtherCopies, Reply, SourceAnswer
from hub.services.availability.merging import Asked, Told, merged
from hub.services.harvesting.locations import Locations
from hub.storage.availability import ItemState

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
HARVESTED = datetime(2026, 11, 23, 18, tzinfo=UTC)
ASKED = Asked(NOON, ZoneInfo("Asia/Shanghai"))
LOCATIONS = Locations("JLT", {"main": "JLT", "east": "K03"})
ON_SHELF = ItemState(
    "JLT", "B1", "JLT", "I247/1", "", "", "book", "available", False, None, "", "", "JLT", "E1"
)
OUT = replace(ON_SHELF, barcode="B2", stated_status="on_loan")


def told(
    states: Sequence[ItemState], *items: LiveItem, answered: Answered = Answered.LIVE
) -> tuple[tuple[CopyNow, ...], tuple[OtherCopies, ...]]:
    reply = Reply(answered, NOON if answered is Answered.LIVE else None, items)
    answer = SourceAnswer("jlt", "JLT", "n1", reply, reply.as_of or HARVESTED)
    return merged([Told(answer, LOCATIONS, states, HARVESTED)], ASKED)


def stand(copies: Sequence[CopyNow]) -> list[tuple[str, str, Basis]]:
    return [(copy.barcode, copy.status, copy.basis) for copy in copies]


def live(barcode: str | None, status: str = "available", location: str = "main", **more: object) -> LiveItem:
    return LiveItem(barcode, location, status=status, **more)  # type: ignore[arg-type]  # names as in the value


def test_what_a_member_says_now_counts_more_than_its_catalogue_did() -> None:
    due = date(2026, 12, 1)
    copies, others = told([ON_SHELF, OUT], live("B1", "on_loan", due=due), live("B2"))
    assert stand(copies) == [("B1", "on_loan", Basis.LIVE), ("B2", "available", Basis.LIVE)]
    assert (copies[0].due, copies[0].as_of, copies[1].available, others) == (due, NOON, True, ())


@pytest.mark.parametrize(
    ("state", "status", "due"),
    [
        (replace(ON_SHELF, reserved=True), "reserved", None),
        # Eight in the evening in UTC is the next day in Nanjing.
        (
            replace(ON_SHELF, on_loan_until=datetime(2026, 12, 1, 20, tzinfo=UTC)),
            "on_loan",
            date(2026, 12, 2),
        ),
        (replace(ON_SHELF, place_kind="tote", place="T1"), "under_way", None),
        (replace(ON_SHELF, place_kind="unknown"), "missing", None),
    ],
)
def test_the_ledger_of_the_hub_always_wins(state: ItemState, status: str, due: date | None) -> None:
    for answered in Answered:
        (copy,), _ = told([state], live("B1"), answered=answered)
        assert (copy.status, copy.basis, copy.due, copy.available) == (status, Basis.HUB, due, False)


def test_a_desk_may_have_lent_what_the_hub_saw_on_the_shelf() -> None:
    (copy,), _ = told([replace(ON_SHELF, place_kind="shelf", place="JLT")], live("B1", "on_loan"))
    assert copy.status == "on_loan"


@pytest.mark.parametrize("answered", [Answered.LATE, Answered.FAILED, Answered.RESTING, Answered.STORED])
def test_without_an_answer_the_stored_state_stands_with_its_age(answered: Answered) -> None:
    copies, _ = told([ON_SHELF, OUT], answered=answered)
    assert stand(copies) == [("B1", "available", Basis.STORED), ("B2", "on_loan", Basis.STORED)]
    assert {copy.as_of for copy in copies} == {HARVESTED}


def test_an_answer_that_says_no_state_leaves_the_stored_one_with_its_own_age() -> None:
    copies, _ = told([OUT], live("B2", "unknown"))
    assert stand(copies) == [("B2", "on_loan", Basis.STORED)]
    assert copies[0].as_of == HARVESTED


def test_an_answer_without_copies_leaves_the_stored_states() -> None:
    copies, _ = told([ON_SHELF])
    assert stand(copies) == [("B1", "available", Basis.STORED)]


def test_a_copy_listed_no_more_is_unknown_and_not_available() -> None:
    copies, _ = told([ON_SHELF, OUT], live("B2"))
    assert stand(copies) == [("B1", "unknown", Basis.LIVE), ("B2", "available", Basis.LIVE)]
    assert not copies[0].available


def test_a_copy_that_no_harvest_saw_is_told_apart() -> None:
    copies, others = told([ON_SHELF], live("B1"), live("B9", "on_loan", location="east"))
    assert stand(copies) == [("B1", "available", Basis.LIVE)]
    assert [(one.barcode, one.node, one.status) for one in others] == [("B9", "K03", "on_loan")]


def test_without_barcodes_copies_of_one_place_that_stand_the_same_are_the_known_ones() -> None:
    east = replace(ON_SHELF, barcode="B3", node="K03", home="K03")
    copies, others = told([ON_SHELF, east], live(None, "on_loan"), live(None, "available", "east"))
    assert stand(copies) == [("B1", "on_loan", Basis.LIVE), ("B3", "available", Basis.LIVE)]
    assert others == ()


def test_numbers_that_are_no_barcodes_of_ours_do_not_make_copies_disappear() -> None:
    copies, others = told([ON_SHELF], live("11529458", "on_loan"))
    assert (stand(copies), others) == ([("B1", "on_loan", Basis.LIVE)], ())


def test_call_number_and_volume_tell_copies_of_one_place_apart() -> None:
    first, second = replace(ON_SHELF, volume="1"), replace(OUT, volume="2")
    copies, others = told(
        [first, second],
        live(None, "on_loan", call_number="I247 / 1", volume="v.1"),
        live(None, "available", call_number="I247/1", volume="第2册"),
    )
    assert stand(copies) == [("B1", "on_loan", Basis.LIVE), ("B2", "available", Basis.LIVE)]
    assert others == ()


def test_nobody_guesses_which_of_two_copies_is_out() -> None:
    copies, others = told([ON_SHELF, replace(ON_SHELF, barcode="B2")], live(None), live(None, "on_loan"))
    assert {copy.basis for copy in copies} == {Basis.STORED}
    assert [(one.status, one.copies) for one in others] == [("available", 1), ("on_loan", 1)]


def test_counted_copies_are_as_many_as_they_say() -> None:
    copies, others = told([ON_SHELF, OUT], live(None, "available", copies=2))
    assert [copy.status for copy in copies] == ["available", "available"]
    copies, others = told([ON_SHELF, OUT], live(None, "available", copies=3))
    assert {copy.basis for copy in copies} == {Basis.STORED}
    assert [one.copies for one in others] == [3]


def test_a_place_that_no_node_claims_is_given_to_nobody() -> None:
    copies, others = told([ON_SHELF], live(None, "on_loan", location="Annex"))
    assert stand(copies) == [("B1", "available", Basis.STORED)]
    assert [(one.node, one.location) for one in others] == [("", "Annex")]
