"""The scripted day as data: who wants what, when, and what goes otherwise than usual.

Owns: the stories (day.toml) and their casting: a reader, a book and a place for each, chosen from the demo
network by chance. Must not: act. Actors read the plan and call the hub's public endpoints; what a plan
says of a lender or a driver is how that person will behave, never an order to the hub.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from hub.kernel.nodes import NodeTree
from hub.services.accounts import NewAccount
from hub.services.context import Role
from hub.simulation.actors.conduct import ReaderConduct
from hub.simulation.demo.casting import Book, BookKind, Bookshelf, LooseVolume
from hub.simulation.demo.chance import Streams, between, shuffled
from hub.simulation.demo.people import demo_accounts

#: stories of one kind happen this many minutes apart
_MINUTES_APART = 7


class LenderConduct(StrEnum):
    """What the staff of the first lender asked do."""

    USUAL = "usual"
    DOES_NOT_FIND_IT = "does_not_find_it"
    IS_SILENT = "is_silent"


class Delivery(StrEnum):
    """What the road does."""

    USUAL = "usual"
    WRONG_STOP = "wrong_stop"  #: the tote is left at a node it was not meant for
    WRONG_VOLUME = "wrong_volume"  #: what arrives is not what was asked for


class Returned(StrEnum):
    """Where the reader brings the volume back."""

    WHERE_COLLECTED = "where_collected"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Story:
    """A kind of thing that happens. ``key`` names its sentence ``demo.story_<key>``."""

    key: str
    requests: int
    book: BookKind
    first_at: time
    same_book_as: str = ""  #: an earlier story whose books, and for refusals whose readers, this one takes
    waits: bool = False  #: the reader agrees to wait when every copy is out
    lender: LenderConduct = LenderConduct.USUAL
    reader: ReaderConduct = ReaderConduct.COLLECTS
    delivery: Delivery = Delivery.USUAL
    returned: Returned = Returned.WHERE_COLLECTED


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One request to be made."""

    key: str  #: unique in the day, also the root of the actors' idempotency keys
    story: Story
    at: datetime
    reader: str  #: login
    book: Book
    pickup: str
    return_at: str  #: node
    keeps: timedelta  #: from collecting to returning


@dataclass(frozen=True, slots=True)
class PlannedLoan:
    """A walk-up loan at a desk: 通借 without any request."""

    key: str
    at: datetime
    reader: str
    card: str
    node: str  #: at whose desk
    volume: LooseVolume
    return_at: str
    keeps: timedelta


@dataclass(frozen=True, slots=True)
class PlannedSuggestion:
    """A purchase suggestion (荐购) for something that nobody has."""

    key: str
    at: datetime
    reader: str
    title: str
    author: str


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that is planned, in the order of time."""

    requests: tuple[PlannedRequest, ...]
    loans: tuple[PlannedLoan, ...]
    suggestions: tuple[PlannedSuggestion, ...]


def stories() -> tuple[Story, ...]:
    """The kinds of requests of the day."""
    return tuple(
        Story(
            **{
                **each,
                "book": BookKind(each["book"]),
                "first_at": time.fromisoformat(each["first_at"]),
                "lender": LenderConduct(each.get("lender", LenderConduct.USUAL)),
                "reader": ReaderConduct(each.get("reader", ReaderConduct.COLLECTS)),
                "delivery": Delivery(each.get("delivery", Delivery.USUAL)),
                "returned": Returned(each.get("returned", Returned.WHERE_COLLECTED)),
            }
        )
        for each in _said()["story"]
    )


def plan_day(shelf: Bookshelf, nodes: NodeTree, streams: Streams, day: date, zone: ZoneInfo) -> Day:
    """Cast the stories for a day in the network's time zone.

    Raises:
        LookupError: the catalogues hold too few books of a kind that a story needs.
    """
    return _Casting(shelf, nodes, streams, day, zone).plan()


def _said() -> Mapping[str, Any]:
    return tomllib.loads((files("hub.simulation.demo") / "day.toml").read_text("utf-8"))


class _Casting:
    """One casting in progress: readers and books are used up, so that no story spoils another."""

    def __init__(
        self, shelf: Bookshelf, nodes: NodeTree, streams: Streams, day: date, zone: ZoneInfo
    ) -> None:
        self._chance = streams("day")
        self._nodes = nodes
        self._midnight = datetime.combine(day, time(), zone)
        accounts = demo_accounts(nodes)
        self._readers = [
            account for account in accounts if account.role is Role.READER and self._may_collect(account.node)
        ]
        self._turn = 0
        self._books = {kind: shuffled(self._chance, shelf.books(kind)) for kind in BookKind}
        self._loose = shuffled(self._chance, shelf.loose_volumes())
        self._cast: dict[str, list[PlannedRequest]] = {}

    def plan(self) -> Day:
        said = _said()
        for story in stories():
            self._cast[story.key] = [self._request(story, number) for number in range(story.requests)]
        requests = sorted((each for cast in self._cast.values() for each in cast), key=lambda each: each.at)
        loans = [self._loan(each, number) for each in said["walk_up"] for number in range(each["loans"])]
        return Day(tuple(requests), tuple(loans), tuple(map(self._suggestion, said["suggestion"])))

    def _request(self, story: Story, number: int) -> PlannedRequest:
        earlier = self._cast[story.same_book_as] if story.same_book_as else []
        model = earlier[number] if earlier else None
        if model and story.reader is ReaderConduct.IS_REFUSED:
            reader = next(each for each in self._readers if each.login == model.reader)
        else:
            reader = self._next_reader(unlike=model.reader if model else "")
        return PlannedRequest(
            key=f"{story.key}-{number + 1}",
            story=story,
            at=self._instant(story.first_at, number),
            reader=reader.login,
            book=model.book if model else self._book(story.book, reader),
            pickup=reader.node,
            return_at=reader.node if story.returned is Returned.WHERE_COLLECTED else self._elsewhere(reader),
            keeps=timedelta(hours=between(self._chance, 20, 70)),
        )

    def _loan(self, said: Mapping[str, Any], number: int) -> PlannedLoan:
        # Nobody asks for this edition, so the hub has promised the volume to nobody.
        asked_for = {each.book.edition for cast in self._cast.values() for each in cast}
        volume = next(each for each in self._loose if each.edition not in asked_for)
        self._loose.remove(volume)
        reader = self._next_reader(unlike="")
        while reader.node == volume.node:
            reader = self._next_reader(unlike=reader.login)
        return PlannedLoan(
            key=f"{said['key']}-{number + 1}",
            at=self._instant(time.fromisoformat(said["first_at"]), number),
            reader=reader.login,
            card=reader.card,
            node=volume.node,
            volume=volume,
            return_at=reader.node,
            keeps=timedelta(hours=between(self._chance, 20, 70)),
        )

    def _suggestion(self, said: Mapping[str, Any]) -> PlannedSuggestion:
        at = self._instant(time.fromisoformat(said["at"]), 0)
        reader = self._next_reader(unlike="").login
        return PlannedSuggestion(said["key"], at, reader, said["title"], said["author"])

    def _book(self, kind: BookKind, reader: NewAccount) -> Book:
        """A book of this kind that does not stand in the reader's own library, so that it has to travel."""
        books = self._books[kind]
        for place, book in enumerate(books):
            if reader.node not in book.nodes and self._nodes[reader.node].system not in book.owners:
                return books.pop(place)
        raise LookupError(f"no book {kind} left for a reader of {reader.node}")

    def _next_reader(self, unlike: str) -> NewAccount:
        """Readers take turns."""
        while True:
            reader = self._readers[self._turn % len(self._readers)]
            self._turn += 1
            if reader.login != unlike:
                return reader

    def _elsewhere(self, reader: NewAccount) -> str:
        others = [each.node for each in self._readers if each.node != reader.node]
        return self._chance.choice(others)

    def _may_collect(self, node: str) -> bool:
        """Whether the city's vans go there, so that the day ends within days."""
        path: Sequence[str] = self._nodes.path(node)
        return self._nodes[path[-1]].level.value == "city"

    def _instant(self, at: time, number: int) -> datetime:
        started = self._midnight + timedelta(hours=at.hour, minutes=at.minute)
        return started + timedelta(minutes=number * _MINUTES_APART)
