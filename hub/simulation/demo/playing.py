"""Playing the scripted day: people act on the plan through the hub's public operations, and nothing else.

The day runs on, event by event, until every volume has come to rest: a book lent on Tuesday comes home the
week after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from hub.kernel.volumes import Volume
from hub.services.context import Role
from hub.services.networks import Network
from hub.simulation.actors.city import City
from hub.simulation.actors.reader import Errand, Intention, Visit, WalkUp, Wanted, find, suggest
from hub.simulation.actors.stage import COORDINATOR, Stage
from hub.simulation.calling import Caller
from hub.simulation.demo.casting import Bookshelf
from hub.simulation.demo.catalogues import DemoNetwork
from hub.simulation.demo.chance import seeded
from hub.simulation.demo.day import Day, PlannedLoan, PlannedRequest, PlannedSuggestion, plan_day
from hub.simulation.demo.fates import ScriptedConduct, is_eventful
from hub.simulation.demo.outcomes import Ending, went_as_planned
from hub.simulation.demo.people import demo_accounts
from hub.simulation.demo.telling import DayReport, Told
from hub.simulation.demo.timing import FIRST_INSTANT
from hub.simulation.kernel import Agenda, run

__all__ = ["DayReport", "play_day"]

#: the day is broken off when books are not home by then; nothing takes so long
MOST_DAYS = 35


async def play_day(caller: Caller, demo: DemoNetwork, network: Network, seed: int) -> DayReport:
    """Play the scripted day until every volume has come to rest.

    Args:
        caller: the way to the hub.
        demo: the catalogues, from which the day is cast.
        network: what hangs on the wall of every library: hours and timetable.
        seed: the same seed plays the same day.
    """
    zone = ZoneInfo(network.calendars.zone)
    day = FIRST_INSTANT.astimezone(zone).date()
    plan = plan_day(Bookshelf(demo, network.nodes), network.nodes, seeded(seed), day, zone)
    return await _Play(caller, network, plan).play()


class _Play:
    """One day in progress."""

    def __init__(self, caller: Caller, network: Network, plan: Day) -> None:
        self._conduct = ScriptedConduct()
        self._stage = Stage(caller, Agenda(FIRST_INSTANT), network, self._conduct)
        accounts = demo_accounts(network.nodes)
        staff = {account.node: account.login for account in accounts if account.role is Role.STAFF}
        self._people = {account.login: account for account in accounts}
        self._city = City(self._stage, staff)
        self._errands = {each.key: self._errand(each) for each in plan.requests}
        self._walk_ups = {each.key: self._walk_up(each) for each in plan.loans}
        self._suggested: dict[str, str] = {}
        self._plan = plan

    async def play(self) -> DayReport:
        """Let it happen, then look what came of it."""
        agenda, caller = self._stage.agenda, self._stage.caller
        self._put_on_agenda()
        await caller.move_clock(agenda.now)
        for _ in range(MOST_DAYS):
            await self._city.plan(self._stage.network.calendars.local_day(agenda.now))
            await run(agenda, caller, self._city.next_midnight(agenda.now))
            if await self._is_over():
                break
        return await self._report()

    def _put_on_agenda(self) -> None:
        agenda = self._stage.agenda
        for request in self._plan.requests:
            agenda.at(request.at, self._beginning(request))
        for loan in self._plan.loans:
            agenda.at(loan.at, self._walk_ups[loan.key].begin)
        for wish in self._plan.suggestions:
            agenda.at(wish.at, self._suggesting(wish))

    def _beginning(self, planned: PlannedRequest) -> Any:
        async def begin(now: datetime) -> None:
            errand = self._errands[planned.key]
            await errand.begin(now)
            if errand.request and is_eventful(planned.story):
                shown = await self._stage.ask(COORDINATOR, "requests.show", request=errand.request)
                self._conduct.befall(planned.story, shown["supplies"][-1])

        return begin

    def _suggesting(self, planned: PlannedSuggestion) -> Any:
        async def begin(now: datetime) -> None:
            del now
            wanted = Wanted(planned.title, author=planned.author)
            if await find(self._stage, planned.reader, wanted) is None:
                offered = {"title": planned.title, "author": planned.author, "query": planned.title}
                self._suggested[planned.key] = await suggest(
                    self._stage, planned.reader, planned.key, offered
                )

        return begin

    def _errand(self, planned: PlannedRequest) -> Errand:
        intention = Intention(
            key=planned.key,
            reader=planned.reader,
            card=self._people[planned.reader].card,
            wanted=Wanted(planned.book.title, planned.book.isbn),
            pickup=planned.pickup,
            return_at=planned.return_at,
            keeps=planned.keeps,
            conduct=planned.story.reader,
            waits=planned.story.waits,
        )
        return Errand(self._stage, self._city.desks, intention)

    def _walk_up(self, planned: PlannedLoan) -> WalkUp:
        volume = Volume(planned.volume.owner, planned.volume.barcode)
        visit = Visit(
            planned.key, planned.reader, planned.card, planned.node, volume, planned.return_at, planned.keeps
        )
        return WalkUp(self._stage, self._city.desks, visit)

    async def _is_over(self) -> bool:
        return all(errand.is_over for errand in self._everybody()) and await self._city.is_at_rest()

    def _everybody(self) -> list[Errand | WalkUp]:
        return [*self._errands.values(), *self._walk_ups.values()]

    # What came of it.

    async def _report(self) -> DayReport:
        shown = {key: await self._shown(errand) for key, errand in self._errands.items()}
        board = await self._stage.ask(COORDINATOR, "transport.board")
        wishes = await self._stage.ask(COORDINATOR, "suggestions.list", limit=200)
        returned = [one for one in self._everybody() if one.returned]
        return DayReport(
            network=self._stage.network,
            begun=FIRST_INSTANT,
            ended=self._stage.agenda.now,
            requests=_counted(self._errands, shown),
            hours_to_ready=_hours_to_ready(shown),
            loans=sum(errand.loan is not None for errand in self._errands.values()),
            walk_ups=sum(walk_up.loan is not None for walk_up in self._walk_ups.values()),
            returned_elsewhere=sum(_elsewhere(one) for one in returned),
            suggestions=wishes["total"],
            transport=board["figures"],
            stories=tuple(sorted(self._told(shown), key=lambda told: (told.at, told.key))),
            surprises=tuple(self._stage.tally.surprises),
        )

    async def _shown(self, errand: Errand) -> Mapping[str, Any]:
        if not errand.request:
            return {}
        return await self._stage.ask(COORDINATOR, "requests.show", request=errand.request)

    def _told(self, shown: Mapping[str, Mapping[str, Any]]) -> list[Told]:
        told = []
        for each in self._plan.requests:
            ending = Ending(each, self._errands[each.key], shown[each.key], self._stage.tally)
            told.append(
                Told(
                    each.key, each.at, each.story.key, self._people[each.reader].name, each.book.title,
                    each.pickup, went_as_planned(ending), ending.outcome,
                )
            )  # fmt: skip
        for loan in self._plan.loans:
            returned = self._walk_ups[loan.key].returned is not None
            told.append(
                Told(
                    loan.key, loan.at, loan.key.rpartition("-")[0], self._people[loan.reader].name,
                    loan.volume.title, loan.node, returned, "not_returned",
                )
            )  # fmt: skip
        for wish in self._plan.suggestions:
            made = bool(self._suggested.get(wish.key))
            told.append(
                Told(
                    wish.key, wish.at, wish.key, self._people[wish.reader].name, wish.title, "", made,
                    "not_suggested",
                )
            )  # fmt: skip
        return told


def _elsewhere(errand: Errand | WalkUp) -> bool:
    assert errand.loan is not None
    place = errand.wish.return_at if isinstance(errand, Errand) else errand.visit.return_at
    return bool(errand.loan["node"] != place)


def _counted(errands: Mapping[str, Errand], shown: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    outcomes = Counter(str(one["outcome"]) for one in shown.values() if one)
    return {
        "total": len(errands),
        **{outcome: outcomes[outcome] for outcome in ("filled", "unfilled", "cancelled", "open")},
        "refused": sum(bool(errand.refused) for errand in errands.values()),
    }


def _hours_to_ready(shown: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    hours = []
    for one in shown.values():
        ready = next((step["at"] for step in one.get("steps", ()) if step["state"] == "ready"), None)
        if ready is not None:
            taken: timedelta = datetime.fromisoformat(ready) - datetime.fromisoformat(one["created_at"])
            hours.append(taken.total_seconds() / 3600)
    if not hours:
        return {"median": 0.0, "most": 0.0}
    return {"median": round(median(hours), 1), "most": round(max(hours), 1)}
