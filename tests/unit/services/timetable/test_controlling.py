"""What coordinators do about harvests: set timetables, start, stop and skip runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.errors import Conflict, Refusal
from hub.services.harvesting.harvest import harvest
from hub.services.timetable import controlling, setting
from hub.services.timetable.controlling import StartInput
from hub.services.timetable.setting import SetInput, SourceInput
from hub.storage import harvests
from tests.nights import DAY, DUE, NIGHTLY, Night


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
