"""tongjie source compare | renumber | restate, and tongjie quarantine ...: the records of a source."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable
from pathlib import Path

from hub.cli.command import Answer, Command, Context, absolute
from hub.cli.commands.comparisons import say_compared
from hub.cli.saying import labelled
from hub.messages.catalogue import text
from hub.services.context import Principal, Role, Transaction
from hub.services.harvesting import quarantine
from hub.services.harvesting.comparing import compare
from hub.services.harvesting.renumbering import Renumbering, read_map, renumber
from hub.services.harvesting.restating import restate
from hub.services.validation import validated


def _renumber_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("map", type=absolute, metavar="MAP.csv")
    parser.add_argument("--dry-run", action="store_true")


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--after", type=int, default=0, metavar="PIECE")


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("piece", type=int)
    parser.add_argument("--output", type=absolute, metavar="FILE")


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")


def _operator(context: Context) -> Principal:
    """Whoever may run commands on the hub's own machine."""
    return Principal("hub", Role.HUB, language=context.language)


async def _compare(context: Context, arguments: argparse.Namespace) -> Answer:
    return await compare(context.opened(), arguments.name, context.language, context.progress)


async def _renumber(context: Context, arguments: argparse.Namespace) -> Answer:
    hub = context.opened()
    pairs = await asyncio.to_thread(read_map, Path(arguments.map))
    wanted = Renumbering(arguments.name, pairs, arguments.dry_run)
    return await hub.store.write(
        lambda connection: renumber(
            Transaction(connection, hub.clock.now(), hub.network(), f"renumber/{arguments.name}"), wanted
        )
    )


def _say_renumbered(answer: Answer, language: str) -> Iterable[str]:
    yield from labelled(
        {name: value for name, value in answer.items() if name not in ("dry_run", "loaded_before")}, language
    )
    if answer["loaded_before"]:
        yield text("sources.map_loaded_before", language, at=answer["loaded_before"])
    elif answer["dry_run"]:
        yield text("sources.map_dry_run", language)


async def _restate(context: Context, arguments: argparse.Namespace) -> Answer:
    return await restate(context.opened(), arguments.name, context.progress)


async def _list(context: Context, arguments: argparse.Namespace) -> Answer:
    page = {"source": arguments.name, "limit": arguments.limit, "after": arguments.after}
    query = validated(quarantine.ListInput, page)
    assert isinstance(query, quarantine.ListInput)
    return await quarantine.list_pieces(context.opened(), _operator(context), query)


async def _show(context: Context, arguments: argparse.Namespace) -> Answer:
    query = validated(quarantine.PieceInput, {"piece": arguments.piece})
    assert isinstance(query, quarantine.PieceInput)
    answer = await quarantine.show_piece(context.opened(), _operator(context), query)
    if arguments.output is not None:
        file = Path(arguments.output)
        await asyncio.to_thread(file.write_bytes, bytes.fromhex(answer["hexadecimal"]))
        answer["file"] = str(file)
    return answer


def _say_piece(answer: Answer, language: str) -> Iterable[str]:
    return labelled({name: value for name, value in answer.items() if name != "hexadecimal"}, language)


async def _retry(context: Context, arguments: argparse.Namespace) -> Answer:
    return await quarantine.retry(context.opened(), arguments.name)


COMMANDS = (
    Command(("source", "compare"), "sources.about_compare", _compare, say_compared, _name),
    Command(
        ("source", "renumber"), "sources.about_renumber", _renumber, _say_renumbered, _renumber_arguments
    ),
    Command(("source", "restate"), "sources.about_restate", _restate, labelled, _name),
    Command(("quarantine", "list"), "sources.about_quarantine_list", _list, labelled, _list_arguments),
    Command(("quarantine", "show"), "sources.about_quarantine_show", _show, _say_piece, _show_arguments),
    Command(("quarantine", "retry"), "sources.about_quarantine_retry", _retry, labelled, _name),
)
