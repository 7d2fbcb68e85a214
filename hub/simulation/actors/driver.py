"""Drivers and couriers: from stop to stop by the timetable, with what the staff have sealed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from hub.simulation.actors.stage import Stage

COURIER = "courier"

Trip = Mapping[str, Any]


class Driver:
    """Everybody who drives. ``login`` is the account of the vehicles' scanners."""

    def __init__(self, stage: Stage, login: str, staffed: Collection[str]) -> None:
        """``staffed`` are the nodes where somebody takes in what a driver puts down."""
        self._stage = stage
        self._login = login
        self._staffed = frozenset(staffed)
        self._left_at: dict[tuple[str, str], int] = {}  # (trip, tote) -> the wrong stop it will be left at

    async def plan(self, day: date) -> None:
        """Put the day's stops on the agenda."""
        answer = await self._stage.attempt(self._login, "trips.today", day=day.isoformat())
        for trip in answer["trips"] if answer else ():
            if trip["day"] != day.isoformat():
                continue  # still under way since an earlier day, and on the agenda since then
            for stop in trip["stops"]:
                at = datetime.fromisoformat(stop["planned_at"])
                self._stage.agenda.at(at, partial(self._call_at, trip, stop["stop"]))

    async def _call_at(self, trip: Trip, position: int, now: datetime) -> None:
        del now
        if trip["kind"] == COURIER and not self._is_wanted(trip, position):
            return  # couriers are called; vans call
        code = trip["trip"]
        answer = await self._stage.attempt(
            self._login, "trips.arrive", f"arrive/{code}/{position}", trip=code, stop=position
        )
        if answer is None:
            return
        await self._put_down(trip, position, answer["unload"])
        await self._take_up(trip, position, answer["load"])
        if position == len(trip["stops"]) - 1:
            await self._end(trip)

    def _is_wanted(self, trip: Trip, position: int) -> bool:
        world = self._stage.world
        later = {stop["node"] for stop in trip["stops"][position + 1 :]}
        waiting = world.outgoing[trip["stops"][position]["node"]]
        return bool(world.aboard[trip["trip"]]) or any(world.labels[tote] in later for tote in waiting)

    async def _put_down(self, trip: Trip, position: int, listed: list[str]) -> None:
        code, node = trip["trip"], trip["stops"][position]["node"]
        aboard, dock = self._stage.world.aboard[code], self._stage.world.docks[node]
        for tote in list(aboard):
            if self._left_at.get((code, tote)) == position:
                # Nobody scans what is put down by mistake.
                aboard.remove(tote)
                dock.append(tote)
            elif tote in listed and (code, tote) not in self._left_at:
                answer = await self._stage.attempt(
                    self._login, "trips.unload", f"unload/{code}/{tote}", trip=code, tote=tote
                )
                if answer is not None:
                    aboard.remove(tote)
                    dock.append(tote)

    async def _take_up(self, trip: Trip, position: int, listed: list[str]) -> None:
        code, node = trip["trip"], trip["stops"][position]["node"]
        for tote in listed:
            if tote not in self._stage.world.outgoing[node]:
                continue
            answer = await self._stage.attempt(
                self._login, "trips.load", f"load/{code}/{tote}", trip=code, tote=tote
            )
            if answer is None:
                continue
            self._stage.world.outgoing[node].remove(tote)
            self._stage.world.aboard[code].append(tote)
            self._maybe_err(trip, position, tote, answer["destination"])

    def _maybe_err(self, trip: Trip, position: int, tote: str, destination: str) -> None:
        """Decide whether this tote will be left at a stop where it does not belong."""
        hub = self._stage.network.sorting_hub
        wrong = [
            stop["stop"]
            for stop in trip["stops"][position + 1 :]
            if stop["node"] in self._staffed and stop["node"] not in {destination, hub}
        ]
        if wrong and self._stage.conduct.goes_astray(tote, self._stage.world.contents[tote]):
            self._left_at[trip["trip"], tote] = wrong[0]

    async def _end(self, trip: Trip) -> None:
        """End a round that did not end by itself because a tote is missing from the vehicle."""
        code = trip["trip"]
        if any(left == code for left, _ in self._left_at):
            shown = await self._stage.attempt(self._login, "trips.show", trip=code)
            if shown is not None and shown["state"] == "running":
                await self._stage.attempt(self._login, "trips.finish", f"finish/{code}", trip=code)
