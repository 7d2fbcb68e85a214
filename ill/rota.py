"""The rota: every copy of an edition, ranked, with the reasons for and against each.

The score is in minutes: how long until the reader could have the volume, plus what the terms below add or
take away. Lower is better, and the sum explains itself. The choice is greedy, copy by copy. Entries and
reasons are named tuples: a wave of requests makes hundreds of thousands, at a third of a dataclass's cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Weights:
    """What each term is worth, in minutes."""

    handling: int = 30  #: for every time the volume changes hands
    fairness: int = 20  #: for every volume the owner lent more than it borrowed
    fairness_limit: int = 1_440  #: most that fairness may add or take away
    last_copy: int = 2_880  #: for taking the only copy its owner has
    queue: int = 15  #: for every open task that already waits at the lender


@dataclass(frozen=True, slots=True)
class Candidate:
    """One copy with what the choice needs to know of it."""

    owner: str
    barcode: str
    node: str  #: where it stands: the lender
    obstacles: tuple[str, ...] = ()  #: codes of why it cannot be asked for: on_loan, not_lendable
    last_copy: bool = False
    net_lent: int = 0  #: volumes its owner lent to others minus those its readers borrowed
    queue: int = 0  #: open tasks at the lender


@dataclass(frozen=True, slots=True)
class Prediction:
    """When a volume could be ready at the pick-up node, and through how many hands."""

    ready_at: datetime
    handovers: int = 0


class Reason(NamedTuple):
    """One term of a score: its code, what it is about, and the minutes it counts (positive is against).

    An obstacle is a reason without minutes: it rules the copy out.
    """

    code: str
    value: str
    minutes: int


class RotaEntry(NamedTuple):
    """One copy on the rota."""

    owner: str
    barcode: str
    lender: str
    obstacles: tuple[str, ...]
    score: int | None  #: minutes; None when it cannot be asked for
    ready_at: datetime | None
    reasons: tuple[Reason, ...]

    def as_data(self) -> dict[str, Any]:
        """As it is stored with the request and shown to staff."""
        return {
            **self._asdict(),
            "obstacles": list(self.obstacles),
            "ready_at": self.ready_at.isoformat() if self.ready_at else None,
            "reasons": [reason._asdict() for reason in self.reasons],
        }


def entry_from_data(data: Mapping[str, Any]) -> RotaEntry:
    """Inverse of ``RotaEntry.as_data``."""
    ready_at = data["ready_at"]
    return RotaEntry(
        owner=data["owner"],
        barcode=data["barcode"],
        lender=data["lender"],
        obstacles=tuple(data["obstacles"]),
        score=data["score"],
        ready_at=datetime.fromisoformat(ready_at) if ready_at else None,
        reasons=tuple(Reason(**reason) for reason in data["reasons"]),
    )


Predict = Callable[[str], Prediction | None]


def rank(
    candidates: Iterable[Candidate],
    predict: Predict,
    now: datetime,
    weights: Weights | None = None,
) -> tuple[RotaEntry, ...]:
    """Every candidate, the best first, those that cannot be asked for last.

    Args:
        candidates: all copies of the edition.
        predict: for a node, when a volume standing there could be ready; None when nothing goes there.
        now: the instant of the choice.
        weights: what the terms are worth.
    """
    entries = (_entry(candidate, predict, now, weights or Weights()) for candidate in candidates)
    return tuple(sorted(entries, key=_order))


def _entry(candidate: Candidate, predict: Predict, now: datetime, weights: Weights) -> RotaEntry:
    prediction = None if candidate.obstacles else predict(candidate.node)
    obstacles = candidate.obstacles
    if prediction is None and not obstacles:
        obstacles = ("unreachable",)
    if prediction is None:
        against = tuple(Reason(code, "", 0) for code in obstacles)
        return RotaEntry(candidate.owner, candidate.barcode, candidate.node, obstacles, None, None, against)
    reasons = tuple(_reasons(candidate, prediction, now, weights))
    return RotaEntry(
        owner=candidate.owner,
        barcode=candidate.barcode,
        lender=candidate.node,
        obstacles=(),
        score=sum(reason.minutes for reason in reasons),
        ready_at=prediction.ready_at,
        reasons=reasons,
    )


def _reasons(
    candidate: Candidate, prediction: Prediction, now: datetime, weights: Weights
) -> Iterable[Reason]:
    minutes = int((prediction.ready_at - now).total_seconds() // 60)
    yield Reason("time", prediction.ready_at.isoformat(), minutes)
    if prediction.handovers:
        yield Reason("handling", str(prediction.handovers), prediction.handovers * weights.handling)
    if candidate.net_lent:
        limit = weights.fairness_limit
        fairness = max(-limit, min(limit, candidate.net_lent * weights.fairness))
        yield Reason("fairness", str(candidate.net_lent), fairness)
    if candidate.queue:
        yield Reason("queue", str(candidate.queue), candidate.queue * weights.queue)
    if candidate.last_copy:
        yield Reason("last_copy", candidate.owner, weights.last_copy)


def _order(entry: RotaEntry) -> tuple[bool, int, str, str]:
    """Ties fall to the smaller key, so that the same world always gives the same rota."""
    return (entry.score is None, entry.score or 0, entry.owner, entry.barcode)
