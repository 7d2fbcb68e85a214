"""How far a long task has come, told to whoever watches."""

from __future__ import annotations

from typing import Protocol

#: bytes of one line between the command line and a running hub
LONGEST_LINE = 4 * 1024 * 1024


class Progress(Protocol):
    """Called as a task goes on."""

    def __call__(self, task: str, done: int, total: int | None = None) -> None:
        """``task`` has done ``done`` of ``total`` (None: not known)."""
        ...


def unwatched(task: str, done: int, total: int | None = None) -> None:
    """Nobody watches."""
    del task, done, total
