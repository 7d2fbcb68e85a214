"""The demonstration after its day: it stays up, and visitors may let time pass.

When a visitor moves the clock on, the simulated staff and drivers work through the time that passes, so that
what the visitor asked for is answered, packed and carried. What readers do is left to the visitor, who may
also do any of the staff's work by hand: each morning the staff look around and find things as they are.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from typing import Any

from pydantic import Field

from hub.errors import Conflict
from hub.kernel.volumes import Volume
from hub.services.context import Hub, Principal, Role
from hub.services.operations import SIGNED_IN, Input, Operation
from hub.simulation.actors.city import City
from hub.simulation.actors.conduct import FaultlessConduct
from hub.simulation.actors.stage import COORDINATOR, Stage
from hub.simulation.calling import Caller
from hub.simulation.demo.people import demo_accounts
from hub.simulation.kernel import Agenda, Happening, run

#: visitors arrive when libraries are open
MORNING = time(9, 30)


class PassDays(Input):
    """How many days to let pass; each ends at half past nine in the morning."""

    days: int = Field(default=1, ge=1, le=7)


class _FromNowOn(Agenda):
    """Leaves out what was planned for a time that has been worked through already."""

    def __init__(self, start: datetime, worked_until: datetime) -> None:
        super().__init__(start)
        self._worked_until = worked_until

    def at(self, instant: datetime, happening: Happening) -> None:
        """Plan something, unless it was done."""
        if instant >= self._worked_until:
            super().at(instant, happening)


class StandingCity:
    """The staff and drivers who go on working, a day at a time."""

    def __init__(self, caller: Caller, hub: Hub) -> None:
        """``caller`` reaches the hub in process: nobody waits for sockets here."""
        self._hub = hub
        self._caller = caller
        self._one_at_a_time = asyncio.Lock()
        self._worked_until: datetime | None = None  #: until the scripted day is over
        accounts = demo_accounts(hub.network().nodes)
        self._staff = {account.node: account.login for account in accounts if account.role is Role.STAFF}

    def open(self) -> None:
        """The scripted day is over: from here on visitors may let time pass."""
        self._worked_until = self._hub.clock.now()

    async def until_morning(self) -> datetime:
        """Let everybody work until the next morning; the instant it is then.

        Raises:
            Conflict: the scripted day is still being played.
        """
        async with self._one_at_a_time:
            if self._worked_until is None:
                raise Conflict("demo.day_not_over")
            now, calendars = self._hub.clock.now(), self._hub.network().calendars
            stage = Stage(
                self._caller, _FromNowOn(now, self._worked_until), self._hub.network(), FaultlessConduct()
            )
            city = City(stage, self._staff)
            await self._look_around(stage, city)
            today = calendars.local_day(now)
            morning = calendars.instant(today, MORNING)
            if morning <= now:
                morning = calendars.instant(today + timedelta(days=1), MORNING)
            day = calendars.local_day(self._worked_until)
            while day <= calendars.local_day(morning):
                await city.plan(day)
                day += timedelta(days=1)
            await run(stage.agenda, self._caller, morning)
            self._worked_until = morning
            return morning

    async def _look_around(self, stage: Stage, city: City) -> None:
        """See which totes stand where, whoever packed them."""
        for node, desk in city.desks.items():
            listed = await stage.attempt(COORDINATOR, "totes.list", node=node)
            if listed is None:
                continue
            for tote in listed["open"]:
                desk.take_over(tote["tote"], tote["destination"])
            for tote in listed["to_load"]:
                stage.world.outgoing[node].append(tote["tote"])
            for tote in listed["to_open"]:
                stage.world.docks[node].append(tote["tote"])
            for tote in listed["coming"]:
                stage.world.aboard[tote["trip"]].append(tote["tote"])
            for group in ("open", "to_load", "to_open", "coming"):
                for tote in listed[group]:
                    await self._look_into(stage, tote["tote"], tote["destination"])

    async def _look_into(self, stage: Stage, tote: str, destination: str) -> None:
        shown = await stage.attempt(COORDINATOR, "totes.show", tote=tote)
        inside = [
            Volume(row["owner"], row["barcode"])
            for row in (shown["contents"] if shown else ())
            if row["unpacked_at"] is None and not row["discrepancy"]
        ]
        stage.world.contents[tote] = inside
        stage.world.labels[tote] = destination


def standing_operations(city: StandingCity) -> tuple[Operation, ...]:
    """What visitors may ask of the demonstration."""

    async def pass_days(hub: Hub, principal: Principal, command: PassDays) -> dict[str, Any]:
        del principal
        for _ in range(command.days):
            await city.until_morning()
        return {"now": hub.clock.now().isoformat()}

    return (
        Operation(
            "demo.pass_days", "POST", "/api/v1/demo/days", SIGNED_IN, PassDays,
            "Let days pass while the simulated staff and drivers work.", ask=pass_days,
        ),
    )  # fmt: skip
