"""How actors reach the hub: by operation name, under an idempotency key, over a network or in process.

The demonstration calls over HTTP on a real socket; the simulator calls the same operations in process. Either
way an actor sees an answer, a refusal, or silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from hub.errors import HubError
from hub.services.context import Hub, Principal
from hub.services.operations import Operation
from hub.services.performing import perform
from hub.services.working import work_off
from hub.simulation.clock import SettableClock, strikes_between


class Refused(Exception):
    """The hub said no."""

    def __init__(self, code: str, sentence: str, values: Mapping[str, Any]) -> None:
        """``code`` is the message's key, ``sentence`` what a person reads, ``values`` its particulars."""
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
        self.values = dict(values)


class Silence(Exception):
    """No answer came. The wish may or may not have been performed: ask again under the same key."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing an actor asks of the hub. ``actor`` is a login of the demonstration's people."""

    actor: str
    operation: str
    data: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""  #: names the wish; the same wish repeated has the same key


class Caller(Protocol):
    """The way to a hub."""

    async def call(self, wish: Wish) -> dict[str, Any]:
        """Ask.

        Raises:
            Refused: the hub said no.
            Silence: no answer came.
        """
        ...

    async def move_clock(self, instant: datetime) -> None:
        """Move the hub's clock to ``instant`` and let everything happen that falls due by then."""
        ...


class InProcessCaller:
    """Calls operations of a hub in this very process."""

    def __init__(
        self,
        hub: Hub,
        clock: SettableClock,
        operations: Mapping[str, Operation],
        people: Mapping[str, Principal],
    ) -> None:
        """``people`` maps the logins of actors to who they are."""
        self._hub = hub
        self._clock = clock
        self._operations = operations
        self._people = people

    async def call(self, wish: Wish) -> dict[str, Any]:
        """Ask; a refusal of the hub is raised as Refused."""
        operation = self._operations[wish.operation]
        try:
            answer = await perform(self._hub, operation, self._people[wish.actor], wish.data, wish.key)
        except HubError as error:
            raise Refused(error.message, error.say("zh"), error.values) from None
        return answer.body

    async def move_clock(self, instant: datetime) -> None:
        """Move the clock and do what falls due."""
        before = self._clock.now()
        await work_off(self._hub, hourly=strikes_between(before, self._clock.set(instant)))
