"""Harvests by timetable: in time and once, paused with the window, taken over, tried again, never two."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hub.errors import Conflict, Refusal
from hub.services.context import Hub, Principal, Role, Transaction
from hub.services.harvesting import opening, sources
from hub.services.harvesting.claimed import LEASE, job_of
from hub.services.harvesting.harvest import harvest
from hub.services.harvesting.sources import NewSource
from hub.services.operations import Input
from hub.services.timetable import controlling, setting
from hub.services.timetable.controlling import StartInput
from hub.services.timetable.listing import ListInput, list_timetable
from hub.services.timetable.setting import SetInput, SourceInput
from hub.services.timetable.starting import HarvestStarter
from hub.simulation.clock import SettableClock
from hub.storage import harvests, jobs, timetables
from hub.storage.jobs import JobRunRow
from hub.storage.store import Store
from hub.storage.tables.catalogue import SourceRecord
from hub.storage.tables.columns import core
from tests.hubs import hub_over
from tests.scripted_member import SIZE, SLICES, ScriptedMember, nothing

RECORD = core(SourceRecord)
COORDINATOR = Principal("chief", Role.COORDINATOR, language="en")
#: a Tuesday, noon in Nanjing; the night after it, a timetable's first run is due
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
DUE = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)  #: 02:30 on Wednesday
CLOSING = datetime(2026, 11, 24, 22, tzinfo=UTC)  #: 06:00
DAY = timedelta(days=1)
NIGHTLY = {"times": "02:30", "window": "22:00-06:00"}


class Night:
    """One source with a timetable, a member behind it, and hubs that look at it."""

    def __init__(self, store: Store, member: ScriptedMember) -> None:
        self.store = store
        self.member = member
        self.clock = SettableClock(NOON)
        self.hub = hub_over(store, self.clock)

    async def add(self, name: str = "one", address: str = "http://127.0.0.1:1/", **rules: str) -> None:
        await sources.add(self.hub, NewSource(name, "JLT", "sru", address, {}))
        if rules:
            await self.decide(setting.set_timetable, SetInput(source=name, **rules))

    async def decide(self, act: Callable[..., dict[str, Any]], command: Input) -> dict[str, Any]:
        now = self.clock.now()
        return await self.store.write(
            lambda c: act(Transaction(c, now, self.hub.network(), "test"), COORDINATOR, command)
        )

    async def look(self, at: datetime | None = None, hub: Hub | None = None) -> int:
        """What a process begins when it looks at this time; returns when it has ended."""
        if at is not None:
            self.clock.set(at)
        starter = HarvestStarter(hub or self.hub)
        begun = await starter.start_due(self.hub)
        await starter.finished()
        return begun

    async def ledger(self, source: str = "one") -> list[JobRunRow]:
        """The runs of a source, the oldest first."""
        return (await self.store.read(lambda c: jobs.history(c, job_of(source))))[::-1]

    async def told(self, source: str = "one") -> dict[str, Any]:
        answer = await list_timetable(self.hub, COORDINATOR, ListInput())
        return next(one for one in answer["sources"] if one["source"] == source)

    async def stored(self, slice_name: str) -> None:
        """Return when a slice that was fetched is stored too: the one goes on beside the other."""
        for _ in range(10_000):
            unfinished = await self.store.read(lambda c: harvests.unfinished_run(c, "one"))
            if unfinished is not None and slice_name in unfinished[1]:
                return
        raise AssertionError(f"{slice_name} was not stored")

    async def live(self) -> int:
        rows = select(RECORD.c.id).where(RECORD.c.state == "live")
        return len(await self.store.read(lambda c: c.scalars(rows).all()))


@pytest.fixture
def member(monkeypatch: pytest.MonkeyPatch) -> ScriptedMember:
    made = ScriptedMember()
    monkeypatch.setattr(opening, "open_harvester", made.open)
    return made


@pytest.fixture
def night(sqlite_store: Store, member: ScriptedMember) -> Night:
    return Night(sqlite_store, member)


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


async def test_a_coordinator_starts_a_harvest_at_any_hour(night: Night) -> None:
    await night.add(**NIGHTLY, full="first")
    await harvest(night.hub)
    await night.decide(controlling.start, StartInput(source="one"))
    assert (await night.told())["state"] == "starting"
    assert await night.look() == 1
    await night.decide(controlling.start, StartInput(source="one", full=True))
    await night.look()
    assert [order.full for order in night.member.orders] == [True, False, True]
    assert [run.cause for run in await night.ledger()] == ["command", "coordinator", "coordinator"]
    await night.add("never", "http://127.0.0.1:3/")
    await night.decide(controlling.start, StartInput(source="never"))
    assert await night.look() == 1, "a source without a timetable too"


async def test_a_coordinator_stops_a_harvest_after_its_batch(night: Night) -> None:
    async def stop(moment: str) -> None:
        if moment == "begun b":
            assert (await night.decide(controlling.stop, SourceInput(source="one")))["state"] == "stopping"
            with pytest.raises(Conflict):
                await night.decide(controlling.start, StartInput(source="one"))
            with pytest.raises(Conflict):
                await night.decide(controlling.skip, SourceInput(source="one"))

    night.member.at = stop
    await night.add(**NIGHTLY)
    await night.look(DUE)
    (run,) = await night.ledger()
    assert (run.state, run.problem) == ("stopped", "stopped")
    assert "d" not in night.member.fetched
    (kept,) = await night.store.read(lambda c: harvests.runs(c, "one"))
    assert (kept.state, kept.problem) == ("incomplete", "stopped")
    with pytest.raises(Conflict):
        await night.decide(controlling.stop, SourceInput(source="one"))


async def test_a_coordinator_skips_the_next_run_or_what_waits(night: Night) -> None:
    await night.add(**NIGHTLY)
    skipped = await night.decide(controlling.skip, SourceInput(source="one"))
    assert skipped["skipped"] == DUE.isoformat()
    assert (await night.told())["next_at"] == (DUE + DAY).isoformat()
    assert await night.look(DUE) == 0
    await night.decide(controlling.start, StartInput(source="one"))
    await night.decide(controlling.skip, SourceInput(source="one"))
    assert await night.look() == 0
    assert await night.look(DUE + DAY) == 1
    assert [run.state for run in await night.ledger()] == ["skipped", "skipped", "done"]


async def test_what_was_skipped_is_forgotten_with_a_new_timetable(night: Night) -> None:
    await night.add(**NIGHTLY)
    await night.decide(controlling.skip, SourceInput(source="one"))
    answer = await night.decide(setting.set_timetable, SetInput(source="one", times="2:30, 01:00"))
    assert (answer["times"], answer["next_at"]) == ("01:00, 02:30", (DUE - timedelta(minutes=90)).isoformat())
    await night.decide(setting.remove_timetable, SourceInput(source="one"))
    assert await night.look(DUE) == 0
    assert (await night.told())["state"] == "by_hand"


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"times": "25:00"}, "25:00"),
        ({"times": "02:30", "days": "never"}, "never"),
        ({"times": "02:30", "full": "0 days"}, "0 days"),
        ({"times": "02:30", "window": "22:00"}, "22:00"),
        ({"times": "02:30", "window": "06:00-06:00"}, "06:00-06:00"),
        ({"times": "02:30", "missed": "each"}, "each"),
        ({"times": "14:00", "window": "22:00-06:00"}, "14:00"),
    ],
)
async def test_a_timetable_that_cannot_be_is_refused_by_name(
    night: Night, rules: dict[str, str], said: str
) -> None:
    await night.add()
    with pytest.raises(Refusal) as refusal:
        await night.decide(setting.set_timetable, SetInput(source="one", **rules))
    for language in ("zh", "en"):
        assert said in refusal.value.say(language)
    assert refusal.value.field in rules
