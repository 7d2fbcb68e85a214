"""A way to no hub: answers as told, and remembers what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from hub.simulation.calling import Refused, Wish

Answer = Callable[[Wish], dict[str, Any]]


class Recording:
    """Answers each operation as ``answers`` says; what is not said is answered with an empty object."""

    def __init__(self, answers: Mapping[str, Answer | dict[str, Any] | Exception] | None = None) -> None:
        self.answers = dict(answers or {})
        self.wishes: list[Wish] = []
        self.moves: list[datetime] = []

    async def call(self, wish: Wish) -> dict[str, Any]:
        self.wishes.append(wish)
        answer = self.answers.get(wish.operation, {})
        if isinstance(answer, Exception):
            raise answer
        return answer(wish) if callable(answer) else answer

    async def move_clock(self, instant: datetime) -> None:
        self.moves.append(instant)

    def asked(self, operation: str) -> list[Mapping[str, Any]]:
        """What was asked of one operation."""
        return [wish.data for wish in self.wishes if wish.operation == operation]


def refusal(code: str, **values: Any) -> Refused:
    """A refusal of the hub."""
    return Refused(code, "no", values)
