"""tongjie source add | list | probe | preview, and harvest."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable

from hub.cli.command import Answer, Command, Context
from hub.cli.saying import labelled
from hub.errors import Refusal
from hub.messages.catalogue import text
from hub.services.harvesting import sources
from hub.services.harvesting.harvest import as_answer, harvest


def option(value: str) -> tuple[str, object]:
    """An argument type: NAME=VALUE; a value that reads as JSON (a number, true, an object) is that."""
    name, equals, stated = value.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(Refusal("harvest.bad_option_form", option=value).say("en"))
    try:
        return name, json.loads(stated)
    except json.JSONDecodeError:
        return name, stated


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--member", required=True, metavar="CODE")
    parser.add_argument("--protocol", required=True, choices=["z3950", "sru", "oai-pmh", "file"])
    parser.add_argument("--address", required=True, metavar="URL")
    parser.add_argument("--option", action="append", type=option, default=[], metavar="K=V")


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")


def _harvest_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--full", action="store_true")


async def _add(context: Context, arguments: argparse.Namespace) -> Answer:
    # Pairs come as lists when a running hub performs the command.
    options = {str(name): value for name, value in arguments.option}
    row = await sources.add(
        context.opened(),
        sources.NewSource(arguments.name, arguments.member, arguments.protocol, arguments.address, options),
    )
    return {"source": row.name, "member": row.member, "protocol": row.protocol, "address": row.address}


async def _list(context: Context, arguments: argparse.Namespace) -> Answer:
    del arguments
    rows = await sources.listed(context.opened())
    return {
        "sources": [
            {"source": row.name, "member": row.member, "protocol": row.protocol, "address": row.address}
            for row in rows
        ]
    }


async def _probe(context: Context, arguments: argparse.Namespace) -> Answer:
    return await sources.probe(context.opened(), arguments.name)


async def _preview(context: Context, arguments: argparse.Namespace) -> Answer:
    return await sources.preview(context.opened(), arguments.name)


async def _harvest(context: Context, arguments: argparse.Namespace) -> Answer:
    reports = await harvest(context.opened(), arguments.names, full=arguments.full, progress=context.progress)
    return as_answer(reports, context.language)


def _incomplete(answer: Answer, language: str) -> Iterable[str]:
    for source in answer["sources"]:
        if not source["complete"]:
            yield text("cli.incomplete", language, source=source["source"], problem=source["problem"])


COMMANDS = (
    Command(("source", "add"), "cli.source_add", _add, labelled, _add_arguments),
    Command(("source", "list"), "cli.source_list", _list, labelled),
    Command(("source", "probe"), "cli.source_probe", _probe, labelled, _name),
    Command(("source", "preview"), "cli.source_preview", _preview, labelled, _name),
    Command(("harvest",), "cli.harvest", _harvest, labelled, _harvest_arguments, complaints=_incomplete),
)
