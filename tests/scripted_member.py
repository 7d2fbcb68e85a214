"""A member that says what a test has written, and lets the test act at any moment of the harvest."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import TimedOut
from connectors.ports import (
    Counted,
    Fetched,
    Finished,
    HarvestEvent,
    HarvestOrder,
    RawRecord,
    SliceDone,
    SliceStarted,
)
from tests.catalogues import FIRST_DAY, served_record

SLICES = ("a", "b", "c", "d")
PER_SLICE = 5
SIZE = PER_SLICE * len(SLICES)


async def nothing(moment: str) -> None:
    """Nothing happens."""


@dataclass
class ScriptedMember:
    """Four slices of five records each; ``at`` is told each moment: begun a, done a, begun b ..."""

    at: Callable[[str], Awaitable[None]] = nothing
    down: bool = False
    orders: list[HarvestOrder] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)  #: slices, as often as they were fetched

    def open(self, *arguments: Any, **named: Any) -> ScriptedMember:
        """In place of ``open_harvester``."""
        del arguments, named
        return self

    async def probe(self) -> Any:
        """Never asked."""
        raise AssertionError

    async def fetch(self, order: HarvestOrder) -> AsyncGenerator[HarvestEvent, None]:
        self.orders.append(order)
        if self.down:
            raise TimedOut("timed_out", "here", seconds=1, during="search")
        yield Counted(SIZE, "before")
        for number, name in enumerate(SLICES):
            if name in order.done_slices:
                continue
            self.fetched.append(name)
            yield SliceStarted(name, PER_SLICE)
            await self.at(f"begun {name}")
            yield Fetched(name, _records(number))
            yield SliceDone(name, PER_SLICE, exact=True)
            await self.at(f"done {name}")
        yield Counted(SIZE, "after")
        yield Finished(None)


def _records(slice_number: int) -> tuple[RawRecord, ...]:
    numbers = range(slice_number * PER_SLICE, (slice_number + 1) * PER_SLICE)
    records = (served_record(number, FIRST_DAY) for number in numbers)
    return tuple(RawRecord(record.raw, record.identifier) for record in records)
