"""The demonstration's day, from the harvest to the last volume on its shelf."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import pytest

from hub.simulation.demo.day import stories
from ill.transport.returns import returned, where_to
from tests.command_line import tongjie
from tests.demo_run import Base, Shown, Undisturbed, make_base, nanjing, short_plan, undisturbed, whole_plan
from tests.ledger import differences, ledger

REQUIRED = {
    "no_copy_free", "not_on_shelf", "silent_lender", "cancelled_in_time", "cancelled_too_late",
    "wrong_stop", "wrong_volume", "return_elsewhere", "never_collected", "asked_twice", "walk_up",
    "suggestion",
}  # fmt: skip


def test_every_catalogue_is_harvested_whole(demo_base: Base) -> None:
    catalogues = {one.habits.source: len(one.records) for one in demo_base.prepared.network.catalogues}
    assert {one.source: one.tally.stored for one in demo_base.prepared.harvested} == catalogues
    assert all(one.to_dict()["complete"] for one in demo_base.prepared.harvested)


def test_a_second_harvest_stores_nothing_new(demo_base: Base) -> None:
    received = {one.source: one.tally.received for one in demo_base.prepared.harvested}
    assert {one.source: one.tally.unchanged for one in demo_base.second_harvest} == received
    assert sum(one.tally.stored for one in demo_base.second_harvest) == 0
    assert all(one.to_dict()["complete"] for one in demo_base.second_harvest)


def test_the_editions_are_those_of_the_truth(demo_shown: Shown) -> None:
    truth = demo_shown.answer["truth"]
    assert truth["unseen"] == 0
    assert truth["f1"] >= 0.97


def test_the_day_has_at_least_forty_requests_and_each_comes_to_an_end(demo_shown: Shown) -> None:
    counted = demo_shown.answer["requests"]
    assert counted["total"] >= 40
    assert counted["open"] == 0
    assert sum(counted.values()) == 2 * counted["total"]
    assert counted["filled"] > 30


def test_every_story_went_as_it_was_planned(demo_shown: Shown) -> None:
    told = defaultdict(list)
    for story in demo_shown.day.stories:
        told[story.story].append(story.as_planned)
    assert set(told) >= REQUIRED
    assert all(len(told[story.key]) == story.requests for story in stories())
    assert {key for key, ended in told.items() if not all(ended)} == set()
    assert demo_shown.answer["otherwise"] == []


def test_nobody_was_refused_what_they_had_reckoned_with(demo_shown: Shown) -> None:
    assert demo_shown.answer["surprises"] == []


def test_no_promise_is_broken(demo_shown: Shown) -> None:
    assert demo_shown.answer["violations"] == []


def test_the_day_is_told_in_words_in_both_languages(demo_shown: Shown) -> None:
    for language in ("zh", "en"):
        sentences = demo_shown.day.to_dict(language)["story"]
        assert len(sentences) == len(demo_shown.day.stories)
        assert all(
            each.book in sentence for each, sentence in zip(demo_shown.day.stories, sentences, strict=True)
        )
    assert demo_shown.day.to_dict("zh")["story"] != demo_shown.day.to_dict("en")["story"]


def test_vans_and_couriers_carried_what_was_asked_for(demo_shown: Shown) -> None:
    figures = demo_shown.answer["transport"]
    assert figures["kilometres"] > 0
    assert figures["courier_trips"] > 0
    assert figures["volumes_moved"] > demo_shown.answer["loans"]
    assert figures["in_transit"] == 0


def test_every_volume_stands_on_a_shelf_where_it_belongs(demo_shown: Shown) -> None:
    network = nanjing()
    with closing(sqlite3.connect(demo_shown.folder / "hub.sqlite")) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(
            "SELECT c.owner, c.barcode, c.place_kind, c.place, i.node AS home, i.item_class FROM custody c"
            " JOIN item i ON i.owner = c.owner AND i.barcode = c.barcode"
        ).fetchall()
    assert len(rows) >= 40
    astray = [
        dict(row)
        for row in rows
        if row["place_kind"] != "shelf"
        or where_to(
            returned(network, _Item(row["owner"], row["item_class"]), row["home"], row["place"])
        ).destination
        != row["place"]
    ]
    assert astray == []


@pytest.mark.parametrize(
    "left_over",
    [
        "SELECT count(*) FROM supply WHERE live",
        "SELECT count(*) FROM reservation",
        "SELECT count(*) FROM loan WHERE returned_at IS NULL",
        "SELECT count(*) FROM routing_slip",
        "SELECT count(*) FROM tote WHERE state NOT IN ('reconciled', 'discarded')",
        "SELECT count(*) FROM exception_case WHERE closed_at IS NULL",
    ],
)
def test_nothing_is_left_over(demo_shown: Shown, left_over: str) -> None:
    with closing(sqlite3.connect(demo_shown.folder / "hub.sqlite")) as connection:
        assert connection.execute(left_over).fetchone() == (0,)


async def test_the_same_seed_plays_the_same_day(
    demo_base: Base, demo_short_day: Undisturbed, tmp_path: Path
) -> None:
    again = await undisturbed(demo_base, tmp_path / "again", short_plan(demo_base))
    assert again.report == demo_short_day.report
    assert again.report["otherwise"] == []
    assert differences(ledger(demo_short_day.folder), ledger(again.folder)) == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 8))
async def test_the_day_goes_as_planned_with_any_seed(seed: int, tmp_path: Path) -> None:
    base = await asyncio.to_thread(make_base, tmp_path / "base", tmp_path / "drops", seed)
    played = await undisturbed(base, tmp_path / "played", whole_plan(base))
    assert (played.report["otherwise"], played.report["surprises"]) == ([], [])


@pytest.mark.soak
def test_the_command_prints_the_same_twice(tmp_path: Path) -> None:
    answers = []
    for name in ("first", "second"):
        folder = tmp_path / name / "data"
        folder.parent.mkdir()
        said = tongjie(folder, "demo", "--once", "--json", "--port", 0)
        assert said.code == 0
        answer = said.answer
        for source in answer["sources"]:
            del source["seconds"]  # the machine's
        answers.append(answer)
    assert answers[0] == answers[1]
    assert answers[0]["violations"] == []


class _Item:
    """A volume as the return rules ask about it."""

    def __init__(self, owner: str, item_class: str) -> None:
        self.owner = owner
        self.item_class = item_class
