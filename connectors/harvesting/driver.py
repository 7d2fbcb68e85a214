"""Driving the plan against a target that can be searched: weigh, plan, fetch, verify.

Z39.50 and SRU harvest through this; each brings a ``SearchTarget``.

Owns: the order of a harvest's steps. Must not: know a protocol.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Final

from connectors.errors import ConnectorError, Misconfigured
from connectors.harvesting.fetching import SliceFetch
from connectors.harvesting.ledger import Ledger, SliceLedger
from connectors.harvesting.patience import Patience, Timing
from connectors.harvesting.plan import Found, Part, Problem
from connectors.harvesting.slices import MODIFIED, WHOLE, Key, Lacks, Slice, since
from connectors.harvesting.steps import Steps
from connectors.harvesting.target import SearchTarget
from connectors.harvesting.totals import Whole, weigh
from connectors.ports import (
    Counted,
    Fetched,
    Finished,
    HarvestEvent,
    HarvestOrder,
    SliceDone,
    SliceStarted,
)

#: Targets count days by their own clock and index with a delay; upserts make the overlap harmless.
OVERLAP: Final = timedelta(days=2)
_MAX_CONFIRMATIONS: Final = 200


async def harvest(
    target: SearchTarget, order: HarvestOrder, patience: Patience, timing: Timing
) -> AsyncGenerator[HarvestEvent, None]:
    """Fetch what the order asks for; the last event is ``Finished``.

    Raises:
        Misconfigured: our own side is wrong.
    """
    try:
        async with aclosing(_Harvest(target, patience, timing).run(order)) as events:
            async for event in events:
                yield event
    except Misconfigured:
        raise
    except ConnectorError as error:
        yield Finished(error.code, {"where": error.where, **error.values})


class _Harvest:
    def __init__(self, target: SearchTarget, patience: Patience, timing: Timing) -> None:
        self._steps = Steps(target, patience, timing)
        self._fetch = SliceFetch(target, self._steps)
        self._doubts = patience.doubts
        self._ledger = Ledger()
        self._hits = 0

    async def run(self, order: HarvestOrder) -> AsyncGenerator[HarvestEvent, None]:
        base = await self._base(order)
        whole = await self._weighed(base)
        yield Counted(whole.total.hits if whole.total.exact else None, "before")
        for part in whole.plan.parts:
            if part.slice.name in order.done_slices:
                self._hits += part.found.hits
                continue
            async with aclosing(self._slice(part)) as events:
                async for event in events:
                    yield event
        after = await self._after(base, whole)
        yield Counted(after.hits if after.exact else None, "after")
        problem = self._ledger.verdict(whole, self._hits, after, await self._unconfirmed())
        yield Finished(None) if problem is None else Finished(problem.code, problem.values)

    async def _base(self, order: HarvestOrder) -> Slice:
        """What the order is about; all of it where the target cannot say of every record when it changed."""
        if order.full or order.since is None:
            return WHOLE
        for key in await self._steps.keys():
            undated = Slice((Lacks(key),))
            if key.name == MODIFIED and await self._steps.count_or_refusal(undated) == Found(0):
                return since(key, (order.since - OVERLAP).date())
        return WHOLE

    async def _weighed(self, base: Slice) -> Whole:
        found = await self._steps.count(base)
        keys: Sequence[Key] = ()
        if not found.exact or found.hits >= min(self._doubts.confirm_from, self._doubts.limit + 1):
            keys = await self._steps.keys()
        if base == WHOLE and found == Found(0):
            return await self._doubted_emptiness()
        return await self._steps.answer(weigh(base, found, keys, self._doubts))

    async def _doubted_emptiness(self) -> Whole:
        """A target that finds nothing is empty only if no key finds anything either."""
        keys = await self._steps.keys()
        whole = await self._steps.answer(weigh(WHOLE, Found(0, exact=False), keys, self._doubts))
        if not whole.plan.hits:
            return await self._steps.answer(weigh(WHOLE, Found(0), (), self._doubts))
        contradiction = Problem("total_contradicted", {"sum": whole.plan.hits, "total": 0})
        return replace(whole, plan=replace(whole.plan, problem=contradiction))

    async def _slice(self, part: Part) -> AsyncGenerator[HarvestEvent, None]:
        name = part.slice.name
        yield SliceStarted(name, part.found.hits)
        self._ledger.begin_slice()
        progress = SliceLedger()
        async with aclosing(self._fetch.records(part.slice, progress)) as batches:
            async for fresh in batches:
                self._ledger.note(fresh)
                if fresh:
                    yield Fetched(name, fresh)
        self._hits += progress.found.hits
        exact = self._ledger.end_slice(name, progress)
        self._steps.spending.checkpoints += exact
        yield SliceDone(name, progress.received, exact)

    async def _after(self, base: Slice, whole: Whole) -> Found:
        """The total once more; a derived one is derived once more."""
        if not whole.derived or not whole.total.exact:
            return await self._steps.count(base)
        counts = [await self._steps.count_or_refusal(part.slice) for part in whole.plan.parts]
        return Found(sum(count.hits for count in counts), all(count.exact for count in counts))

    async def _unconfirmed(self) -> frozenset[str]:
        """Repeated identifiers that are not simply shared by several records of the target."""
        repeated = sorted(self._ledger.repeated)
        unconfirmed = set(repeated[_MAX_CONFIRMATIONS:])
        for identifier in repeated[:_MAX_CONFIRMATIONS]:
            said = await self._steps.occurrences(identifier)
            if said is None or said < 2:
                unconfirmed.add(identifier)
        return frozenset(unconfirmed)
