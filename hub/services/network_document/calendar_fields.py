"""Opening patterns, public holidays and closures of a network document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hub.kernel.calendars import Calendars, Hours, OpeningPattern
from hub.kernel.nodes import NodeTree
from hub.services.network_document.fields import Fields, parse_clock

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_CLOSURE_DAYS = 730
END_OF_DAY = 24 * 60


def read_zone(document: Fields) -> str:
    """The time zone that all local times of the document are in."""
    zone = document.text("zone", default="Asia/Shanghai")
    if zone not in available_timezones():
        document.wrong("zone", "no_such_zone", value=zone)
        return "Asia/Shanghai"
    return ZoneInfo(zone).key


def read_patterns(document: Fields) -> dict[str, OpeningPattern]:
    """The opening patterns by name."""
    found: dict[str, OpeningPattern] = {}
    for name, entry in document.named("hours"):
        entry.only(*WEEK, "holiday", "invented", "note_zh", "note_en")
        week = tuple(_hours(entry, day) for day in WEEK)
        found[name] = OpeningPattern(name, week, _hours(entry, "holiday"))
        if not found[name].opens_ever:
            entry.wrong("monday", "never_opens")
    if not found:
        document.wrong("hours", "missing")
    return found


def _hours(entry: Fields, day: str) -> Hours:
    periods: list[tuple[time, time]] = []
    last = -1
    for position, text in enumerate(entry.words(day)):
        opens_text, _, closes_text = text.partition("-")
        opens, closes = parse_clock(opens_text), parse_clock(closes_text)
        if opens is None or closes is None or opens_text == "24:00":
            entry.wrong(f"{day}[{position}]", "wrong_form", value=text, form="09:00-17:00")
            continue
        start, end = _minutes(opens), _minutes(closes) or END_OF_DAY
        if start >= end or start <= last:
            entry.wrong(f"{day}[{position}]", "wrong_order", value=text)
            continue
        last = end
        periods.append((opens, closes))
    return tuple(periods)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def read_calendars(
    document: Fields, zone: str, patterns: Mapping[str, OpeningPattern], nodes: NodeTree
) -> Calendars:
    """The calendars of all nodes."""
    holidays: set[date] = set()
    makeup_days: set[date] = set()
    for entry in document.objects("holidays"):
        entry.only("name_zh", "name_en", "first", "last", "makeup_days", "provisional")
        entry.text("name_zh")
        entry.text("name_en")
        entry.flag("provisional")
        holidays |= _span(entry)
        makeup_days |= set(entry.days("makeup_days"))
    for day in sorted(holidays & makeup_days):
        document.wrong("holidays", "holiday_and_makeup", value=day)
    return Calendars(
        zone=zone,
        patterns=patterns,
        holidays=frozenset(holidays),
        makeup_days=frozenset(makeup_days),
        closures=_closures(document, frozenset(node.code for node in nodes)),
        hours_of={node.code: node.hours for node in nodes},
    )


def _closures(document: Fields, codes: Collection[str]) -> dict[str, frozenset[date]]:
    closed: dict[str, frozenset[date]] = {}
    for entry in document.objects("closures"):
        entry.only("node", "first", "last", "reason_zh", "reason_en")
        node = entry.text("node")
        if node not in codes:
            entry.wrong("node", "no_such_node", value=node)
        closed[node] = closed.get(node, frozenset()) | _span(entry)
    return closed


def _span(entry: Fields) -> frozenset[date]:
    first, last = entry.day("first"), entry.day("last")
    length = (last - first).days
    if not 0 <= length <= LONGEST_CLOSURE_DAYS:
        entry.wrong("last", "wrong_span", first=first, days=LONGEST_CLOSURE_DAYS)
        return frozenset()
    return frozenset(first + timedelta(days=offset) for offset in range(length + 1))
