from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.kernel.calendars import Calendars, OpeningPattern
from ill.transport import legs
from ill.transport.legs import ArrivalTable, Journey
from ill.transport.timetable import Route, Stop, Timetable, runs_on

CHINA = ZoneInfo("Asia/Shanghai")
DAY = ((time(9), time(17)),)
DAILY = frozenset(range(7))
NODES = ("HUB", "A", "B", "C", "D")
CALENDARS = Calendars(
    patterns={
        "open": OpeningPattern("open", (DAY,) * 7),
        "weekend": OpeningPattern("weekend", ((), *(DAY,) * 6)),
    },
    holidays=frozenset({date(2026, 10, 1)}),
    makeup_days=frozenset({date(2026, 10, 10)}),
    hours_of={"HUB": "open", "A": "open", "B": "open", "C": "weekend", "D": "open"},
)


def route(code: str, *stops: tuple[str, int], days: frozenset[int] = DAILY, kind: str = "van") -> Route:
    return Route(code, code, code, kind, tuple(Stop(node, time(hour), 0, 10.0) for node, hour in stops), days)


MORNING = route("M", ("HUB", 8), ("A", 9), ("B", 10), ("HUB", 12))
AFTERNOON = route("N", ("HUB", 13), ("B", 14), ("C", 15), ("HUB", 16))
COURIER = Route(
    "K", "K", "K", "courier", (Stop("HUB", time(17)), Stop("D", time(11), 1, 80.0)), frozenset(range(5))
)
TIMETABLE = Timetable("Asia/Shanghai", (MORNING, AFTERNOON, COURIER), "HUB")


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


def journey(origin: str, destination: str, at: datetime) -> Journey | None:
    return ArrivalTable(TIMETABLE, CALENDARS).journey(origin, destination, at)


def test_through_the_hub_on_the_same_day() -> None:
    found = journey("A", "C", local(11, 24, 8, 30))
    assert found is not None
    assert [(leg.trip, leg.origin, leg.destination) for leg in found.legs] == [
        ("M-20261124", "A", "HUB"),
        ("N-20261124", "HUB", "C"),
    ]
    assert found.arrives_at == local(11, 24, 15)
    assert found.kilometres == 40


def test_a_missed_cut_off_costs_a_day() -> None:
    found = journey("A", "C", local(11, 24, 8, 31))
    assert found is not None
    assert found.arrives_at == local(11, 25, 15)


def test_downstream_on_the_same_van_needs_no_sorting() -> None:
    found = journey("A", "B", local(11, 24, 8))
    assert found is not None
    assert [leg.route for leg in found.legs] == ["M"]
    assert found.arrives_at == local(11, 24, 10)


def test_sorting_takes_its_time() -> None:
    slow = Timetable("Asia/Shanghai", TIMETABLE.routes, "HUB", sorting_minutes=61)
    found = ArrivalTable(slow, CALENDARS).journey("A", "C", local(11, 24, 8))
    assert found is not None
    assert found.arrives_at == local(11, 25, 15)


def test_a_closed_node_is_passed_by() -> None:
    # Monday: C is closed, so that the afternoon van only drives past.
    assert [
        [call.node for call in run.calls]
        for run in runs_on(TIMETABLE, CALENDARS, date(2026, 11, 23))
        if run.route is AFTERNOON
    ] == [["HUB", "B", "HUB"]]
    run = next(run for run in runs_on(TIMETABLE, CALENDARS, date(2026, 11, 23)) if run.route is AFTERNOON)
    assert run.kilometres == 40
    found = journey("HUB", "C", local(11, 23, 8))
    assert found is not None
    assert found.arrives_at == local(11, 24, 15)


def test_holidays_stop_the_vans_and_make_up_days_run_the_office_week() -> None:
    assert list(runs_on(TIMETABLE, CALENDARS, date(2026, 10, 1))) == []
    assert "K" in {run.route.code for run in runs_on(TIMETABLE, CALENDARS, date(2026, 10, 10))}
    assert "K" not in {run.route.code for run in runs_on(TIMETABLE, CALENDARS, date(2026, 10, 17))}


def test_what_is_there_already_needs_no_journey() -> None:
    assert journey("A", "A", local(11, 24, 8)) == Journey(local(11, 24, 8))


def test_where_nothing_goes_there_is_no_journey() -> None:
    assert journey("D", "A", local(11, 24, 8)) is None
    assert ArrivalTable(TIMETABLE, CALENDARS).ready_by("D", "A", local(11, 24, 8)) is None


def test_ready_by_counts_unpacking_and_the_doors() -> None:
    table = ArrivalTable(TIMETABLE, CALENDARS)
    assert table.ready_by("A", "C", local(11, 24, 8)) == local(11, 24, 16)
    late = Timetable("Asia/Shanghai", TIMETABLE.routes, "HUB", receiving_minutes=180)
    assert ArrivalTable(late, CALENDARS).ready_by("A", "C", local(11, 24, 8)) == local(11, 25, 9)
    assert table.ready_by("A", "A", local(11, 24, 20)) == local(11, 25, 9)


QUARTERS = [time(minutes // 60, minutes % 60) for minutes in range(0, 24 * 60, 15)]
ROUTES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(NODES), min_size=2, max_size=5, unique=True),
        st.lists(st.sampled_from(QUARTERS), min_size=5, max_size=5, unique=True).map(sorted),
        st.frozensets(st.integers(0, 6), min_size=1),
        st.sampled_from([0, 30, 50]),
    ),
    max_size=6,
).map(
    lambda drawn: tuple(
        Route(
            f"R{number}", "", "", "van",
            tuple(Stop(node, at) for node, at in zip(nodes, times, strict=False)), days, cut_off,
        )
        for number, (nodes, times, days, cut_off) in enumerate(drawn)
    )
)  # fmt: skip
READY = st.integers(0, 60 * 24 * 20).map(
    lambda minutes: datetime(2026, 9, 25, tzinfo=UTC) + timedelta(minutes=minutes)
)


def by_exhaustion(timetable: Timetable, origin: str, destination: str, ready_at: datetime) -> datetime | None:
    """The earliest arrival over every one- and two-ride journey of the next weeks: slow and obvious."""
    rides = [
        (boarded, left, run)
        for offset in range(-1, 21)
        for run in runs_on(timetable, CALENDARS, CALENDARS.local_day(ready_at) + timedelta(days=offset))
        for boarded, left in product(run.calls, run.calls)
        if boarded.at < left.at
    ]
    first = [
        (left.node, left.at)
        for boarded, left, run in rides
        if boarded.node == origin and ready_at <= boarded.at - timedelta(minutes=run.route.cut_off_minutes)
    ]
    direct = [at for node, at in first if node == destination]
    hub_times = [at for node, at in first if node == timetable.sorting_hub]
    sorting = timedelta(minutes=timetable.sorting_minutes)
    onward = [
        left.at
        for boarded, left, _ in rides
        if hub_times
        and boarded.node == timetable.sorting_hub
        and left.node == destination
        and min(hub_times) + sorting <= boarded.at
    ]
    return min(direct + onward, default=None)


@settings(max_examples=60)
@given(ROUTES, READY)
def test_the_scan_finds_what_exhaustion_finds(routes: tuple[Route, ...], ready_at: datetime) -> None:
    timetable = Timetable("Asia/Shanghai", routes, "HUB")
    table = ArrivalTable(timetable, CALENDARS)
    for origin, destination in product(NODES, NODES):
        if origin == destination:
            continue
        found = table.journey(origin, destination, ready_at)
        slow = by_exhaustion(timetable, origin, destination, ready_at)
        assert (found.arrives_at if found else None) == slow
        if found:
            assert all(leg.departs_at < leg.arrives_at for leg in found.legs)
            assert (found.legs[0].origin, found.legs[-1].destination) == (origin, destination)


@given(READY, st.integers(0, 3000))
def test_leaving_later_never_arrives_earlier(ready_at: datetime, minutes: int) -> None:
    table = ArrivalTable(TIMETABLE, CALENDARS)
    soon = table.journey("A", "D", ready_at)
    later = table.journey("A", "D", ready_at + timedelta(minutes=minutes))
    assert soon is not None
    assert later is not None
    assert soon.arrives_at <= later.arrives_at


def test_an_answer_is_worked_out_once_per_wave() -> None:
    table = ArrivalTable(TIMETABLE, CALENDARS)
    of_one_wave = [table.journey("A", "C", local(11, 24, 8, minute)) for minute in range(31)]
    assert all(found is of_one_wave[0] for found in of_one_wave)
    assert table.journey("A", "C", local(11, 24, 8, 31)) is not of_one_wave[0]


def test_a_table_that_remembers_too_much_starts_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legs, "REMEMBERED", 2)
    table = ArrivalTable(TIMETABLE, CALENDARS)
    for day in range(1, 15):
        at = local(11, day, 8)
        assert table.journey("A", "C", at) == journey("A", "C", at)


def test_a_vehicle_still_to_come_cannot_be_caught_after_its_cut_off() -> None:
    express = Route("E", "", "", "van", (Stop("A", time(9, 40)), Stop("B", time(10))), DAILY)
    stopping = Route("S", "", "", "van", (Stop("A", time(10)), Stop("B", time(12))), DAILY)
    table = ArrivalTable(Timetable("Asia/Shanghai", (express, stopping), "HUB"), CALENDARS)
    in_time, late = (table.journey("A", "B", local(11, 24, 9, minute)) for minute in (10, 11))
    assert in_time is not None
    assert late is not None
    assert (in_time.arrives_at, late.arrives_at) == (local(11, 24, 10), local(11, 24, 12))
