"""What the readers of a simulated network want, day by day.

Owns: the population and its wishes, from chance alone.
Must not: act (``simulating`` puts the wishes on the agenda).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from hub.kernel.nodes import NodeTree
from hub.kernel.ports import Randomness
from hub.kernel.volumes import Volume
from hub.services.accounts import NewAccount
from hub.services.context import Role
from hub.services.networks import Network
from hub.simulation.actors.reader import Intention, Visit, Wanted
from hub.simulation.chances import READERS
from hub.simulation.demo.casting import Book, BookKind, Bookshelf, LooseVolume
from hub.simulation.demo.chance import Streams, between, shuffled, weighted
from hub.simulation.demo.people import demo_password

READERS_OF_A_LIBRARY = 4
REQUESTS_PER_DAY = 40
#: enough for readers to want different books
RECORDS_OF_A_CATALOGUE = 100
#: one walk-up loan for so many requests
REQUESTS_PER_WALK_UP = 4
#: how often readers want what many hold, what only one has, and what only another city has
BOOKS = ((BookKind.HELD_BY_MANY, 0.85), (BookKind.SINGLE_COPY, 0.1), (BookKind.HELD_IN_ANOTHER_CITY, 0.05))
AGREES_TO_WAIT = 0.5
RETURNS_ELSEWHERE = 0.25
KEEPS_HOURS = (20, 240)
FIRST_WISH, LAST_WISH = time(9, 0), time(18, 0)
MINUTES_APART = 5


@dataclass(frozen=True, slots=True)
class SimulationOrder:
    """What was asked of the simulator."""

    days: int
    seed: int
    requests_per_day: int = REQUESTS_PER_DAY
    faults: bool = False
    records: int = RECORDS_OF_A_CATALOGUE  #: at most so many of each catalogue


def population(nodes: NodeTree) -> tuple[NewAccount, ...]:
    """Readers at every library where one can borrow, return and keep volumes."""
    return tuple(
        NewAccount(
            login=f"reader-{node.code.lower()}-{number}",
            password=demo_password(),
            role=Role.READER,
            node=node.code,
            card=f"SIM-{node.code}-{number}",
        )
        for node in sorted(nodes, key=lambda one: one.code)
        if {"lend", "pickup", "return", "keep"} <= node.capabilities
        for number in range(1, READERS_OF_A_LIBRARY + 1)
    )


class Wishes:
    """The readers' wishes. A volume is carried off a shelf by at most one walk-up reader."""

    def __init__(self, shelf: Bookshelf, network: Network, streams: Streams) -> None:
        """``shelf`` is what the catalogues state."""
        self._network = network
        self._streams = streams
        self._readers = population(network.nodes)
        self._books = {kind: shelf.books(kind) for kind, _ in BOOKS}
        self._loose = [
            each for each in shuffled(streams("loose"), shelf.loose_volumes()) if self._is_staffed(each)
        ]

    def requests(self, day: date, number: int) -> Iterator[tuple[time, Intention]]:
        """What is asked for on a day, with the local time of each."""
        for ordinal in range(number):
            key = f"{day:%Y%m%d}/{ordinal}"
            chance = self._streams(f"request/{key}")
            reader = chance.choice(self._readers)
            book = self._book(chance)
            yield (
                _moment(chance),
                Intention(
                    key=key,
                    reader=reader.login,
                    card=reader.card,
                    wanted=Wanted(book.title, book.isbn),
                    pickup=reader.node,
                    return_at=self._return_at(reader.node, chance),
                    keeps=timedelta(hours=between(chance, *KEEPS_HOURS)),
                    conduct=weighted(chance, [kind for kind, _ in READERS], [share for _, share in READERS]),
                    waits=chance.random() < AGREES_TO_WAIT,
                ),
            )

    def visits(self, day: date, number: int) -> Iterator[tuple[time, Visit]]:
        """Who takes a volume from a shelf on a day, with the local time of each."""
        for ordinal in range(min(number, len(self._loose))):
            key = f"walk-up/{day:%Y%m%d}/{ordinal}"
            chance = self._streams(key)
            reader, volume = chance.choice(self._readers), self._loose.pop()
            yield (
                _moment(chance),
                Visit(
                    key=key,
                    reader=reader.login,
                    card=reader.card,
                    node=volume.node,
                    volume=Volume(volume.owner, volume.barcode),
                    return_at=self._return_at(reader.node, chance),
                    keeps=timedelta(hours=between(chance, *KEEPS_HOURS)),
                ),
            )

    def _book(self, chance: Randomness) -> Book:
        kinds = [(kind, share) for kind, share in BOOKS if self._books[kind]]
        kind = weighted(chance, [kind for kind, _ in kinds], [share for _, share in kinds])
        return chance.choice(self._books[kind])

    def _return_at(self, home: str, chance: Randomness) -> str:
        """Mostly where the reader lives; else at any place of the same city that takes volumes back."""
        if chance.random() >= RETURNS_ELSEWHERE:
            return home
        nodes = self._network.nodes
        top = nodes.path(home)[-1]
        return chance.choice(
            sorted(
                node.code
                for node in nodes
                if "return" in node.capabilities and nodes.path(node.code)[-1] == top
            )
        )

    def _is_staffed(self, volume: LooseVolume) -> bool:
        return "keep" in self._network.nodes[volume.node].capabilities


def _moment(chance: Randomness) -> time:
    first, last = (at.hour * 60 + at.minute for at in (FIRST_WISH, LAST_WISH))
    minutes = first + MINUTES_APART * chance.randrange((last - first) // MINUTES_APART)
    return time(minutes // 60, minutes % 60)
