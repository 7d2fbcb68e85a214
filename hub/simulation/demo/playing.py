"""Playing the scripted day: people act on the plan through the hub's public operations, and nothing else.

The day runs on, event by event, until every volume has come to rest: a book lent on Tuesday comes home the
week after.
"""

from __future__ import annotations

from datetime import datetime
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
from hub.simulation.demo.people import demo_accounts
from hub.simulation.demo.reporting import Played, report
from hub.simulation.demo.telling import DayReport
from hub.simulation.demo.timing import FIRST_INSTANT
from hub.simulation.kernel import Agenda, Happening, run

__all__ = ["DayReport", "play", "play_day"]

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
    return await play(caller, network, plan)


async def play(caller: Caller, network: Network, plan: Day) -> DayReport:
    """Play this plan until every volume has come to rest."""
    return await _Play(caller, network, plan).play()


class _Play:
    """One day in progress."""

    def __init__(self, caller: Caller, network: Network, plan: Day) -> None:
        self._conduct = ScriptedConduct()
        self._stage = Stage(caller, Agenda(FIRST_INSTANT), network, self._conduct)
        accounts = demo_accounts(network.nodes)
        staff = {account.node: account.login for account in accounts if account.role is Role.STAFF}
        people = {account.login: account for account in accounts}
        self._city = City(self._stage, staff)
        self._played = Played(
            plan,
            people,
            {each.key: self._errand(each, people[each.reader].card) for each in plan.requests},
            {each.key: self._walk_up(each) for each in plan.loans},
        )

    async def play(self) -> DayReport:
        """Let it happen, then look what came of it."""
        agenda, caller = self._stage.agenda, self._stage.caller
        self._put_on_agenda()
        await caller.move_clock(agenda.now)
        for _ in range(MOST_DAYS):
            await self._city.plan(self._stage.network.calendars.local_day(agenda.now))
            await run(agenda, caller, self._city.next_midnight(agenda.now))
            if self._played.is_over and await self._city.is_at_rest():
                break
        return await report(self._stage, self._played)

    def _put_on_agenda(self) -> None:
        agenda, played = self._stage.agenda, self._played
        for request in played.plan.requests:
            agenda.at(request.at, self._beginning(request))
        for loan in played.plan.loans:
            agenda.at(loan.at, played.walk_ups[loan.key].begin)
        for wish in played.plan.suggestions:
            agenda.at(wish.at, self._suggesting(wish))

    def _beginning(self, planned: PlannedRequest) -> Happening:
        async def begin(now: datetime) -> None:
            errand = self._played.errands[planned.key]
            await errand.begin(now)
            if errand.request and is_eventful(planned.story):
                shown = await self._stage.ask(COORDINATOR, "requests.show", request=errand.request)
                self._conduct.befall(planned.story, shown["supplies"][-1])

        return begin

    def _suggesting(self, planned: PlannedSuggestion) -> Happening:
        async def begin(now: datetime) -> None:
            del now
            if await find(self._stage, planned.reader, Wanted(planned.title)) is None:
                offered = {"title": planned.title, "author": planned.author, "query": planned.title}
                self._played.suggested[planned.key] = await suggest(
                    self._stage, planned.reader, planned.key, offered
                )

        return begin

    def _errand(self, planned: PlannedRequest, card: str) -> Errand:
        intention = Intention(
            key=planned.key,
            reader=planned.reader,
            card=card,
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
