"""Readers and their errands: finding a book, asking for it, collecting it, bringing it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from hub.kernel.volumes import Volume
from hub.simulation.actors.conduct import ReaderConduct
from hub.simulation.actors.desk import Desk
from hub.simulation.actors.stage import Stage
from hub.simulation.calling import Refused, Silence

#: when a reader looks whether the book has come, and how long the way to the library is
LOOKS = (time(10, 0), time(13, 0), time(16, 0), time(19, 0))
WAY = timedelta(hours=1)
#: who cancels at once does it after this time; who follows the parcel looks this often
SECOND_THOUGHTS = timedelta(minutes=10)
FOLLOWS = timedelta(minutes=20)
SHIPPED = frozenset({"in_transit", "ready"})
FOUND_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader knows of a book."""

    title: str
    isbn: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Intention:
    """What a reader sets out to do. ``key`` is the root of the idempotency keys."""

    key: str
    reader: str  #: login
    card: str
    wanted: Wanted
    pickup: str
    return_at: str
    keeps: timedelta
    conduct: ReaderConduct = ReaderConduct.COLLECTS
    waits: bool = False


class Errand:
    """One reader's errand for one book, from the search to the return."""

    def __init__(self, stage: Stage, desks: Mapping[str, Desk], wish: Intention) -> None:
        """Begin it by ``begin`` when its time has come."""
        self.wish = wish
        self.request = ""
        self.refused = ""  #: code of the refusal, when the hub would not take the request
        self.suggestion = ""
        self.cancelled_too_late: bool | None = None  #: None: did not cancel
        self.loan: dict[str, Any] | None = None
        self.returned: dict[str, Any] | None = None
        self.is_over = False
        self._stage = stage
        self._desks = desks

    async def begin(self, now: datetime) -> None:
        """Find the book and ask for it."""
        wish = self.wish
        edition = await find(self._stage, wish.reader, wish.wanted)
        if edition is None:
            self.refused = "not_found"
            self.is_over = True
            return
        asked = {"edition": edition["edition"], "pickup": wish.pickup}
        await self._stage.attempt(wish.reader, "requests.quote", **asked)
        try:
            placed = await self._stage.ask(
                wish.reader, "requests.place", f"{wish.key}/place", **asked, wait=wish.waits
            )
        except Refused as no:
            await self._accept_refusal(no)
            return
        except Silence:
            self._stage.agenda.at(now + FOLLOWS, self.begin)
            return
        self.request = placed["request"]
        self._plan_next_step(now)

    async def _accept_refusal(self, no: Refused) -> None:
        self.refused = no.code
        self.is_over = True
        offered = no.values.get("suggest")
        if offered:
            self.suggestion = await suggest(self._stage, self.wish.reader, self.wish.key, offered)

    def _plan_next_step(self, now: datetime) -> None:
        conduct, agenda = self.wish.conduct, self._stage.agenda
        if conduct is ReaderConduct.CANCELS_BEFORE_PICKING:
            agenda.at(now + SECOND_THOUGHTS, self._cancel)
        elif conduct is ReaderConduct.CANCELS_ON_THE_ROAD:
            agenda.at(now + FOLLOWS, self._follow)
        elif conduct is ReaderConduct.NEVER_COLLECTS:
            self.is_over = True
        else:
            agenda.at(self._next_look(now), self._look)

    async def _look(self, now: datetime) -> None:
        """Has it come?"""
        shown = await self._show()
        agenda = self._stage.agenda
        if shown is not None and shown["state"] == "ready":
            agenda.at(self._stage.network.calendars.next_open(self.wish.pickup, now + WAY), self._collect)
        elif shown is not None and shown["outcome"] != "open":
            self.is_over = True
        else:
            agenda.at(self._next_look(now), self._look)

    async def _follow(self, now: datetime) -> None:
        """Watch the parcel until it is on the road, then think better of it."""
        shown = await self._show()
        if shown is not None and shown["state"] in SHIPPED:
            await self._cancel(now)
        elif shown is not None and shown["outcome"] != "open":
            self.is_over = True
        else:
            self._stage.agenda.at(now + FOLLOWS, self._follow)

    async def _cancel(self, now: datetime) -> None:
        answer = await self._stage.attempt(
            self.wish.reader, "requests.cancel", f"{self.wish.key}/cancel", request=self.request
        )
        if answer is None:
            self._stage.agenda.at(self._next_look(now), self._look)
            return
        self.cancelled_too_late = bool(answer["too_late"])
        self.is_over = True

    async def _collect(self, now: datetime) -> None:
        self.loan = await self._desks[self.wish.pickup].hand_out(self.request, self.wish.card)
        if self.loan is None:
            self._stage.agenda.at(self._next_look(now), self._look)
            return
        calendars = self._stage.network.calendars
        self._stage.agenda.at(
            calendars.next_open(self.wish.return_at, now + self.wish.keeps), self._bring_back
        )

    async def _bring_back(self, now: datetime) -> None:
        assert self.loan is not None
        self.returned = await _bring_back(self._desks[self.wish.return_at], self.wish.key, self.loan)
        if self.returned is None:
            self._stage.agenda.at(self._next_look(now), self._bring_back)
        else:
            self.is_over = True

    async def _show(self) -> dict[str, Any] | None:
        return await self._stage.attempt(self.wish.reader, "requests.show", request=self.request)

    def _next_look(self, now: datetime) -> datetime:
        calendars = self._stage.network.calendars
        day = calendars.local_day(now)
        looks = [calendars.instant(day + timedelta(days=later), at) for later in (0, 1) for at in LOOKS]
        return next(at for at in looks if at > now)


@dataclass(frozen=True, slots=True)
class Visit:
    """A reader who means to take a volume from a library's shelf to its desk."""

    key: str
    reader: str
    card: str
    node: str
    volume: Volume
    return_at: str
    keeps: timedelta


class WalkUp:
    """A walk-up loan (通借) from the desk to the return."""

    def __init__(self, stage: Stage, desks: Mapping[str, Desk], visit: Visit) -> None:
        """Begin it by ``begin`` when its time has come."""
        self.visit = visit
        self.loan: dict[str, Any] | None = None
        self.returned: dict[str, Any] | None = None
        self.is_over = False
        self._stage = stage
        self._desks = desks

    async def begin(self, now: datetime) -> None:
        """Take the volume to the desk."""
        visit = self.visit
        self.loan = await self._desks[visit.node].lend(f"{visit.key}/lend", visit.volume, visit.card)
        if self.loan is None:
            self.is_over = True
            return
        calendars = self._stage.network.calendars
        self._stage.agenda.at(calendars.next_open(visit.return_at, now + visit.keeps), self._bring_back)

    async def _bring_back(self, now: datetime) -> None:
        assert self.loan is not None
        self.returned = await _bring_back(self._desks[self.visit.return_at], self.visit.key, self.loan)
        if self.returned is None:
            calendars = self._stage.network.calendars
            self._stage.agenda.at(calendars.next_open(self.visit.return_at, now + WAY), self._bring_back)
        else:
            self.is_over = True


async def find(stage: Stage, reader: str, wanted: Wanted) -> dict[str, Any] | None:
    """The edition a reader means among what the search finds, known by its number."""
    for words in (wanted.title, wanted.isbn):
        if not words:
            continue
        answer = await stage.attempt(reader, "editions.search", q=words, limit=FOUND_AT_ONCE)
        hits: list[dict[str, Any]] = answer["hits"] if answer else []
        exact = [hit for hit in hits if wanted.isbn and wanted.isbn in hit.get("isbns", ())]
        if exact:
            return max(exact, key=_held)
    return None


async def suggest(stage: Stage, reader: str, key: str, offered: Mapping[str, Any]) -> str:
    """Take up the hub's offer to suggest a purchase; the suggestion's id, or nothing."""
    wish = {name: value for name, value in offered.items() if name != "operation"}
    made = await stage.attempt(reader, "suggestions.make", f"{key}/suggest", **wish)
    return str(made["suggestion"]) if made else ""


async def _bring_back(desk: Desk, key: str, loan: Mapping[str, Any]) -> dict[str, Any] | None:
    return await desk.take_back(f"{key}/return", Volume(loan["owner"], loan["barcode"]))


def _held(hit: Mapping[str, Any]) -> tuple[int, int, str]:
    """Sort key: most libraries, most copies; the id so that ties have one answer."""
    return hit["libraries"], hit["items"], hit["edition"]
