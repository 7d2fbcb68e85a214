"""Running a harvester to its end and keeping what came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connectors.ports import (
    Counted,
    Fetched,
    Finished,
    Harvester,
    HarvestOrder,
    RawRecord,
    SliceDone,
    SliceStarted,
)


@dataclass
class Outcome:
    """Everything a harvest said."""

    records: list[RawRecord] = field(default_factory=list)
    totals: dict[str, int | None] = field(default_factory=dict)
    slices: dict[str, int] = field(default_factory=dict)
    inexact: list[str] = field(default_factory=list)
    problem: str | None = "the stream ended without Finished"
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def identifiers(self) -> set[str | None]:
        return {record.identifier for record in self.records}


def run_harvest(
    harvester: Harvester, order: HarvestOrder, watch: Callable[[int], None] = lambda received: None
) -> Outcome:
    """The outcome of a harvest; ``watch`` is told after each batch how many records have come."""
    return asyncio.run(gather(harvester, order, watch))


async def gather(
    harvester: Harvester, order: HarvestOrder, watch: Callable[[int], None] = lambda received: None
) -> Outcome:
    """As ``run_harvest``, inside a running loop."""
    outcome = Outcome()
    async for event in harvester.fetch(order):
        assert outcome.problem == "the stream ended without Finished", "nothing may follow Finished"
        match event:
            case Counted(total, moment):
                outcome.totals[moment] = total
            case SliceStarted():
                pass
            case Fetched(_, records):
                outcome.records.extend(records)
                watch(len(outcome.records))
            case SliceDone(name, received, exact):
                outcome.slices[name] = received
                if not exact:
                    outcome.inexact.append(name)
            case Finished(problem, values):
                outcome.problem, outcome.values = problem, values
    return outcome
