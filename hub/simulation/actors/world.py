"""The physical world that actors share: what lies in which tote, and where each tote stands.

The hub is told of it only by scans. Where a person errs, the world and the hub's ledger differ, and the hub
has to find out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from hub.kernel.volumes import Volume


def _lists() -> dict[str, list[str]]:
    return defaultdict(list)


@dataclass(slots=True)
class World:
    """Boxes and books. Lists keep the order of putting down, so that a seed gives the same day."""

    contents: dict[str, list[Volume]] = field(default_factory=dict)  #: by tote
    labels: dict[str, str] = field(default_factory=dict)  #: next stop by tote
    docks: dict[str, list[str]] = field(default_factory=_lists)  #: totes put down, by node
    outgoing: dict[str, list[str]] = field(default_factory=_lists)  #: sealed totes, by node
    aboard: dict[str, list[str]] = field(default_factory=_lists)  #: totes by trip

    @property
    def is_at_rest(self) -> bool:
        """Whether no tote stands packed anywhere or is on the road."""
        return not any(self.contents.values())


@dataclass(frozen=True, slots=True)
class Surprise:
    """A refusal, or silence, that an actor had not reckoned with."""

    actor: str
    operation: str
    key: str
    code: str  #: of the refusal; "silence" when no answer came

    def __str__(self) -> str:
        """In one line."""
        return f"{self.actor} {self.operation} {self.key}: {self.code}"


@dataclass(slots=True)
class Tally:
    """What people noticed that no ledger tells in one place."""

    misdelivered: list[str] = field(default_factory=list)  #: totes that came to the wrong library
    wrong: list[Volume] = field(default_factory=list)  #: volumes that were not what their barcode says
    found: list[Volume] = field(default_factory=list)  #: volumes that had been looked for
    surprises: list[Surprise] = field(default_factory=list)
