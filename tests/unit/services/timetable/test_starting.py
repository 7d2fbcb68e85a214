"""Harvests by timetable: in time and once, paused with the window, taken over, tried again, never two."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from hub.errors import Conflict
from hub.services.harvesting.claimed import LEASE
from hub.services.harvesting.harvest import harvest
from hub.services.timetable.starting import HarvestStarter
from hub.storage import harvests, timetables
from hub.storage.store import Store
from tests.hubs import hub_over
from tests.nights import CLOSING, DAY, DUE, NIGHTLY, Night
from tests.scripted_member import SIZE, SLICES, ScriptedMember, nothing


async def test_a_source_is_harvested_when_its_time_has_come_and_once(night: Night) -> None:
    await night.add(**NIGHTLY, full="7 days")
    assert await night.look(DUE - timedelta(seconds=1)) == 0
    assert await night.look(DUE + timedelta(seconds=5)) == 1
    assert await night.look() == 0
    (run,) = await night.ledger()
    assert (run.fire_at, run.state, run.starts, run.cause) == (DUE, "done", 1, "timetable")
    assert (run.details["verdict"], run.details["received"]) == ("complete", SIZE)
    told = await night.told()
    assert (told["state"], told["next_at"]) == ("ready", (DUE + DAY).isoformat())
    assert (told["runs"][0]["received"], told["runs"][0]["state_name"]) == (SIZE, "complete")
    await night.look(DUE + DAY)
    assert [order.full for order in night.member.orders] == [True, False], "the rhythm is kept"


async def test_a_run_pauses_with_the_window_and_goes_on_in_the_next_where_it_was(night: Night) -> None:
    async def slow(moment: str) -> None:
        if moment == "begun b":
            night.clock.set(CLOSING + timedelta(minutes=1))

    night.member.at = slow
    await night.add(**NIGHTLY)
    await night.look(DUE)
    (run,) = await night.ledger()
    reopening = datetime(2026, 11, 25, 14, tzinfo=UTC)
    assert (run.state, run.problem, run.resume_at) == ("waiting", "window_closed", reopening)
    told = await night.told()
    assert (told["state"], told["next_at"]) == ("paused", reopening.isoformat())
    assert "it goes on where it was" in told["current"]["problem"]
    assert await night.look(reopening - timedelta(seconds=1)) == 0
    assert await night.look(reopening) == 1
    assert night.member.fetched == list(SLICES), "the pause was at a checkpoint: nothing was fetched again"
    (run,) = await night.ledger()
    assert (run.state, run.starts, run.details["received"]) == ("done", 2, SIZE)
    assert [row.state for row in await night.store.read(lambda c: harvests.runs(c, "one"))] == ["complete"]


async def test_overtime_ends_a_run_without_a_checkpoint(night: Night) -> None:
    async def very_slow(moment: str) -> None:
        if moment == "begun a":
            night.clock.set(CLOSING + timedelta(minutes=30))

    night.member.at = very_slow
    await night.add(**NIGHTLY)
    await night.look(DUE)
    assert (await night.ledger())[0].state == "waiting"
    assert night.member.fetched == ["a"]


async def test_a_run_of_a_silent_process_is_taken_over_and_the_late_writer_is_shut_out(
    store: Store, member: ScriptedMember
) -> None:
    night = Night(store, member)
    takers: list[int] = []

    async def fall_silent(moment: str) -> None:
        if moment == "done b" and not takers:
            takers.append(0)
            await night.stored("a")
            night.clock.advance(LEASE + timedelta(seconds=1))
            takers[0] = await night.look(hub=hub_over(store, night.clock))

    member.at = fall_silent
    await night.add(**NIGHTLY)
    await night.look(DUE)
    assert takers == [1]
    (run,) = await night.ledger()
    assert (run.token, run.starts, run.state, run.problem) == (2, 2, "done", "")
    assert "a" in member.orders[1].done_slices, "what the first had finished is not fetched again"
    assert member.fetched.count("a") == 1
    (kept,) = await store.read(lambda c: harvests.runs(c, "one"))
    assert (kept.state, kept.tally.received, kept.tally.stored) == ("complete", SIZE, SIZE)
    assert await night.live() == SIZE


async def test_a_process_that_is_stopped_lets_another_go_on(night: Night) -> None:
    first, stopping = HarvestStarter(night.hub), list[asyncio.Future[None]]()

    async def stop(moment: str) -> None:
        if moment == "done b" and not stopping:
            stopping.append(asyncio.ensure_future(first.stop()))
            await asyncio.sleep(0)

    night.member.at = stop
    await night.add(**NIGHTLY)
    night.clock.set(DUE)
    await first.start_due(night.hub)
    await first.finished()
    await stopping[0]
    assert (await night.ledger())[0].problem == "hub_stopping"
    assert await first.start_due(night.hub) == 0
    assert await night.look() == 1
    assert (await night.ledger())[0].state == "done"
    assert await night.live() == SIZE


async def test_a_member_that_is_down_is_tried_again_and_then_left_alone(night: Night) -> None:
    await night.add(**NIGHTLY)
    night.member.down = True
    await night.look(DUE)
    (run,) = await night.ledger()
    assert (run.state, run.resume_at) == ("waiting", DUE + timedelta(minutes=10))
    await night.look(DUE + timedelta(minutes=10))
    await night.look(DUE + timedelta(minutes=30))
    (run,) = await night.ledger()
    assert (run.state, run.starts, run.details["failures"]) == ("failed", 3, 3)
    told = await night.told()
    assert (told["state"], told["failures"]) == ("resting", 3)
    assert told["paused_until"] == (DUE + timedelta(minutes=90)).isoformat()
    assert "no answer" in told["runs"][0]["problem"]

    await night.look(DUE + DAY)
    row = await night.store.read(lambda c: timetables.find(c, "one"))
    assert row is not None
    assert (row.failures, row.paused_until) == (4, DUE + DAY + timedelta(hours=2)), "each failure doubles it"
    assert await night.look(DUE + DAY + timedelta(hours=1)) == 0
    night.member.down = False
    assert await night.look(DUE + DAY + timedelta(hours=2)) == 1
    told = await night.told()
    assert (told["state"], told["failures"], told["paused_until"]) == ("ready", 0, None), "a success ends it"


@pytest.mark.parametrize(
    ("rule", "made"), [("latest", ["skipped", "skipped", "done"]), ("skip", ["skipped"] * 3)]
)
async def test_nights_that_were_missed_are_made_up_for_once_or_not_at_all(
    night: Night, rule: str, made: list[str]
) -> None:
    await night.add(**NIGHTLY, missed=rule)
    assert await night.look(DUE + 2 * DAY + timedelta(hours=6)) == 0, "by day the member is not asked"
    await night.look(datetime(2026, 11, 27, 15, tzinfo=UTC))
    runs = await night.ledger()
    assert [run.state for run in runs] == made
    assert [run.fire_at for run in runs] == [DUE, DUE + DAY, DUE + 2 * DAY]
    assert {run.problem for run in runs if run.state == "skipped"} == {"missed"}


async def test_one_source_is_never_harvested_twice_at_once(night: Night) -> None:
    refused: list[str] = []

    async def try_by_hand(moment: str) -> None:
        if moment == "begun c":
            assert await night.look() == 0
            with pytest.raises(Conflict) as refusal:
                await harvest(night.hub, ["one"])
            refused.append(refusal.value.say("en"))

    night.member.at = try_by_hand
    await night.add(**NIGHTLY)
    await night.look(DUE)
    await harvest(night.hub, ["one"])
    assert len(refused) == 2, "during the timetable's run, and during the one by hand"
    assert "nothing was begun" in refused[0]
    assert [(run.cause, run.state) for run in await night.ledger()] == [
        ("timetable", "done"),
        ("command", "done"),
    ]


async def test_whoever_harvests_by_hand_goes_on_with_what_waits(night: Night) -> None:
    async def slow(moment: str) -> None:
        if moment == "begun b":
            night.clock.set(CLOSING)

    night.member.at = slow
    await night.add(**NIGHTLY)
    await night.look(DUE)
    (report,) = await harvest(night.hub, ["one"])
    assert (report.verdict.state, report.tally.received) == ("complete", SIZE)
    (run,) = await night.ledger()
    assert (run.state, run.cause, run.starts) == ("done", "command", 2)
    assert night.member.fetched == list(SLICES)


async def test_a_harvest_by_hand_that_is_broken_off_frees_the_source(night: Night) -> None:
    begun = asyncio.Event()

    async def wait(moment: str) -> None:
        begun.set()
        await asyncio.Event().wait()

    night.member.at = wait
    await night.add(**NIGHTLY)
    typed = asyncio.ensure_future(harvest(night.hub, ["one"]))
    await begun.wait()
    typed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await typed
    night.member.at = nothing
    (run,) = await night.ledger()
    assert (run.state, run.problem) == ("stopped", "stopped")
    assert await night.look(DUE) == 1
    assert (await night.ledger())[1].state == "done"


async def test_a_target_is_spoken_to_by_one_harvest_at_a_time(night: Night) -> None:
    starter = HarvestStarter(night.hub)
    await night.add("one", "http://127.0.0.1:1/a", **NIGHTLY)
    await night.add("two", "http://127.0.0.1:1/b", **NIGHTLY)
    await night.add("three", "http://127.0.0.1:2/", **NIGHTLY)
    night.clock.set(DUE)
    assert await starter.start_due(night.hub) == 2
    await starter.finished()
    assert await starter.start_due(night.hub) == 1
    await starter.finished()
    assert {len(await night.ledger(name)) for name in ("one", "two", "three")} == {1}


async def test_no_more_are_begun_at_once_than_a_process_bears(night: Night) -> None:
    starter = HarvestStarter(night.hub, at_once=2)
    for number in range(3):
        await night.add(f"s{number}", f"http://127.0.0.{number}:1/", **NIGHTLY)
    night.clock.set(DUE)
    assert await starter.start_due(night.hub) == 2
    await starter.finished()
    assert await starter.start_due(night.hub) == 1
    await starter.finished()
