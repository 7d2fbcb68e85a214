"""tongjie timetable list | set | remove | start | stop | skip."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.cli.command import Answer, Command, Context
from hub.cli.saying import labelled, table
from hub.services.context import Principal, Role
from hub.services.performing import perform
from hub.services.timetable import OPERATIONS

TABLE = {operation.name: operation for operation in OPERATIONS}
#: whoever may type on the hub's machine may do what a coordinator may
OPERATOR = Principal("command", Role.COORDINATOR)
COLUMNS = ("source", "state_name", "times", "days_name", "full_name", "window", "next_at")
MOMENTS = frozenset({"next_at", "skipped"})


async def _perform(context: Context, name: str, data: dict[str, Any]) -> Answer:
    operator = replace(OPERATOR, language=context.language)
    hub = context.opened()
    answer = (await perform(hub, TABLE[name], operator, data, secrets.token_hex(8))).body
    return {**answer, "zone": hub.network().calendars.zone}


def _source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")


def _set_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--times", required=True, metavar="HH:MM[,HH:MM]")
    parser.add_argument("--days", default="every", metavar="every|working|open|closed|mon,...")
    parser.add_argument("--full", default="always", metavar="always|first|'N days'|'N open days'|sun,...")
    parser.add_argument("--window", default="", metavar="HH:MM-HH:MM")
    parser.add_argument("--missed", default="latest", choices=["latest", "skip"])


def _start_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--full", action="store_true", default=None)


async def _list(context: Context, arguments: argparse.Namespace) -> Answer:
    del arguments
    return await _perform(context, "timetable.list", {})


async def _set(context: Context, arguments: argparse.Namespace) -> Answer:
    written = {name: getattr(arguments, name) for name in ("times", "days", "full", "window", "missed")}
    return await _perform(context, "timetable.set", {"source": arguments.name, **written})


async def _remove(context: Context, arguments: argparse.Namespace) -> Answer:
    return await _perform(context, "timetable.remove", {"source": arguments.name})


async def _start(context: Context, arguments: argparse.Namespace) -> Answer:
    return await _perform(context, "timetable.start", {"source": arguments.name, "full": arguments.full})


async def _stop(context: Context, arguments: argparse.Namespace) -> Answer:
    return await _perform(context, "timetable.stop", {"source": arguments.name})


async def _skip(context: Context, arguments: argparse.Namespace) -> Answer:
    return await _perform(context, "timetable.skip", {"source": arguments.name})


def _lines(answer: Answer, language: str) -> Iterable[str]:
    zone = ZoneInfo(answer["zone"])
    rows = [
        {**source, **(source["timetable"] or {}), "next_at": _wall_time(source["next_at"], zone)}
        for source in answer["sources"]
    ]
    return table([{name: row.get(name) for name in COLUMNS} for row in rows], language) if rows else ()


def _on_the_wall(answer: Answer, language: str) -> Iterable[str]:
    """The answer with its instants in wall time."""
    zone = ZoneInfo(answer["zone"])
    told = {name: value for name, value in answer.items() if name != "zone"}
    return labelled(
        {**told, **{name: _wall_time(told[name], zone) for name in MOMENTS & told.keys()}}, language
    )


def _wall_time(instant: str | None, zone: ZoneInfo) -> str:
    """As the clock on the members' wall shows it."""
    return f"{datetime.fromisoformat(instant).astimezone(zone):%Y-%m-%d %H:%M}" if instant else ""


COMMANDS = (
    Command(("timetable", "list"), "cli.timetable_list", _list, _lines),
    Command(("timetable", "set"), "cli.timetable_set", _set, _on_the_wall, _set_arguments),
    Command(("timetable", "remove"), "cli.timetable_remove", _remove, _on_the_wall, _source),
    Command(("timetable", "start"), "cli.timetable_start", _start, _on_the_wall, _start_arguments),
    Command(("timetable", "stop"), "cli.timetable_stop", _stop, _on_the_wall, _source),
    Command(("timetable", "skip"), "cli.timetable_skip", _skip, _on_the_wall, _source),
)
