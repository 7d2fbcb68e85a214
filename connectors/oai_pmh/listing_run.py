"""One harvest over OAI-PMH: the list followed to its end, in windows where it is long, and judged.

The stated length of a list may be an estimate, and many repositories state none. Where it does not settle the
matter, the list of headers is read to its end too: when it names the same records, nothing is missing.

Owns: the order of the steps and the verdict. Must not: know requests or XML.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from connectors.harvesting.fetching import SliceFetch
from connectors.harvesting.ledger import SliceLedger
from connectors.harvesting.patience import Patience, Timing
from connectors.harvesting.plan import Found, Part, Plan, divide
from connectors.harvesting.slices import Slice
from connectors.harvesting.steps import Steps
from connectors.oai_pmh.target import Target
from connectors.ports import Counted, Fetched, Finished, HarvestEvent, SliceDone, SliceStarted


@dataclass
class _Came:
    """What came of the windows so far."""

    identifiers: set[str]
    stated: int = 0  #: the sum of the windows' lengths
    settled: bool = True  #: every window stated its length, and as many records came
    shorter: bool = False  #: a window brought fewer than stated
    refused: int = 0
    first_refusal: str = ""


class ListingRun:
    """Harvests one repository."""

    def __init__(self, target: Target, patience: Patience, timing: Timing) -> None:
        self._target = target
        self._steps = Steps(target, patience, timing)
        self._fetch = SliceFetch(target, self._steps)
        self._limit = patience.doubts.limit
        self._came = _Came(set())

    async def events(self, base: Slice, done: frozenset[str]) -> AsyncGenerator[HarvestEvent, None]:
        """Fetch the records of ``base`` but for the windows that are done; the last event is ``Finished``.

        Raises:
            ConnectorError: the repository broke off too often, or the budget is spent.
        """
        before = await self._steps.count(base)
        yield Counted(before.hits if before.exact else None, "before")
        plan = await self._plan(base, before)
        for part in plan.parts:
            if part.slice.name in done:
                # Of what an earlier run brought only the number is known.
                self._came.stated += part.found.hits
                self._came.settled = self._came.settled and part.found.exact
                continue
            async with aclosing(self._window(part)) as events:
                async for event in events:
                    yield event
        async with aclosing(self._verdict(base, before, plan, done)) as events:
            async for event in events:
                yield event

    async def _plan(self, base: Slice, found: Found) -> Plan:
        whole = Plan((Part(base, found),))
        if not found.exact or found.hits <= self._limit:
            return whole
        plan = await self._steps.answer(divide(base, found, await self._target.keys(), self._limit))
        return whole if plan.problem is not None else plan

    async def _window(self, part: Part) -> AsyncGenerator[HarvestEvent, None]:
        name, came = part.slice.name, self._came
        yield SliceStarted(name, part.found.hits if part.found.exact else None)
        progress = SliceLedger()
        progress.begin_anew()
        identifiers: set[str] = set()
        async with aclosing(self._fetch.records(part.slice, progress)) as batches:
            async for fresh in batches:
                identifiers.update(record.identifier for record in fresh if record.identifier is not None)
                if fresh:
                    yield Fetched(name, fresh)
        received, found = len(identifiers), progress.found
        shorter = found.exact and received < found.hits
        came.identifiers |= identifiers
        came.stated += found.hits
        came.settled = came.settled and found == Found(received)
        came.shorter = came.shorter or shorter
        came.refused += progress.refused
        came.first_refusal = came.first_refusal or progress.first_refusal
        exact = not shorter and not progress.refused
        self._steps.spending.checkpoints += exact
        yield SliceDone(name, progress.received, exact)

    async def _verdict(
        self, base: Slice, before: Found, plan: Plan, done: frozenset[str]
    ) -> AsyncGenerator[HarvestEvent, None]:
        came = self._came
        if came.refused:
            yield Finished("records_refused", {"count": came.refused, "first": came.first_refusal})
            return
        after = await self._steps.count(base)
        resumed = any(part.slice.name in done for part in plan.parts)
        if came.settled or came.shorter or resumed:
            yield Counted(after.hits if after.exact else None, "after")
            yield self._by_length(before, after)
            return
        listed: set[str] = set()
        for part in plan.parts:
            listed |= await self._steps.retried(partial(self._target.inventory, part.slice))
        yield Counted(len(came.identifiers), "before")
        yield Counted(len(listed), "after")
        missing = listed - came.identifiers
        if missing:
            yield Finished("list_shorter", {"stated": len(listed), "received": len(came.identifiers)})
        elif len(listed) != len(came.identifiers):
            yield Finished("total_changed", {"before": len(came.identifiers), "after": len(listed)})
        else:
            yield Finished(None)

    def _by_length(self, before: Found, after: Found) -> Finished:
        came = self._came
        if before != after:
            return Finished("total_changed", {"before": before.hits, "after": after.hits})
        if came.shorter:
            return Finished("list_shorter", {"stated": came.stated, "received": len(came.identifiers)})
        if not before.exact:
            return Finished("total_unknown")
        if came.stated != before.hits:
            return Finished("sum_differs", {"sum": came.stated, "total": before.hits})
        return Finished(None)
