"""The command line: parse, perform here or in the running hub, print.

Exit 0 done, 1 the work failed (reason on stderr), 2 wrong usage. ``--json`` prints one JSON object on stdout
and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hub.bootstrap.assembly import assemble
from hub.cli.command import Answer, Command, Context
from hub.cli.commands import COMMANDS
from hub.cli.remote import forward, perform
from hub.cli.terminal import progress_bars
from hub.config import Settings, from_environment
from hub.errors import HubError
from hub.logs import set_up
from hub.messages.catalogue import text


def parser(language: str) -> argparse.ArgumentParser:
    """The parser of all commands, its help in ``language``."""
    top = argparse.ArgumentParser(prog="tongjie", description=text("cli.about", language))
    subparsers = top.add_subparsers(required=True, metavar="COMMAND")
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for command in COMMANDS:
        where = subparsers
        if len(command.words) == 2:
            group = command.words[0]
            if group not in groups:
                described = text(f"cli.{group}", language)
                groups[group] = subparsers.add_parser(
                    group, help=described, description=described
                ).add_subparsers(required=True, metavar="WHAT")
            where = groups[group]
        summary = text(command.summary, language)
        own = where.add_parser(command.words[-1], help=summary, description=summary)
        own.add_argument("--json", action="store_true", help=text("cli.json", language))
        own.set_defaults(command=command)
        command.add(own)
    return top


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Perform one command line; the exit code."""
    try:
        settings = from_environment(environment)
    except HubError as error:
        print(f"tongjie: {error.say(environment.get('TONGJIE_LANGUAGE', 'zh'))}", file=sys.stderr)
        return 2
    set_up(settings.log_level)
    parsed = parser(settings.language).parse_args(arguments)
    command: Command = parsed.command
    try:
        command.prepare(parsed, settings.language)
        with progress_bars(quiet=parsed.json) as progress:
            answer = asyncio.run(
                _perform(
                    command, Context(settings, progress, environment=environment, perform=perform), parsed
                )
            )
    except HubError as error:
        print(f"tongjie: {error.say(settings.language)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    try:
        _print(command, answer, settings, as_json=parsed.json)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough (| head); on leaving Python would flush again and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    complaints = list(command.complaints(answer, settings.language))
    for complaint in complaints:
        print(f"tongjie: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


async def _perform(command: Command, context: Context, parsed: argparse.Namespace) -> Answer:
    if not command.needs_hub:
        return await command.run(context, parsed)
    answered = await forward(context, command, parsed)
    if answered is not None:
        return answered
    async with assemble(context.settings) as hub:
        return await command.run(replace(context, hub=hub), parsed)


def _print(command: Command, answer: Answer, settings: Settings, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    for line in command.say(answer, settings.language):
        print(line)
