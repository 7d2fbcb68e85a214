"""Which partition keys a target understands, tried once and remembered.

Owns: the trials and the order of the keys that work. Must not: know how a protocol says a key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

from connectors.errors import Interrupted
from connectors.harvesting.plan import Found
from connectors.harvesting.slices import Key

Variant = TypeVar("Variant")

_BREAKS: Final = 2


@dataclass(frozen=True, slots=True)
class Trial(Generic[Variant]):
    """What came of asking for every record that has a key."""

    variant: Variant
    found: Found

    def covers(self, total: Found) -> bool:
        """Whether every record has the key, as far as the counts can tell."""
        return not self.found.exact or not total.exact or self.found.hits == total.hits


#: Tells what a key finds under a variant: None where the variant is refused, a refusal where the key is.
Hits: TypeAlias = Callable[[Key, Variant], Awaitable[Found | None]]


class KeyRing(Generic[Variant]):
    """The keys of one target, each with the variant of asking under which it finds anything."""

    def __init__(
        self, variants: Mapping[Key, Sequence[Variant]], wanted: Sequence[str], spare: Sequence[str]
    ):
        """``wanted`` names the keys to use, in this order; without it all but the ``spare`` are tried."""
        self._variants = variants
        self._wanted = tuple(wanted)
        self._spare = frozenset(spare)
        self._tried: dict[Key, Trial[Variant] | None] = {}  # kept: a break does not begin the trials anew
        self._broken: Counter[tuple[Key, Variant]] = Counter()

    @property
    def working(self) -> Mapping[Key, Trial[Variant]]:
        """The keys that were tried and found something."""
        return {key: trial for key, trial in self._tried.items() if trial is not None}

    async def try_all(self, hits: Hits[Variant]) -> None:
        """Try the keys that were not tried yet; after a break it may be called again.

        Some targets end the session at a question they do not understand. What has done so twice is not asked
        again.

        Raises:
            Interrupted: the target broke off.
        """
        for key, variants in self._variants.items():
            if self._is_wanted(key) and key not in self._tried:
                self._tried[key] = await self._trial(key, variants, hits)

    def ordered(self, total: Found) -> tuple[Key, ...]:
        """The keys that work: in the order wanted, or else those that every record has first."""
        working = self.working
        if self._wanted:
            return tuple(sorted(working, key=lambda key: self._wanted.index(key.name)))
        return tuple(sorted(working, key=lambda key: not working[key].covers(total)))

    def _is_wanted(self, key: Key) -> bool:
        return key.name in self._wanted if self._wanted else key.name not in self._spare

    async def _trial(
        self, key: Key, variants: Sequence[Variant], hits: Hits[Variant]
    ) -> Trial[Variant] | None:
        for variant in variants:
            if self._broken[key, variant] >= _BREAKS:
                continue
            try:
                found = await hits(key, variant)
            except Interrupted:
                self._broken[key, variant] += 1
                raise
            if found is not None and found.refused:
                return None
            if found is not None and found.hits:
                return Trial(variant, found)
        return None
