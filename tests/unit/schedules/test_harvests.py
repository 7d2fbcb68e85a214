"""Timetables of sources: fire times in the member's calendar, nights, holidays, full rhythms."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hub.kernel.calendars import Calendars, OpeningPattern
from schedules.harvests import (
    LOOK_BACK,
    DayKind,
    Days,
    FullKind,
    FullRhythm,
    HarvestTimetable,
    MemberCalendar,
    due,
    fire_times,
    next_fire,
    upcoming,
)
from schedules.missed import GRACE, Missed
from schedules.notation import BadNotation, Notation, parse, written
from schedules.windows import OVERTIME, Window, is_open, must_pause, next_open, span_at

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
NINE_TO_FIVE = ((time(9), time(17)),)
#: closed on Mondays; National Day with its make-up days; one day closed for itself
CALENDARS = Calendars(
    patterns={"branch": OpeningPattern("branch", ((), *[NINE_TO_FIVE] * 6))},
    holidays=frozenset(date(2026, 10, number) for number in range(1, 8)),
    makeup_days=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    closures={"JLT": frozenset({date(2026, 11, 25)})},
    hours_of={"JLT": "branch"},
)
MEMBER = MemberCalendar(CALENDARS, "JLT")
SOMEWHERE = MemberCalendar(CALENDARS, "no hours known")
#: both ends of the holidays lie in it
FIRST, LAST = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)

instants = st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
weekdays = st.frozensets(st.integers(0, 6), min_size=1)
days = st.sampled_from([Days(kind) for kind in DayKind if kind is not DayKind.WEEKDAYS]) | weekdays.map(
    lambda found: Days(DayKind.WEEKDAYS, found)
)
fulls = (
    st.sampled_from([FullRhythm(FullKind.ALWAYS), FullRhythm(FullKind.FIRST)])
    | weekdays.map(lambda found: FullRhythm(FullKind.WEEKDAYS, found))
    | st.builds(
        lambda kind, number: FullRhythm(kind, number=number),
        st.sampled_from([FullKind.DAYS, FullKind.OPEN_DAYS]), st.integers(1, 999),
    )
)  # fmt: skip
windows = st.lists(times, min_size=2, max_size=2, unique=True).map(lambda pair: Window(*pair))


@st.composite
def timetables(draw: st.DrawFn) -> HarvestTimetable:
    window = draw(st.none() | windows)
    found = draw(st.lists(times, min_size=1, max_size=4, unique=True))
    kept = sorted(at for at in found if window is None or window.admits(at))
    assume(kept)
    rule = draw(st.sampled_from([Missed.LATEST, Missed.SKIP]))
    return HarvestTimetable(tuple(kept), draw(days), draw(fulls), window, rule)


@given(timetables())
def test_a_timetable_is_read_as_it_was_written(timetable: HarvestTimetable) -> None:
    assert parse(written(timetable)) == timetable


@given(timetables(), instants, st.integers(0, 40))
def test_fire_times_are_the_times_of_the_right_days_in_shanghai(
    timetable: HarvestTimetable, after: datetime, span: int
) -> None:
    until = after + span * DAY
    found = fire_times(timetable, MEMBER, after, until)
    wanted = [
        datetime.combine(after.astimezone(ZONE).date() + number * DAY, at, ZONE)
        for number in range(span + 2)
        for at in timetable.times
    ]
    assert found == [at for at in wanted if after < at <= until and timetable.days.include(at.date(), MEMBER)]
    assert all(timetable.window is None or is_open(timetable.window, CALENDARS, at) for at in found)


@given(timetables(), instants, st.integers(0, 20), st.integers(0, 20))
def test_fire_times_of_two_spans_are_those_of_both(
    timetable: HarvestTimetable, start: datetime, first: int, second: int
) -> None:
    middle, end = start + first * DAY, start + (first + second) * DAY
    parts = [*fire_times(timetable, MEMBER, start, middle), *fire_times(timetable, MEMBER, middle, end)]
    assert parts == fire_times(timetable, MEMBER, start, end)


@given(windows, instants)
def test_a_window_is_open_at_the_wall_times_it_admits(window: Window, at: datetime) -> None:
    local = at.astimezone(ZONE)
    assert is_open(window, CALENDARS, at) == window.admits(local.time())
    span = span_at(window, CALENDARS, at)
    assert span.closes > at
    assert (span.opens.astimezone(ZONE).time(), span.closes.astimezone(ZONE).time()) == (
        window.opens,
        window.closes,
    )
    assert timedelta() < span.closes - span.opens < DAY
    opening = next_open(window, CALENDARS, at)
    assert at <= opening < at + DAY
    assert is_open(window, CALENDARS, opening)
    assert opening == at or not is_open(window, CALENDARS, opening - timedelta(microseconds=1))


def test_a_night_goes_past_midnight() -> None:
    night = Window(time(22), time(6))
    for hour, admitted in (
        (22, True),
        (23, True),
        (0, True),
        (5, True),
        (6, False),
        (12, False),
        (21, False),
    ):
        assert night.admits(time(hour)) is admitted
    span = span_at(night, CALENDARS, datetime(2026, 11, 24, 1, tzinfo=ZONE))
    assert (span.opens, span.closes) == (
        datetime(2026, 11, 23, 22, tzinfo=ZONE),
        datetime(2026, 11, 24, 6, tzinfo=ZONE),
    )


def test_a_run_pauses_at_a_checkpoint_or_after_some_overtime() -> None:
    closes = datetime(2026, 11, 24, 22, tzinfo=UTC)
    assert not must_pause(closes, closes - timedelta(seconds=1), checkpoint=True)
    assert must_pause(closes, closes, checkpoint=True)
    assert not must_pause(closes, closes, checkpoint=False)
    assert must_pause(closes, closes + OVERTIME, checkpoint=False)
    assert not must_pause(None, closes + DAY, checkpoint=True)


@pytest.mark.parametrize(
    ("day", "working", "opens"),
    [
        (date(2026, 9, 20), True, True),  # a Sunday worked for National Day
        (date(2026, 10, 1), False, False),  # National Day, a Thursday
        (date(2026, 10, 10), True, True),  # a Saturday worked for it
        (date(2026, 11, 22), False, True),  # a Sunday
        (date(2026, 11, 23), True, False),  # a Monday
        (date(2026, 11, 25), True, False),  # closed for itself
    ],
)
def test_days_are_those_of_the_members_calendar(day: date, working: bool, opens: bool) -> None:
    assert Days(DayKind.WORKING).include(day, MEMBER) is working
    assert Days(DayKind.OPEN).include(day, MEMBER) is opens
    assert Days(DayKind.CLOSED).include(day, MEMBER) is not opens
    assert Days(DayKind.EVERY).include(day, MEMBER)
    assert Days(DayKind.OPEN).include(day, SOMEWHERE)


#: more times than a day may have
MANY = ",".join(f"01:{minute:02}" for minute in range(25))
TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("rhythm", "last_full", "asks"),
    [
        ("always", TUESDAY, True),
        ("first", TUESDAY - 90 * DAY, False),
        ("first", None, True),
        ("sun", date(2026, 11, 22), False),
        ("sun", date(2026, 11, 21), True),  # the one on Sunday failed
        ("tue", date(2026, 11, 22), True),
        ("tue", TUESDAY, False),
        ("7 days", TUESDAY - 6 * DAY, False),
        ("7 days", TUESDAY - 7 * DAY, True),
        ("2 open days", date(2026, 11, 22), False),  # open on Sunday, closed on Monday
        ("2 open days", date(2026, 11, 21), True),
        ("1 open day", date(2026, 11, 23), False),
    ],
)
def test_full_harvests_keep_their_rhythm(rhythm: str, last_full: date | None, asks: bool) -> None:
    timetable = parse(Notation("02:30", full=rhythm))
    assert timetable.full.asks(TUESDAY, last_full, MEMBER) is asks


@given(timetables(), instants, st.timedeltas(timedelta(), timedelta(days=10)), st.none() | st.integers(1, 48))
def test_what_is_said_to_come_next_comes_then_and_not_before(
    timetable: HarvestTimetable, last: datetime, gone: timedelta, paused: int | None
) -> None:
    now = last + gone
    paused_until = now + timedelta(hours=paused) if paused is not None else None
    following = upcoming(timetable, MEMBER, last, now, paused_until)
    if following is None:
        assert next_fire(timetable, MEMBER, now) is None
        return
    assert following >= (paused_until or now)
    assert due(timetable, MEMBER, last, following).fire_at is not None
    if following > (paused_until or now):
        assert due(timetable, MEMBER, last, following - timedelta(microseconds=1)).fire_at is None


@given(timetables(), instants, st.timedeltas(timedelta(), timedelta(days=6)))
def test_every_fire_time_is_run_or_passed_over_once(
    timetable: HarvestTimetable, last: datetime, gone: timedelta
) -> None:
    now = last + gone
    found = due(timetable, MEMBER, last, now)
    if not is_open(timetable.window, CALENDARS, now):
        assert (found.fire_at, found.passed_over) == (None, ())
        return
    all_of_them = fire_times(timetable, MEMBER, last, now)
    assert [*found.passed_over, *([found.fire_at] if found.fire_at else [])] == all_of_them
    if all_of_them and timetable.missed is Missed.LATEST:
        assert found.fire_at == all_of_them[-1]
    if found.fire_at and timetable.missed is Missed.SKIP:
        assert now - found.fire_at <= GRACE


def test_what_was_missed_long_ago_leaves_no_trace() -> None:
    timetable, now = parse(Notation("02:30")), datetime(2026, 11, 24, tzinfo=UTC)
    found = due(timetable, MEMBER, now - 400 * DAY, now)
    assert len(found.passed_over) == LOOK_BACK.days - 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("times", ""), ("times", "2430"), ("times", "24:00"), ("times", MANY),
        ("days", ""), ("days", "weekdays"), ("days", "mon tue"),
        ("full", "0 days"), ("full", "days"), ("full", "weekdays"), ("full", "open_days"),
        ("window", "22:00"), ("window", "22:00-22:00"), ("window", "22:00-25:00"), ("missed", "each"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(field: str, value: str) -> None:
    with pytest.raises(BadNotation) as bad:
        parse(Notation(**{"times": "02:30", field: value}))
    assert (bad.value.field, bad.value.code, bad.value.value) == (field, f"bad_{field}", value)


def test_a_time_outside_the_window_would_never_come() -> None:
    with pytest.raises(BadNotation) as bad:
        parse(Notation("02:30, 12:00", window="22:00-06:00"))
    assert (bad.value.code, bad.value.value) == ("time_outside_window", "12:00")
