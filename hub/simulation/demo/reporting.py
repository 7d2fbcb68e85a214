"""Looking at a day that was played: what the hub shows of every errand afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from hub.services.accounts import NewAccount
from hub.simulation.actors.reader import Errand, WalkUp
from hub.simulation.actors.stage import COORDINATOR, Stage
from hub.simulation.demo.day import Day
from hub.simulation.demo.outcomes import Ending, went_as_planned
from hub.simulation.demo.telling import DayReport, Told
from hub.simulation.demo.timing import FIRST_INSTANT

#: the coordinator's view of each request, by the plan's key; empty where it was refused
Shown = Mapping[str, Mapping[str, Any]]
ALL = 200


@dataclass(frozen=True, slots=True)
class Played:
    """A plan and the errands by which it was carried out."""

    plan: Day
    people: Mapping[str, NewAccount]  #: by login
    errands: Mapping[str, Errand]  #: by the plan's key
    walk_ups: Mapping[str, WalkUp]
    suggested: dict[str, str] = field(default_factory=dict)  #: suggestions' ids by the plan's key

    @property
    def everybody(self) -> list[Errand | WalkUp]:
        """Every errand of either kind."""
        return [*self.errands.values(), *self.walk_ups.values()]

    @property
    def is_over(self) -> bool:
        """Whether no reader has anything left to do."""
        return all(errand.is_over for errand in self.everybody)


async def report(stage: Stage, played: Played) -> DayReport:
    """Ask the hub what came of it all."""
    shown = {key: await _shown(stage, errand) for key, errand in played.errands.items()}
    board = await stage.ask(COORDINATOR, "transport.board")
    wishes = await stage.ask(COORDINATOR, "suggestions.list", limit=ALL)
    told = [*_requests(stage, played, shown), *_loans(played), *_suggestions(played)]
    return DayReport(
        network=stage.network,
        begun=FIRST_INSTANT,
        ended=stage.agenda.now,
        requests=_counted(played.errands, shown),
        hours_to_ready=_hours_to_ready(shown),
        loans=sum(errand.loan is not None for errand in played.errands.values()),
        walk_ups=sum(walk_up.loan is not None for walk_up in played.walk_ups.values()),
        returned_elsewhere=sum(_elsewhere(errand) for errand in played.everybody if errand.returned),
        suggestions=wishes["total"],
        transport=board["figures"],
        stories=tuple(sorted(told, key=lambda one: (one.at, one.key))),
        surprises=tuple(map(str, stage.tally.surprises)),
    )


async def _shown(stage: Stage, errand: Errand) -> Mapping[str, Any]:
    if not errand.request:
        return {}
    return await stage.ask(COORDINATOR, "requests.show", request=errand.request)


def _requests(stage: Stage, played: Played, shown: Shown) -> list[Told]:
    endings = [
        Ending(each, played.errands[each.key], shown[each.key], stage.tally) for each in played.plan.requests
    ]
    return [
        Told(
            key=ending.planned.key,
            at=ending.planned.at,
            story=ending.planned.story.key,
            reader=played.people[ending.planned.reader].name,
            book=ending.planned.book.title,
            node=ending.planned.pickup,
            as_planned=went_as_planned(ending),
            outcome=ending.outcome,
        )
        for ending in endings
    ]


def _loans(played: Played) -> list[Told]:
    return [
        Told(
            key=loan.key,
            at=loan.at,
            story=loan.key.rpartition("-")[0],
            reader=played.people[loan.reader].name,
            book=loan.volume.title,
            node=loan.node,
            as_planned=played.walk_ups[loan.key].returned is not None,
            outcome="not_returned",
        )
        for loan in played.plan.loans
    ]


def _suggestions(played: Played) -> list[Told]:
    return [
        Told(
            key=wish.key,
            at=wish.at,
            story=wish.key,
            reader=played.people[wish.reader].name,
            book=wish.title,
            node="",
            as_planned=bool(played.suggested.get(wish.key)),
            outcome="not_suggested",
        )
        for wish in played.plan.suggestions
    ]


def _elsewhere(errand: Errand | WalkUp) -> bool:
    assert errand.loan is not None
    place = errand.wish.return_at if isinstance(errand, Errand) else errand.visit.return_at
    return bool(errand.loan["node"] != place)


def _counted(errands: Mapping[str, Errand], shown: Shown) -> dict[str, int]:
    outcomes = Counter(str(one["outcome"]) for one in shown.values() if one)
    return {
        "total": len(errands),
        **{outcome: outcomes[outcome] for outcome in ("filled", "unfilled", "cancelled", "open")},
        "refused": sum(bool(errand.refused) for errand in errands.values()),
    }


def _hours_to_ready(shown: Shown) -> dict[str, float]:
    hours = []
    for one in shown.values():
        ready = next((step["at"] for step in one.get("steps", ()) if step["state"] == "ready"), None)
        if ready is not None:
            taken: timedelta = datetime.fromisoformat(ready) - datetime.fromisoformat(one["created_at"])
            hours.append(taken.total_seconds() / 3600)
    if not hours:
        return {"median": 0.0, "most": 0.0}
    return {"median": round(median(hours), 1), "most": round(max(hours), 1)}
