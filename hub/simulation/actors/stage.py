"""What every actor is handed: the way to the hub, the agenda, and what everybody can see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hub.services.networks import Network
from hub.simulation.actors.conduct import Conduct
from hub.simulation.actors.world import Surprise, Tally, World
from hub.simulation.calling import Caller, Refused, Silence, Wish
from hub.simulation.kernel import Agenda

#: the account that looks after the whole network
COORDINATOR = "coordinator"
SILENCE = "silence"


@dataclass(slots=True)
class Stage:
    """Shared by all actors. ``network`` is what hangs on the wall of every library: hours and timetable."""

    caller: Caller
    agenda: Agenda
    network: Network
    conduct: Conduct
    language: str = "zh"
    world: World = field(default_factory=World)
    tally: Tally = field(default_factory=Tally)

    async def ask(self, actor: str, operation: str, key: str = "", /, **data: Any) -> dict[str, Any]:
        """Ask the hub.

        Raises:
            Refused: the hub said no.
            Silence: no answer came.
        """
        return await self.caller.call(Wish(actor, operation, data, key))

    async def attempt(
        self, actor: str, operation: str, key: str = "", /, **data: Any
    ) -> dict[str, Any] | None:
        """Ask the hub for something that should be granted; None when it was not, which is noted."""
        try:
            return await self.ask(actor, operation, key, **data)
        except Refused as no:
            self.tally.surprises.append(Surprise(actor, operation, key, no.code))
        except Silence:
            self.tally.surprises.append(Surprise(actor, operation, key, SILENCE))
        return None
