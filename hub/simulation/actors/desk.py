"""The staff of one library: the working round, and readers at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.kernel.calendars import NeverOpensError
from hub.kernel.volumes import Volume
from hub.messages.catalogue import text
from hub.simulation.actors.stage import Stage

#: how often staff look at their list while the doors are open
ROUND = timedelta(minutes=30)
TOTE_HOLDS = 40

Entry = Mapping[str, Any]


class Desk:
    """One library's staff."""

    def __init__(self, stage: Stage, node: str, login: str) -> None:
        """``login`` is the account of the staff of ``node``."""
        self.node = node
        self._stage = stage
        self._login = login
        self._open_totes: dict[str, str] = {}  # by next stop

    def has_totes(self) -> bool:
        """Whether something stands here that needs no list to be seen."""
        return bool(self._stage.world.docks[self.node] or self._open_totes)

    def take_over(self, tote: str, stop: str) -> None:
        """Go on with an open tote that somebody else began."""
        self._open_totes[stop] = tote

    async def round(self, now: datetime, *, listed: bool, cases: bool) -> None:
        """One working round.

        Args:
            now: the instant.
            listed: whether the hub's list says that something waits here.
            cases: whether this is the round in which exceptions are looked into.
        """
        opened = await self._receive()
        if listed or opened:
            today = await self._stage.attempt(self._login, "desk.today", node=self.node)
            if today is not None:
                await self._work_off(today, now, cases=cases)
        await self._seal(now)

    async def hand_out(self, request: str, card: str) -> dict[str, Any] | None:
        """A reader has come for what is held; the loan, or None when it cannot be had."""
        return await self._stage.attempt(
            self._login, "holds.issue", f"issue/{request}", request=request, card=card
        )

    async def lend(self, key: str, volume: Volume, card: str) -> dict[str, Any] | None:
        """A reader has taken a volume to the desk; the loan, or None when it cannot be lent."""
        return await self._scan("loans.walk_up", key, owner=volume.owner, barcode=volume.barcode, card=card)

    async def take_back(self, key: str, volume: Volume) -> dict[str, Any] | None:
        """A reader has put a volume on the desk."""
        return await self._scan("returns.scan", key, owner=volume.owner, barcode=volume.barcode)

    async def _scan(self, operation: str, key: str, **data: Any) -> dict[str, Any] | None:
        """Scan something here: staff of a library also work at the kiosks below it, and say where."""
        return await self._stage.attempt(self._login, operation, key, node=self.node, **data)

    async def _work_off(self, today: Entry, now: datetime, *, cases: bool) -> None:
        for entry in today["hold_shelf"]:
            await self._look_at(entry)
        for entry in today["to_answer"]:
            await self._answer(entry)
        for entry in today["to_pick"]:
            await self._pick(entry)
        for entry in today["to_pack"]:
            await self._pack(entry, now)
        for case in today["cases"] if cases else ():
            await self._look_into(case, now)

    # Arrivals.

    async def _receive(self) -> bool:
        """Open what was put down here; whether anything was."""
        dock = self._stage.world.docks[self.node]
        found = bool(dock)
        for tote in list(dock):
            answer = await self._scan("totes.receive", f"receive/{self.node}/{tote}", tote=tote)
            if answer is None:
                continue
            if answer["verdict"] == "wrong_destination":
                dock.remove(tote)
                self._stage.world.labels[tote] = answer["next_stop"]
                self._stage.world.outgoing[self.node].append(tote)
                self._stage.tally.misdelivered.append(tote)
            elif await self._empty(tote):
                dock.remove(tote)
        return found

    async def _empty(self, tote: str) -> bool:
        """Scan everything out; whether that was finished."""
        inside = self._stage.world.contents[tote]
        for volume in list(inside):
            answer = await self._scan(
                "totes.unpack", f"unpack/{tote}/{volume}",
                tote=tote, owner=volume.owner, barcode=volume.barcode,
            )  # fmt: skip
            if answer is None:
                return False
            inside.remove(volume)
        closed = await self._scan("totes.reconcile", f"reconcile/{tote}", tote=tote)
        if closed is not None:
            del self._stage.world.contents[tote]
        return closed is not None

    async def _look_at(self, entry: Entry) -> None:
        """What is to be handed out is looked at first."""
        volume = _volume(entry)
        if self._stage.conduct.is_right(volume):
            return
        supply = entry["supply"]
        answer = await self._stage.attempt(
            self._login, "supplies.report", f"wrong/{supply}", supply=supply, problem="wrong_volume"
        )
        if answer is not None:
            self._stage.tally.wrong.append(volume)

    # What others ask for.

    async def _answer(self, entry: Entry) -> None:
        supply = entry["supply"]
        said = self._stage.conduct.answer(supply, _volume(entry), self.node)
        if said is not None:
            await self._stage.attempt(
                self._login, "supplies.answer", f"answer/{supply}", supply=supply, answer=said
            )

    async def _pick(self, entry: Entry) -> None:
        supply = entry["supply"]
        await self._stage.attempt(
            self._login, "supplies.pick", f"pick/{supply}", supply=supply, barcode=entry["barcode"]
        )

    # What leaves.

    async def _pack(self, entry: Entry, now: datetime) -> None:
        journey = self._stage.network.arrivals.journey(self.node, entry["destination"], now)
        if journey is None or not journey.legs:
            return  # nothing goes there yet; it stays on the list
        tote = await self._tote_for(journey.legs[0].destination, now)
        if tote is None:
            return
        volume = _volume(entry)
        answer = await self._scan(
            "totes.pack", f"pack/{tote}/{volume}",
            tote=tote, owner=volume.owner, barcode=volume.barcode,
        )  # fmt: skip
        if answer is not None and volume not in self._stage.world.contents[tote]:
            self._stage.world.contents[tote].append(volume)

    async def _tote_for(self, stop: str, now: datetime) -> str | None:
        tote = self._open_totes.get(stop)
        if tote is not None and len(self._stage.world.contents[tote]) < TOTE_HOLDS:
            return tote
        if tote is not None:
            await self._close(stop)
        opened = await self._scan(
            "totes.open", f"open/{self.node}/{stop}/{now.isoformat()}", destination=stop
        )
        if opened is None:
            return None
        self._open_totes[stop] = opened["tote"]
        self._stage.world.contents.setdefault(opened["tote"], [])
        self._stage.world.labels[opened["tote"]] = stop
        return self._open_totes[stop]

    async def _seal(self, now: datetime) -> None:
        """Seal what would miss its vehicle if it stood open until the next round."""
        later = self._next_round(now)
        arrivals = self._stage.network.arrivals
        for stop in sorted(self._open_totes):
            if not self._stage.world.contents[self._open_totes[stop]]:
                continue
            sooner = arrivals.journey(self.node, stop, now)
            if sooner is not None and sooner != arrivals.journey(self.node, stop, later):
                await self._close(stop)

    async def _close(self, stop: str) -> None:
        tote = self._open_totes[stop]
        sealed = await self._scan("totes.seal", f"seal/{tote}", tote=tote, seal=f"S{tote[-6:]}")
        if sealed is not None:
            del self._open_totes[stop]
            self._stage.world.outgoing[self.node].append(tote)

    def _next_round(self, now: datetime) -> datetime:
        try:
            return self._stage.network.calendars.next_open(self.node, now + ROUND)
        except NeverOpensError:
            return now + ROUND

    # Exceptions.

    async def _look_into(self, case: Entry, now: datetime) -> None:
        resolution = "resolved_seen"
        if case["kind"] == "not_on_shelf":
            volume = Volume(*case["subject"].split("/", 1))
            since = datetime.fromisoformat(case["opened_at"])
            if not self._stage.conduct.turns_up(volume, since, now):
                return
            back = await self.take_back(f"found/{case['case']}", volume)
            if back is None:
                return
            self._stage.tally.found.append(volume)
            resolution = "resolved_found"
        await self._stage.attempt(
            self._login, "cases.close", f"close/{case['case']}",
            case=case["case"], resolution=text(f"demo.{resolution}", self._stage.language),
        )  # fmt: skip


def _volume(entry: Entry) -> Volume:
    return Volume(entry["owner"], entry["barcode"])
