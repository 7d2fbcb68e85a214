"""Driving the plan against a target that can be searched: count, fetch, retry, verify.

Z39.50 and SRU harvest through this; each brings a ``SearchTarget``.

Owns: the order of a harvest's steps and its retries. Must not: know a protocol.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Final, Protocol, TypeVar

from connectors.errors import ConnectorError, Interrupted, Misconfigured
from connectors.harvesting.ledger import Ledger, SliceLedger
from connectors.harvesting.patience import Patience, Timing
from connectors.harvesting.plan import Found, Part, Plan, Problem, divide
from connectors.harvesting.slices import WHOLE, Key, Kind, Slice, since
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

T = TypeVar("T")

#: Targets count days by their own clock and index with a delay; upserts make the overlap harmless.
OVERLAP: Final = timedelta(days=2)
_MAX_CONFIRMATIONS: Final = 200
_MAX_QUESTIONS: Final = 20_000  # ten million records in slices of a few thousand need fewer


class SearchTarget(Protocol):
    """A searchable target. After ``Interrupted`` the next call opens a new conversation."""

    async def keys(self) -> Sequence[Key]:
        """The keys that can be searched in ranges, best first; asked only when they are needed."""
        ...

    async def count(self, part: Slice) -> Found:
        """How many records a slice has."""
        ...

    def take(
        self, part: Slice
    ) -> AbstractAsyncContextManager[tuple[Found, AsyncIterator[tuple[RawRecord, ...]]]]:
        """Count a slice and deliver the records of that very result."""
        ...

    async def occurrences(self, identifier: str) -> int | None:
        """How many records the target has under an identifier; None when it cannot say."""
        ...


async def harvest(
    target: SearchTarget, order: HarvestOrder, patience: Patience, timing: Timing
) -> AsyncIterator[HarvestEvent]:
    """Fetch what the order asks for; the last event is ``Finished``.

    Raises:
        Misconfigured: our own side is wrong.
    """
    try:
        async for event in _Harvest(target, patience, timing).run(order):
            yield event
    except Misconfigured:
        raise
    except ConnectorError as error:
        yield Finished(error.code, {"where": error.where, **error.values})


class _Harvest:
    def __init__(self, target: SearchTarget, patience: Patience, timing: Timing) -> None:
        self._target = target
        self._patience = patience
        self._timing = timing
        self._ledger = Ledger()
        self._hits = 0

    async def run(self, order: HarvestOrder) -> AsyncIterator[HarvestEvent]:
        base = await self._base(order)
        before = await self._count(base)
        yield Counted(before.hits if before.exact else None, "before")
        plan = await self._plan(base, before)
        for part in plan.parts:
            if part.slice.name in order.done_slices:
                self._hits += part.found.hits
                continue
            async for event in self._fetch(part):
                yield event
        after = await self._count(base)
        yield Counted(after.hits if after.exact else None, "after")
        problem = self._ledger.verdict(plan, self._hits, before, after, await self._unconfirmed())
        yield Finished(None) if problem is None else Finished(problem.code, problem.values)

    async def _base(self, order: HarvestOrder) -> Slice:
        """What the order is about; all of it where the target cannot say what changed."""
        if order.full or order.since is None:
            return WHOLE
        keys = await self._retried(self._target.keys)
        for key in keys:
            if key.kind is Kind.DAY and key.name == "date-modified":
                return since(key, (order.since - OVERLAP).date())
        return WHOLE

    async def _plan(self, base: Slice, found: Found) -> Plan:
        keys: Sequence[Key] = ()
        if not found.exact or found.hits > self._patience.limit:
            keys = await self._retried(self._target.keys)
        planning = divide(base, found, keys, self._patience.limit)
        try:
            part = next(planning)
            for _ in range(_MAX_QUESTIONS):
                part = planning.send(await self._count(part))
        except StopIteration as stop:
            plan: Plan = stop.value
            return plan
        planning.close()
        values = {"slice": base.name, "questions": _MAX_QUESTIONS}
        return Plan((Part(base, found),), Problem("plan_too_long", values))

    async def _fetch(self, part: Part) -> AsyncIterator[HarvestEvent]:
        name = part.slice.name
        yield SliceStarted(name, part.found.hits)
        self._ledger.begin_slice()
        progress = SliceLedger()
        found = part.found
        attempt = 1
        while True:
            progress.begin_attempt()
            try:
                async with self._target.take(part.slice) as (found, batches):
                    async for batch in batches:
                        fresh = progress.fresh(batch)
                        self._ledger.note(fresh)
                        if fresh:
                            yield Fetched(name, fresh)
                break
            except Interrupted:
                if attempt >= self._patience.attempts:
                    raise
            await self._pause(attempt)
            attempt += 1
        self._hits += found.hits
        yield SliceDone(name, progress.received, self._ledger.end_slice(name, found, progress))

    async def _unconfirmed(self) -> frozenset[str]:
        """Repeated identifiers that are not simply shared by several records of the target."""
        repeated = sorted(self._ledger.repeated)
        unconfirmed = set(repeated[_MAX_CONFIRMATIONS:])
        for identifier in repeated[:_MAX_CONFIRMATIONS]:
            said = await self._occurrences(identifier)
            if said is None or said < 2:
                unconfirmed.add(identifier)
        return frozenset(unconfirmed)

    async def _count(self, part: Slice) -> Found:
        return await self._retried(lambda: self._target.count(part))

    async def _occurrences(self, identifier: str) -> int | None:
        return await self._retried(lambda: self._target.occurrences(identifier))

    async def _retried(self, step: Callable[[], Awaitable[T]]) -> T:
        for attempt in range(1, self._patience.attempts):
            try:
                return await step()
            except Interrupted:
                await self._pause(attempt)
        return await step()

    async def _pause(self, attempt: int) -> None:
        await self._timing.sleep(self._patience.pause_before(attempt, self._timing.jitter()))
