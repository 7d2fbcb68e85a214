"""What templates say: sentences, names, numbers and dates in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.messages.catalogue import messages, text

WEEKDAYS: Mapping[str, tuple[str, ...]] = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HALF_HOUR = timedelta(minutes=30)
#: languages of titles as MARC writes them -> as HTML writes them, for screen readers
HTML_LANGUAGES = {
    "chi": "zh-Hans", "eng": "en", "fre": "fr", "ger": "de", "jpn": "ja", "rus": "ru", "kor": "ko",
    "spa": "es", "ita": "it", "lat": "la",
}  # fmt: skip
TINTS = 6


class Words:
    """The words of one page: its language, the network's time zone, and the present moment."""

    def __init__(self, language: str, zone: ZoneInfo, now: datetime) -> None:
        """``now`` is the hub's clock."""
        self.language = language
        self._zone = zone
        self._today = now.astimezone(zone).date()

    def say(self, key: str, /, **values: object) -> str:
        """The sentence ``key``; a key without an area is one of the pages'."""
        return text(key if "." in key else f"pages.{key}", self.language, **values)

    def say_if_known(self, key: str, otherwise: str) -> str:
        """The sentence ``key`` where there is one; codes come from members and may be new to us."""
        return text(key, self.language) if key in messages() else otherwise

    def local(self, value: str | datetime) -> datetime:
        """In the network's time zone."""
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        return instant.astimezone(self._zone)

    def clock(self, value: str | datetime) -> str:
        """The time of day: 14:30."""
        return f"{self.local(value):%H:%M}"

    def closing(self, value: str | datetime) -> str:
        """A closing time: midnight is the end of the day, 24:00."""
        clock = self.clock(value)
        return "24:00" if clock == "00:00" else clock

    def moment(self, value: str | datetime | None) -> str:
        """A date and time as people here write it, without what goes without saying."""
        if value is None:
            return ""
        gap = "" if self.language == "zh" and self.day(value).endswith("）") else " "
        return f"{self.day(value)}{gap}{self.clock(value)}"

    def about(self, value: str | datetime | None) -> str:
        """A predicted time, no more exact than it can be: up to the next half hour."""
        if value is None:
            return ""
        local = self.local(value)
        over = timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
        return self.moment(local - over + HALF_HOUR if over else local)

    def day(self, value: str | datetime | None) -> str:
        """The day of an instant: 今天, 明天, 11月24日（周二）, or Tue 24 Nov."""
        return "" if value is None else self.date_of(self.local(value).date())

    def date_of(self, value: str | date) -> str:
        """A date; as today, tomorrow or yesterday where it is."""
        found = date.fromisoformat(value) if isinstance(value, str) else value
        near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((found - self._today).days)
        return self.say(near) if near else self.full_date(found)

    def full_date(self, value: str | date) -> str:
        """A date, never called today; with the year where it is another."""
        found = date.fromisoformat(value) if isinstance(value, str) else value
        weekday, other_year = WEEKDAYS[self.language][found.weekday()], found.year != self._today.year
        if self.language == "zh":
            year = f"{found.year}年" if other_year else ""
            return f"{year}{found.month}月{found.day}日（{weekday}）"
        year = f" {found.year}" if other_year else ""
        return f"{weekday} {found.day} {MONTHS[found.month - 1]}{year}"

    def number(self, value: int) -> str:
        """A whole number with its thousands set apart."""
        return f"{value:,}"

    def titled(self, title: str, volume: str | None) -> str:
        """A title with the volume it is of, where the title does not say that already."""
        said = not volume or volume in title or title.endswith(("）", ")"))
        return title if said else f"{title} · {volume}"

    def title_language(self, marc: str | None) -> str:
        """The ``lang`` attribute of a title in this MARC language."""
        return HTML_LANGUAGES.get(marc or "", "zh-Hans" if self.language == "zh" else "en")


def tint(key: str) -> int:
    """Which of the cover colours stands for this edition: always the same one."""
    return sum(map(ord, key)) % TINTS
