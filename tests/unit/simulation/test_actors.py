"""Readers, desks and drivers, each before a hub that answers as the test says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hub.kernel.volumes import Volume
from hub.services.networks import Network, parse, shipped
from hub.simulation.actors.conduct import FaultlessConduct, ReaderConduct
from hub.simulation.actors.desk import Desk
from hub.simulation.actors.driver import Driver
from hub.simulation.actors.reader import Errand, Intention, Wanted
from hub.simulation.actors.stage import Stage
from hub.simulation.calling import Silence, Wish
from hub.simulation.kernel import Agenda, run
from tests.unit.simulation.recording import Recording, refusal

#: a Tuesday, nine in the morning in Nanjing
NINE = datetime(2026, 5, 12, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ISBN = "9787020002207"
HIT = {"edition": "E-1", "isbns": [ISBN], "libraries": 3, "items": 3}
FOUND = {"hits": [{"edition": "E-2", "isbns": [], "libraries": 9, "items": 9}, HIT]}
NOTHING_TODO: Mapping[str, list[Any]] = {
    name: [] for name in ("hold_shelf", "to_answer", "to_pick", "to_pack", "cases")
}


@pytest.fixture(scope="module")
def network() -> Network:
    return parse(shipped())


def stage(caller: Recording, network: Network, conduct: Any = None) -> Stage:
    return Stage(caller, Agenda(NINE), network, conduct or FaultlessConduct())


def errand(on: Stage, **changes: Any) -> Errand:
    intention = Intention(
        **{
            "key": "k", "reader": "reader01", "card": "DEMO0001", "wanted": Wanted("红楼梦", ISBN),
            "pickup": "JLT", "return_at": "NSE", "keeps": DAY, **changes,
        }
    )  # fmt: skip
    return Errand(on, {node: Desk(on, node, f"staff-{node.lower()}") for node in ("JLT", "NSE")}, intention)


# Readers.


async def test_a_reader_knows_the_book_by_its_number_and_brings_it_back(network: Network) -> None:
    caller = Recording(
        {
            "editions.search": FOUND,
            "requests.place": {"request": "R-1"},
            "requests.show": {"state": "ready", "outcome": "open"},
            "holds.issue": {"loan": "L-1", "owner": "XWT", "barcode": "7"},
        }
    )
    on = stage(caller, network)
    mine = errand(on)
    on.agenda.at(NINE, mine.begin)
    await run(on.agenda, caller, NINE + 10 * DAY)
    assert mine.is_over
    assert caller.asked("requests.place") == [{"edition": "E-1", "pickup": "JLT", "wait": False}]
    assert caller.asked("holds.issue") == [{"request": "R-1", "card": "DEMO0001"}]
    assert caller.asked("returns.scan") == [{"owner": "XWT", "barcode": "7", "node": "NSE"}]


async def test_a_reader_who_is_refused_for_want_of_a_copy_suggests_a_purchase(network: Network) -> None:
    offered = {"operation": "suggestions.make", "title": "红楼梦", "author": "曹雪芹", "isbn": ISBN}
    caller = Recording(
        {
            "editions.search": FOUND,
            "requests.place": refusal("lending.no_copy", suggest=offered),
            "suggestions.make": {"suggestion": "G-1"},
        }
    )
    mine = errand(stage(caller, network))
    await mine.begin(NINE)
    assert (mine.refused, mine.suggestion, mine.is_over) == ("lending.no_copy", "G-1", True)
    assert caller.asked("suggestions.make") == [{"title": "红楼梦", "author": "曹雪芹", "isbn": ISBN}]


async def test_a_reader_who_hears_nothing_asks_again_under_the_same_key(network: Network) -> None:
    silent = [True]

    def place(wish: Wish) -> dict[str, Any]:
        if silent.pop():
            silent.append(False)
            raise Silence(wish.operation)
        return {"request": "R-1"}

    caller = Recording({"editions.search": FOUND, "requests.place": place})
    on = stage(caller, network)
    mine = errand(on, conduct=ReaderConduct.NEVER_COLLECTS)
    on.agenda.at(NINE, mine.begin)
    await run(on.agenda, caller, NINE + DAY)
    assert mine.request == "R-1"
    assert [wish.key for wish in caller.wishes if wish.operation == "requests.place"] == ["k/place"] * 2


async def test_a_reader_follows_the_parcel_and_cancels_too_late(network: Network) -> None:
    states = iter(["asked", "picking", "in_transit"])
    caller = Recording(
        {
            "editions.search": FOUND,
            "requests.place": {"request": "R-1"},
            "requests.show": lambda wish: {"state": next(states), "outcome": "open"},
            "requests.cancel": {"too_late": True},
        }
    )
    on = stage(caller, network)
    mine = errand(on, conduct=ReaderConduct.CANCELS_ON_THE_ROAD)
    on.agenda.at(NINE, mine.begin)
    await run(on.agenda, caller, NINE + DAY)
    assert mine.cancelled_too_late is True
    assert caller.asked("holds.issue") == []


# Desks.


async def test_a_tote_is_sealed_in_the_last_round_before_its_cut_off(network: Network) -> None:
    """The van calls at XWT at 10:25 and 15:05 on Tuesdays; what it takes is sealed half an hour before."""
    to_pack = {"owner": "JLT", "barcode": "1", "destination": "JLT"}
    caller = Recording({"desk.today": {**NOTHING_TODO, "to_pack": [to_pack]}, "totes.open": {"tote": "T-1"}})
    on = stage(caller, network)
    desk = Desk(on, "XWT", "staff-xwt")
    ten = NINE + timedelta(hours=1)
    await desk.round(ten, listed=True, cases=False)
    assert on.world.contents == {"T-1": [Volume("JLT", "1")]}
    for minutes in range(30, 240, 30):
        await desk.round(ten + timedelta(minutes=minutes), listed=False, cases=False)
        assert caller.asked("totes.seal") == []
    await desk.round(ten + timedelta(hours=4, minutes=30), listed=False, cases=False)
    assert [data["tote"] for data in caller.asked("totes.seal")] == ["T-1"]
    assert on.world.outgoing["XWT"] == ["T-1"]
    assert not desk.has_totes()


async def test_a_tote_that_belongs_elsewhere_is_set_aside_for_the_next_van(network: Network) -> None:
    caller = Recording(
        {
            "totes.receive": {"verdict": "wrong_destination", "next_stop": "JLT"},
            "desk.today": dict(NOTHING_TODO),
        }
    )
    on = stage(caller, network)
    on.world.docks["NSE"].append("T-1")
    await Desk(on, "NSE", "staff-nse").round(NINE, listed=False, cases=False)
    assert (on.world.docks["NSE"], on.world.outgoing["NSE"]) == ([], ["T-1"])
    assert on.tally.misdelivered == ["T-1"]
    assert caller.asked("totes.unpack") == []


async def test_a_tote_whose_scans_are_not_answered_stays_on_the_dock(network: Network) -> None:
    caller = Recording(
        {
            "totes.receive": {"verdict": "opened"},
            "totes.unpack": Silence("totes.unpack"),
            "desk.today": dict(NOTHING_TODO),
        }
    )
    on = stage(caller, network)
    on.world.docks["NSE"].append("T-1")
    on.world.contents["T-1"] = [Volume("JLT", "1")]
    desk = Desk(on, "NSE", "staff-nse")
    await desk.round(NINE, listed=False, cases=False)
    assert on.world.docks["NSE"] == ["T-1"]
    assert caller.asked("totes.reconcile") == []
    caller.answers["totes.unpack"] = {"verdict": "hold"}
    await desk.round(NINE + timedelta(minutes=30), listed=False, cases=False)
    assert on.world.docks["NSE"] == []
    assert on.world.is_at_rest


async def test_what_is_not_the_book_is_reported_before_anybody_collects_it(network: Network) -> None:
    class Mislabelled(FaultlessConduct):
        def is_right(self, volume: Volume) -> bool:
            return False

    held = {"owner": "JLT", "barcode": "1", "supply": "S-1", "request": "R-1"}
    caller = Recording({"desk.today": {**NOTHING_TODO, "hold_shelf": [held]}})
    on = stage(caller, network, Mislabelled())
    await Desk(on, "NSE", "staff-nse").round(NINE, listed=True, cases=False)
    assert caller.asked("supplies.report") == [{"supply": "S-1", "problem": "wrong_volume"}]
    assert on.tally.wrong == [Volume("JLT", "1")]


# Drivers.

TRIP = {
    "trip": "C1A-20260512", "kind": "van", "day": "2026-05-12", "state": "running",
    "stops": [
        {"stop": place, "node": node, "planned_at": (NINE + place * timedelta(minutes=30)).isoformat()}
        for place, node in enumerate(("JLT", "NSE", "QHT", "JLT"))
    ],
}  # fmt: skip


def hub_of(load: dict[int, list[str]], unload: dict[int, list[str]]) -> Recording:
    def arrive(wish: Wish) -> dict[str, Any]:
        stop = wish.data["stop"]
        return {"load": load.get(stop, []), "unload": unload.get(stop, [])}

    return Recording(
        {
            "trips.today": {"trips": [TRIP]}, "trips.arrive": arrive, "trips.show": TRIP,
            "trips.load": {"destination": "NSE"},
        }
    )  # fmt: skip


async def driven(on: Stage, caller: Recording) -> None:
    await Driver(on, "driver", ["JLT", "NSE", "QHT"]).plan(date(2026, 5, 12))
    await run(on.agenda, caller, NINE + DAY)


async def test_a_driver_takes_up_and_puts_down_by_the_list(network: Network) -> None:
    caller = hub_of({0: ["T-1"]}, {1: ["T-1"]})
    on = stage(caller, network)
    on.world.outgoing["JLT"].append("T-1")
    on.world.contents["T-1"] = [Volume("JLT", "1")]
    await driven(on, caller)
    assert len(caller.asked("trips.arrive")) == 4
    assert on.world.docks["NSE"] == ["T-1"]
    assert on.world.aboard[TRIP["trip"]] == []


async def test_a_tote_left_at_a_wrong_stop_is_not_scanned_there(network: Network) -> None:
    class Confused(FaultlessConduct):
        def goes_astray(self, tote: str, volumes: Any) -> bool:
            return True

    caller = hub_of({0: ["T-1"]}, {1: ["T-1"]})
    on = stage(caller, network, Confused())
    on.world.outgoing["JLT"].append("T-1")
    on.world.contents["T-1"] = [Volume("JLT", "1")]
    await driven(on, caller)
    assert on.world.docks["QHT"] == ["T-1"]
    assert on.world.docks["NSE"] == []
    assert caller.asked("trips.unload") == []
    assert len(caller.asked("trips.finish")) == 1


async def test_a_courier_comes_only_when_called(network: Network) -> None:
    caller = hub_of({}, {})
    caller.answers["trips.today"] = {"trips": [{**TRIP, "kind": "courier"}]}
    on = stage(caller, network)
    await driven(on, caller)
    assert caller.asked("trips.arrive") == []
