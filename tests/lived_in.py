"""A small hub that has seen some days: catalogues, editions, requests at several states, loans, effects."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.marc.writing import to_iso2709
from hub.bootstrap.assembly import assemble
from hub.config import Settings
from hub.kernel.record import Flavour
from hub.services import accounts
from hub.services.accounts import NewAccount
from hub.services.api import operations
from hub.services.clustering import cluster
from hub.services.context import Attempt, Hub, Outcome, Principal, Role, Transaction
from hub.services.harvesting import sources
from hub.services.harvesting.harvest import harvest
from hub.services.harvesting.ingesting import FileOrder, ingest
from hub.services.indexing import feed
from hub.services.performing import perform
from hub.services.working import work_off
from hub.simulation.clock import SettableClock
from hub.storage.effects import ClaimedEffect
from tests.short_records import record

#: a Tuesday, eight in the morning in Nanjing
START = datetime(2026, 11, 24, 0, tzinfo=UTC)
BOOKS = (
    ("红楼梦", "曹雪芹", "人民文学出版社", "1996", "7-02-000220-X"),
    ("围城", "钱锺书", "人民文学出版社", "1991", "7-02-002475-0"),
    ("边城", "沈从文", "北岳文艺出版社", "2002", "7-5378-2317-5"),
    ("骆驼祥子", "老舍", "人民文学出版社", "1999", "7-02-002811-X"),
    ("呐喊", "鲁迅", "人民文学出版社", "1979", "7-02-000125-4"),
)
#: which libraries hold which book: positions in BOOKS
SHELVES = {"JLT": (0, 1, 2, 3), "XWT": (0, 1, 4), "QHT": (0, 2, 4)}


def marc(member: str, positions: Iterable[int], note: str = "") -> bytes:
    """A member's catalogue in CNMARC, one copy of each book."""
    made = []
    for position in positions:
        title, author, publisher, year, isbn = BOOKS[position]
        fields = {
            "001": f"{member}{position:04d}",
            "010": f"$a{isbn}",
            "100": f"$a20200101d{year}    em y0chiy0121    ea",
            "101": "$achi",
            "200": f"$a{title}{note}$f{author}著",
            "210": f"$a北京$c{publisher}$d{year}",
            "690": "$aI24$v4",
            "701": f"$a{author}$4著",
            "905": f"$a{member}$b{member}{position:05d}$dI24$e{position}",
        }
        made.append(to_iso2709(record(Flavour.CNMARC, fields)))
    return b"".join(made)


@dataclass
class Uncertain:
    """A performer that loses the answer of every first effect told to a lender."""

    lost: set[str] = field(default_factory=set)

    async def perform(self, effect: ClaimedEffect) -> Attempt:
        if not self.lost:
            self.lost.add(effect.key)
            return Attempt(Outcome.UNCERTAIN, "no answer")
        return Attempt(Outcome.DONE)


@dataclass
class Days:
    """Asks the hub for things as its people do."""

    hub: Hub
    clock: SettableClock
    people: dict[str, Principal] = field(default_factory=dict)
    _keys: int = 0

    async def do(self, name: str, who: str, **data: Any) -> dict[str, Any]:
        """Perform an operation."""
        self._keys += 1
        operation = operations()[name]
        return (await perform(self.hub, operation, self.people[who], data, f"key-{self._keys}")).body

    def staff(self, node: str) -> str:
        """Somebody who works there."""
        self.people.setdefault(node, Principal(f"A-{node}", Role.STAFF, node, language="en"))
        return node

    async def edition(self, title: str) -> str:
        """The edition of this title."""
        found = await self.do("editions.search", "li", q=title)
        edition: str = found["hits"][0]["edition"]
        return edition

    async def ask_for(self, who: str, title: str, pickup: str) -> str:
        """Place a request."""
        placed = await self.do("requests.place", who, edition=await self.edition(title), pickup=pickup)
        request: str = placed["request"]
        return request

    async def pick(self, title: str, pickup: str) -> tuple[str, str]:
        """The lender who was asked says yes and fetches the volume: (lender, barcode)."""
        for node in SHELVES:
            for entry in (await self.do("desk.today", self.staff(node)))["to_answer"]:
                if entry["title"].startswith(title) and entry["for_node"] == pickup:
                    await self.do("supplies.answer", node, supply=entry["supply"], answer="will_supply")
                    await self.do("supplies.pick", node, supply=entry["supply"], barcode=entry["barcode"])
                    return node, entry["barcode"]
        raise AssertionError(f"nobody was asked for {title}")


@asynccontextmanager
async def opened(data: Path, clock: SettableClock | None = None) -> AsyncIterator[Hub]:
    """The hub over a folder, on a clock that stands still."""
    settings = Settings(data=data, language="en", workers=1)
    async with assemble(
        settings, clock=clock or SettableClock(START), performer=Uncertain(), durable=False
    ) as hub:
        yield hub


async def catalogued(hub: Hub, folder: Path) -> None:
    """Harvest and ingest the catalogues, unite and index them."""
    drop = folder / "drop"
    drop.mkdir(parents=True)
    (drop / "jlt.mrc").write_bytes(marc("JLT", SHELVES["JLT"]))
    await sources.add(hub, sources.NewSource("jlt", "JLT", "file", str(drop), {}))
    for present in (SHELVES["JLT"], SHELVES["JLT"][:3], SHELVES["JLT"][:3]):
        (drop / "jlt.mrc").write_bytes(marc("JLT", present))
        (report,) = await harvest(hub)
        assert report.verdict.state == "complete", report
    for member in ("XWT", "QHT"):
        file = folder / f"{member}.mrc"
        file.write_bytes(marc(member, SHELVES[member]) + b"00046nam  22 nothing of the kind\x1d")
        await ingest(hub, FileOrder(file, member))
    await cluster(hub)
    await feed(hub)


async def peopled(days: Days) -> None:
    """Three readers with cards, and a driver."""
    hub = days.hub

    def make(connection: Any) -> None:
        for name, home in (("li", "XWT"), ("wang", "QHT"), ("zhao", "JLT")):
            tx = Transaction(connection, hub.clock.now(), hub.network(), f"reader/{name}")
            new = NewAccount(name, "", Role.READER, home, f"Reader {name.title()}", f"card-{name}")
            days.people[name] = accounts.add(tx, new, hashed="-")

    await hub.store.write(make)
    days.people["driver"] = Principal("A-driver", Role.DRIVER, language="en")


async def live(data: Path, folder: Path) -> None:
    """Make the hub and live in it for some days."""
    clock = SettableClock(START)
    async with opened(data, clock) as hub:
        days = Days(hub, clock)
        await catalogued(hub, folder)
        await peopled(days)
        await work_off(hub)

        await days.ask_for("li", "边城", "XWT")  # nobody answers it here
        given_up = await days.ask_for("zhao", "呐喊", "JLT")
        await days.do("requests.cancel", "zhao", request=given_up)
        await days.ask_for("wang", "围城", "QHT")
        await days.pick("围城", "QHT")  # picked, and not yet packed

        lent = await days.ask_for("zhao", "红楼梦", "JLT")
        lender, barcode = await days.pick("红楼梦", "JLT")
        assert lender == "JLT", "the reader's own library has one on the shelf"
        await days.do("holds.issue", "JLT", request=lent, card="card-zhao", barcode=barcode)
        await days.do("loans.walk_up", days.staff("XWT"), barcode="XWT00004", card="card-li", owner="XWT")
        clock.advance(timedelta(days=1))
        await work_off(hub)
        await days.do("returns.scan", days.staff("QHT"), barcode=barcode, owner="JLT")
        await work_off(hub)
