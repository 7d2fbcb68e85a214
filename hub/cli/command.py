"""What a command is: its words, its arguments, what it does and how it tells a person."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.config import Settings
from hub.services.context import Hub
from hub.services.progress import Progress

Answer = dict[str, Any]
#: (context, words, arguments) -> answer: a command sent to a running hub
PerformCommand = Callable[["Context", Sequence[str], Mapping[str, Any]], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Context:
    """What a running command is handed."""

    settings: Settings
    progress: Progress
    hub: Hub | None = None
    environment: Mapping[str, str] = field(default_factory=dict)  #: for programs that are started: pg_dump
    perform: PerformCommand | None = None  #: how a hub that serves performs commands sent to it

    @property
    def language(self) -> str:
        """The language people are answered in."""
        return self.settings.language

    def opened(self) -> Hub:
        """The hub, for commands declared with ``needs_hub``."""
        assert self.hub is not None
        return self.hub


def no_arguments(parser: argparse.ArgumentParser) -> None:
    """For commands without arguments of their own."""
    del parser


def nothing_to_prepare(parsed: argparse.Namespace, language: str) -> None:
    """For commands that ask nothing of the person who typed them."""
    del parsed, language


def nothing_wrong(answer: Answer, language: str) -> Iterable[str]:
    """For commands that have worked when they have not raised."""
    del answer, language
    return ()


@dataclass(frozen=True, slots=True)
class Command:
    """One command of ``tongjie``. ``words`` are what is typed; ``run`` answers with a JSON object.

    ``prepare`` runs where the person sits, before a running hub is asked to perform the command.
    """

    words: tuple[str, ...]
    summary: str  #: key of a message
    run: Callable[[Context, argparse.Namespace], Awaitable[Answer]]
    say: Callable[[Answer, str], Iterable[str]]
    add: Callable[[argparse.ArgumentParser], None] = no_arguments
    prepare: Callable[[argparse.Namespace, str], None] = nothing_to_prepare
    complaints: Callable[[Answer, str], Iterable[str]] = nothing_wrong  #: why it did not work, for stderr
    needs_hub: bool = True  #: False: works on files alone, or assembles a hub itself


def absolute(value: str) -> Path:
    """An argument type: a path that stays right when a hub in another folder performs the command."""
    return Path(value).absolute()
