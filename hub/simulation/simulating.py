"""Simulating a network: people act by chance on a hub under a simulated clock, and every promise is watched.

The promises that an event can break are checked after every event, all of them every simulated night.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import quantiles
from typing import Any

from hub.services.context import Hub, Role
from hub.services.doctor.examination import QUICK_CHECKS, examine, look
from hub.services.doctor.report import Examination
from hub.services.progress import Progress, unwatched
from hub.simulation.actors.city import City
from hub.simulation.actors.reader import Errand, WalkUp
from hub.simulation.actors.stage import COORDINATOR, Stage
from hub.simulation.calling import Caller
from hub.simulation.chances import ChanceConduct
from hub.simulation.demo.casting import Bookshelf
from hub.simulation.demo.catalogues import DemoNetwork
from hub.simulation.demo.chance import seeded
from hub.simulation.demo.people import demo_accounts, staff_login
from hub.simulation.demo.timing import FIRST_INSTANT
from hub.simulation.kernel import Agenda, run
from hub.simulation.scenario import REQUESTS_PER_WALK_UP, SimulationOrder, Wishes

OUTCOMES = ("filled", "unfilled", "cancelled", "open")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """What the simulated days came to: the same for the same order."""

    order: SimulationOrder
    events: int
    outcomes: Mapping[str, int]
    refused: Mapping[str, int]  #: requests that the hub would not take, by code
    days_to_ready: tuple[float, ...]
    loans: int
    walk_ups: int
    returns: int
    transport: Mapping[str, Any]
    surprises: Mapping[str, int]  #: other refusals, by operation and code
    violations: tuple[Mapping[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "days": self.order.days,
            "seed": self.order.seed,
            "events": self.events,
            "requests": sum(self.outcomes.values()) + sum(self.refused.values()),
            **self.outcomes,
            "refused": dict(self.refused),
            "median_days": _percentile(self.days_to_ready, 50),
            "p90_days": _percentile(self.days_to_ready, 90),
            "loans": self.loans,
            "walk_ups": self.walk_ups,
            "returns": self.returns,
            "km": self.transport["kilometres"],
            "transport": dict(self.transport),
            "surprises": dict(self.surprises),
            "violations": list(self.violations),
        }


@dataclass(slots=True)
class _Errands:
    requests: list[Errand] = field(default_factory=list)
    walk_ups: list[WalkUp] = field(default_factory=list)


class Simulation:
    """One simulation in progress."""

    def __init__(self, hub: Hub, caller: Caller, demo: DemoNetwork, order: SimulationOrder) -> None:
        """``caller`` is the actors' way to ``hub``; the catalogues of ``demo`` have been harvested."""
        network, streams = hub.network(), seeded(order.seed)
        self._hub = hub
        self._order = order
        self._stage = Stage(caller, Agenda(FIRST_INSTANT), network, ChanceConduct(streams))
        self._city = City(self._stage, _staff(hub))
        self._wishes = Wishes(Bookshelf(demo, network.nodes), network, streams)
        self._errands = _Errands()
        self._violations: dict[tuple[str, ...], Mapping[str, Any]] = {}

    async def run(self, progress: Progress = unwatched) -> SimulationReport:
        """Let the days pass."""
        agenda, caller = self._stage.agenda, self._stage.caller
        await caller.move_clock(agenda.now)
        events = 0
        for number in range(self._order.days):
            day = self._stage.network.calendars.local_day(agenda.now)
            self._want(day)
            await self._city.plan(day)
            events += await run(agenda, caller, self._city.next_midnight(agenda.now), self._glance)
            await self._examine()
            progress("simulate", number + 1, self._order.days)
        return await self._report(events)

    def _want(self, day: date) -> None:
        """Put a day's wishes on the agenda."""
        agenda, desks = self._stage.agenda, self._city.desks
        number = self._order.requests_per_day
        for at, intention in self._wishes.requests(day, number):
            errand = Errand(self._stage, desks, intention)
            self._errands.requests.append(errand)
            agenda.at(self._city.local(day, at), errand.begin)
        for at, visit in self._wishes.visits(day, number // REQUESTS_PER_WALK_UP):
            walk_up = WalkUp(self._stage, desks, visit)
            self._errands.walk_ups.append(walk_up)
            opens = self._stage.network.calendars.next_open(visit.node, self._city.local(day, at))
            agenda.at(opens, walk_up.begin)

    async def _glance(self) -> None:
        """The promises that any event may break."""
        now = self._hub.clock.now()
        found = await self._hub.store.read(lambda connection: look(connection, now, QUICK_CHECKS))
        if found:
            self._note(Examination(tuple(found)))

    async def _examine(self) -> None:
        """All promises."""
        self._note(await examine(self._hub))

    def _note(self, examination: Examination) -> None:
        """Each broken promise is told once, when it is first seen."""
        for one in examination.to_dict(self._stage.language)["violations"]:
            key = tuple(str(one[name]) for name in ("promise", "table", "row", "code"))
            self._violations.setdefault(key, {**one, "seen_at": self._hub.clock.now().isoformat()})

    async def _report(self, events: int) -> SimulationReport:
        shown = [
            await self._stage.ask(COORDINATOR, "requests.show", request=errand.request)
            for errand in self._errands.requests
            if errand.request
        ]
        board = await self._stage.ask(COORDINATOR, "transport.board")
        outcomes = Counter(one["outcome"] for one in shown)
        everybody: list[Errand | WalkUp] = [*self._errands.requests, *self._errands.walk_ups]
        return SimulationReport(
            order=self._order,
            events=events,
            outcomes={outcome: outcomes[outcome] for outcome in OUTCOMES},
            refused=_counted(errand.refused for errand in self._errands.requests if errand.refused),
            days_to_ready=tuple(sorted(filter(None, map(_days_to_ready, shown)))),
            loans=sum(errand.loan is not None for errand in self._errands.requests),
            walk_ups=sum(walk_up.loan is not None for walk_up in self._errands.walk_ups),
            returns=sum(one.returned is not None for one in everybody),
            transport=board["figures"],
            surprises=_counted(f"{one.operation} {one.code}" for one in self._stage.tally.surprises),
            violations=tuple(self._violations.values()),
        )


def _staff(hub: Hub) -> dict[str, str]:
    """Who works where; the staff of the library above look after kiosks."""
    nodes = hub.network().nodes
    logins = {account.node: account.login for account in demo_accounts(nodes) if account.role is Role.STAFF}
    kiosks = {
        node.code: staff_login(node.parent)
        for node in nodes
        if node.code not in logins and node.parent in logins and "pickup" in node.capabilities
    }
    return logins | kiosks


def _days_to_ready(shown: Mapping[str, Any]) -> float | None:
    """From the wish to the hold shelf; None when it never came so far."""
    ready = next((step["at"] for step in shown["steps"] if step["state"] == "ready"), None)
    if ready is None:
        return None
    return (datetime.fromisoformat(ready) - datetime.fromisoformat(shown["created_at"])) / DAY


def _percentile(values: tuple[float, ...], percent: int) -> float | None:
    if len(values) < 2:
        return round(values[0], 2) if values else None
    return round(quantiles(values, n=100, method="inclusive")[percent - 1], 2)


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
