"""Everybody who works in the network, day by day: the desks' rounds and the drivers' stops."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from hub.simulation.actors.desk import ROUND, Desk
from hub.simulation.actors.driver import Driver
from hub.simulation.actors.stage import COORDINATOR, Stage

DRIVER = "driver"
FIRST_ROUND = time(8, 30)
LAST_ROUND = time(20, 30)
#: when staff look into exceptions
CASES_AT = time(14, 0)
#: work that shows on the hub's overview and sends staff on a round; what is ready waits for its reader
CALLS = ("to_answer", "to_pick", "to_pack", "totes_to_open")


class City:
    """The working network."""

    def __init__(self, stage: Stage, staff: Mapping[str, str]) -> None:
        """``staff`` maps each staffed node to the login of its staff."""
        self._stage = stage
        self.desks = {node: Desk(stage, node, login) for node, login in sorted(staff.items())}
        self._driver = Driver(stage, DRIVER, staff)

    async def plan(self, day: date) -> None:
        """Put a day's work on the agenda."""
        await self._driver.plan(day)
        at = self.local(day, FIRST_ROUND)
        while at <= self.local(day, LAST_ROUND):
            self._stage.agenda.at(at, self._round)
            at += ROUND

    def local(self, day: date, at: time) -> datetime:
        """The instant of a local time."""
        return self._stage.network.calendars.instant(day, at)

    async def _round(self, now: datetime) -> None:
        """Staff look at their lists; only those go to work who see something."""
        listed = await self._lists()
        cases_now = now == self.local(self._stage.network.calendars.local_day(now), CASES_AT)
        for node, desk in self.desks.items():
            if not self._stage.network.calendars.is_open(node, now):
                continue
            waiting = listed.get(node, {})
            called = any(waiting.get(kind) for kind in CALLS)
            called = called or bool(waiting.get("cases") and cases_now)
            if called or desk.has_totes():
                await desk.round(now, listed=called, cases=cases_now)

    async def _lists(self) -> dict[str, dict[str, Any]]:
        answer = await self._stage.attempt(COORDINATOR, "desks.overview")
        return {desk["node"]: desk for desk in answer["desks"]} if answer else {}

    async def is_at_rest(self) -> bool:
        """Whether nothing is left to be done or carried, so that another day would change nothing."""
        if not self._stage.world.is_at_rest:
            return False
        listed = await self._lists()
        return not any(
            listed[node][kind] for node in self.desks if node in listed for kind in (*CALLS, "ready", "cases")
        )

    def next_midnight(self, now: datetime) -> datetime:
        """When the next day begins."""
        calendars = self._stage.network.calendars
        return calendars.instant(calendars.local_day(now) + timedelta(days=1), time(0, 0))
