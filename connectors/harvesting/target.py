"""What the harvest plan needs from a protocol: a target that can be searched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from connectors.harvesting.plan import Found
from connectors.harvesting.slices import Key, Slice
from connectors.ports import RawRecord


class SearchTarget(Protocol):
    """A searchable target. After ``Interrupted`` the next call opens a new conversation."""

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        ...

    async def keys(self) -> Sequence[Key]:
        """The keys that can be searched in ranges, best first; asked only when they are needed."""
        ...

    async def count(self, part: Slice) -> Found:
        """How many records a slice has.

        Raises:
            Diagnostic: the target refuses this question.
        """
        ...

    def take(
        self, part: Slice, skip: int = 0
    ) -> AbstractAsyncContextManager[tuple[Found, AsyncIterator[tuple[RawRecord, ...]]]]:
        """Count a slice and deliver the records of that very result, without the first ``skip`` of them."""
        ...

    async def occurrences(self, identifier: str) -> int | None:
        """How many records the target has under an identifier; None when it cannot say."""
        ...
