"""Fetching one slice whole, through any number of breaks.

After a break the slice goes on where it was; where that brings nothing, it is divided into smaller pieces, of
which each is fetched in the same way. What was handed on is never handed on again.

Owns: the attempts at a slice. Must not: plan, or judge the whole harvest.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final, TypeAlias

from connectors.errors import Interrupted
from connectors.harvesting.ledger import SliceLedger
from connectors.harvesting.plan import Found, Plan, divide
from connectors.harvesting.slices import Slice
from connectors.harvesting.steps import Steps
from connectors.harvesting.target import SearchTarget
from connectors.ports import RawRecord

_PIECES: Final = 4
_BARREN_ATTEMPTS: Final = 3  # after so many in a row a slice is divided
_MOST_DIVISIONS: Final = 3  # of pieces into pieces

Batches: TypeAlias = AsyncGenerator[tuple[RawRecord, ...], None]


class SliceFetch:
    """Fetches slices of one target."""

    def __init__(self, target: SearchTarget, steps: Steps) -> None:
        self._target = target
        self._steps = steps

    async def records(self, part: Slice, progress: SliceLedger, depth: int = 0) -> Batches:
        """The records of a slice, each once; ``progress`` tells afterwards whether it was exact.

        Raises:
            ConnectorError: the target broke off too often, refused, or the budget is spent.
        """
        barren = 0
        while True:
            before = progress.handed_on
            try:
                async with aclosing(self._attempt(part, progress)) as batches:
                    async for fresh in batches:
                        yield fresh
                return
            except Interrupted as broken:
                barren = 1 if progress.handed_on > before else barren + 1
                await self._steps.rest_after(broken, barren)
            if barren == _BARREN_ATTEMPTS and depth < _MOST_DIVISIONS:
                pieces = await self._pieces(part)
                if pieces is not None:
                    async with aclosing(self._piecewise(pieces, progress, depth)) as batches:
                        async for fresh in batches:
                            yield fresh
                    return

    async def _attempt(self, part: Slice, progress: SliceLedger) -> Batches:
        skip = progress.begin_attempt()
        async with self._target.take(part, skip) as (found, batches):
            moved = skip > 0 and found != progress.found
            progress.found = found
            async for batch in batches:
                if moved or not progress.continues(batch):
                    break
                yield self._spent(progress.fresh(batch))
            else:
                if not skip or progress.received > skip:
                    return
        # Another order or number than before the break, or numbers that repeat: only a new beginning tells.
        progress.begin_anew()
        async with aclosing(self._attempt(part, progress)) as afresh:
            async for fresh in afresh:
                yield fresh

    async def _pieces(self, part: Slice) -> Plan | None:
        """The slice in smaller pieces; None where no key divides it."""
        found = await self._steps.count_or_refusal(part)
        if not found.exact or found.hits < _PIECES:
            return None
        keys = await self._steps.keys()
        plan = await self._steps.answer(divide(part, found, keys, -(-found.hits // _PIECES)))
        return plan if plan.problem is None and len(plan.parts) > 1 else None

    async def _piecewise(self, pieces: Plan, progress: SliceLedger, depth: int) -> Batches:
        progress.begin_anew()
        progress.begin_attempt()
        hits, exact = 0, True
        for piece in pieces.parts:
            own = SliceLedger()
            async with aclosing(self.records(piece.slice, own, depth + 1)) as batches:
                async for batch in batches:
                    yield progress.fresh(batch)
            hits, exact = hits + own.found.hits, exact and own.exact()
        progress.found = Found(hits, exact)

    def _spent(self, fresh: tuple[RawRecord, ...]) -> tuple[RawRecord, ...]:
        self._steps.spending.records += len(fresh)
        self._steps.check_budget()
        return fresh
