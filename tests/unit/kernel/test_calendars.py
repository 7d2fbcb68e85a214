from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.calendars import Calendars, NeverOpensError, OpeningPattern

CHINA = ZoneInfo("Asia/Shanghai")
DAY_HOURS = ((time(9), time(17)),)
SPLIT_HOURS = ((time(9, 30), time(11, 30)), (time(13), time(16)))
ALL_DAY = ((time(0), time(0)),)
CALENDARS = Calendars(
    patterns={
        "district": OpeningPattern("district", ((), *(DAY_HOURS,) * 6), ((time(10), time(16)),)),
        "office": OpeningPattern("office", (*(SPLIT_HOURS,) * 5, (), ())),
        "always": OpeningPattern("always", (ALL_DAY,) * 7, ALL_DAY),
        "never": OpeningPattern("never", ((),) * 7),
    },
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    makeup_days=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    closures={"Q": frozenset({date(2026, 11, 25)})},
    hours_of={"Q": "district", "O": "office", "K": "always", "N": "never"},
)
INSTANTS = st.integers(0, 60 * 24 * 500).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
OPENING = st.sampled_from(["Q", "O", "K"])


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("node", "at", "is_open"),
    [
        ("Q", local(11, 24, 9), True),
        ("Q", local(11, 24, 8, 59), False),
        ("Q", local(11, 24, 17), False),  # the closing minute is closed
        ("Q", local(11, 23, 12), False),  # a Monday
        ("Q", local(11, 25, 12), False),  # a closure of its own
        ("Q", local(10, 2, 9, 30), False),  # shorter hours on a public holiday
        ("Q", local(10, 2, 10, 30), True),
        ("O", local(10, 2, 10), False),  # no hours on public holidays
        ("O", local(11, 24, 12), False),  # between two periods
        ("O", local(10, 10, 10), True),  # a Saturday worked in exchange
        ("O", local(10, 17, 10), False),  # an ordinary Saturday
        ("K", local(10, 1, 23, 59), True),
        ("K", local(11, 23, 0), True),
    ],
)
def test_doors(node: str, at: datetime, is_open: bool) -> None:
    assert CALENDARS.is_open(node, at) is is_open


def test_hours_are_those_of_the_networks_zone() -> None:
    assert CALENDARS.is_open("Q", datetime(2026, 11, 24, 1, tzinfo=UTC))
    assert not CALENDARS.is_open("Q", datetime(2026, 11, 24, 9, tzinfo=UTC))


def test_next_open_goes_over_closed_days() -> None:
    assert CALENDARS.next_open("Q", local(11, 22, 18)) == local(11, 24, 9)
    assert CALENDARS.next_open("O", local(9, 30, 17)) == local(10, 8, 9, 30)


def test_the_open_days_of_a_deadline_leave_out_mondays_and_closures() -> None:
    assert CALENDARS.add_open_days("Q", local(11, 22, 10), 1) == local(11, 24, 17)
    assert CALENDARS.add_open_days("Q", local(11, 22, 10), 2) == local(11, 26, 17)
    assert CALENDARS.add_open_days("Q", local(11, 22, 10), 0) == local(11, 22, 17)
    assert CALENDARS.add_open_days("K", local(11, 22, 10), 1) == local(11, 24, 0)


def test_working_days_follow_the_make_up_days() -> None:
    assert CALENDARS.is_working_day(date(2026, 10, 10))
    assert not CALENDARS.is_working_day(date(2026, 10, 5))
    assert not CALENDARS.is_working_day(date(2026, 11, 21))
    assert CALENDARS.is_working_day(date(2026, 11, 23))


def test_what_never_opens_says_so() -> None:
    with pytest.raises(NeverOpensError):
        CALENDARS.next_open("N", local(11, 24, 10))
    with pytest.raises(NeverOpensError):
        CALENDARS.add_open_days("N", local(11, 24, 10), 1)
    with pytest.raises(ValueError, match="-1"):
        CALENDARS.add_open_days("Q", local(11, 24, 10), -1)
    with pytest.raises(KeyError):
        CALENDARS.is_open("unknown", local(11, 24, 10))


@given(OPENING, INSTANTS)
def test_next_open_is_open_and_the_first(node: str, at: datetime) -> None:
    found = CALENDARS.next_open(node, at)
    assert found >= at
    assert CALENDARS.is_open(node, found)
    assert CALENDARS.next_open(node, found) == found
    if found > at:
        assert not CALENDARS.is_open(node, at)
        assert not CALENDARS.is_open(node, at + (found - at) / 2) or node == "O"


@given(OPENING, INSTANTS)
def test_doors_stay_open_until_they_close(node: str, at: datetime) -> None:
    until = CALENDARS.open_until(node, at)
    if until is None:
        assert CALENDARS.next_open(node, at) > at
    else:
        assert at < until
        assert CALENDARS.is_open(node, until - timedelta(microseconds=1))


@given(OPENING, INSTANTS, st.integers(0, 30))
def test_open_days_are_counted_one_by_one(node: str, at: datetime, days: int) -> None:
    first, last = CALENDARS.local_day(at), CALENDARS.add_open_days(node, at, days)
    closing_day = CALENDARS.local_day(last - timedelta(microseconds=1))
    assert CALENDARS.opens_on(node, closing_day)
    following = CALENDARS.add_open_days(node, at, days + 1)
    # Counted from a closed day, none and one are the same: the first day that opens.
    assert following > last if days or first == closing_day else following == last
    if days:
        assert CALENDARS.open_days_between(node, first + timedelta(days=1), closing_day) == days
