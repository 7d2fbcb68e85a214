"""How a table is read: one step at a time, and nothing changes on an illegal one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from ill.effects import Effect

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


class IllegalTransition(Exception):
    """The event cannot happen in this state. The state is unchanged."""

    def __init__(self, state: StrEnum, event: StrEnum) -> None:
        super().__init__(f"{type(state).__name__} {state.value} has no step for {event.value}")
        self.state = state
        self.event = event


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """Where an event leads, and what it asks to be done, in this order."""

    state: State
    effects: tuple[Effect, ...] = ()
    restarts: bool = False  #: the deadline of the state is counted anew although the state stays


Table = Mapping[tuple[State, Event], Step[State]]


def advance(table: Table[State, Event], state: State, event: Event) -> Step[State]:
    """The step of ``table`` for ``event`` in ``state``.

    Raises:
        IllegalTransition: the table has no such step.
    """
    step = table.get((state, event))
    if step is None:
        raise IllegalTransition(state, event)
    return step


def allows(table: Table[State, Event], state: State, event: Event) -> bool:
    """Whether the event can happen in this state."""
    return (state, event) in table
