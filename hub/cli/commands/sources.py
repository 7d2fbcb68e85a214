"""tongjie source add | change | list | probe | profile | preview, and harvest."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from hub.cli.command import Answer, Command, Context
from hub.cli.commands.comparisons import say_all_compared
from hub.cli.saying import labelled, table
from hub.errors import Refusal
from hub.messages.catalogue import text
from hub.services.context import THE_HUB, Transaction
from hub.services.harvesting import profiles, sources
from hub.services.harvesting.comparing import compare_all
from hub.services.harvesting.harvest import as_answer, harvest
from hub.services.harvesting.opening import FULL_NEXT
from hub.services.harvesting.options import stated_value
from hub.services.secrets import shown
from hub.services.validation import validated

PROTOCOLS = ("z3950", "sru", "oai-pmh", "file")


def option(value: str) -> tuple[str, object]:
    """An argument type: NAME=VALUE; a value that reads as JSON (a number, true, an object) is that."""
    name, equals, stated = value.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(Refusal("harvest.bad_option_form", option=value).say("en"))
    return name, stated_value(stated)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--member", required=True, metavar="CODE")
    parser.add_argument("--protocol", required=True, choices=PROTOCOLS)
    parser.add_argument("--address", required=True, metavar="URL")
    parser.add_argument("--option", action="append", type=option, default=[], metavar="K=V")


def _change_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--protocol", choices=PROTOCOLS)
    parser.add_argument("--address", metavar="URL")
    parser.add_argument("--option", action="append", type=option, default=[], metavar="K=V")
    parser.add_argument("--without", action="append", default=[], metavar="OPTION")


def _profile_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--set", action="append", type=option, default=[], metavar="FINDING=VALUE")
    parser.add_argument("--unset", action="append", default=[], metavar="FINDING")


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")


def _harvest_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--dry-run", action="store_true")


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


async def _change(context: Context, arguments: argparse.Namespace) -> Answer:
    options = {str(name): value for name, value in arguments.option}
    wanted = sources.SourceChange(
        arguments.name, arguments.protocol, arguments.address, options, arguments.without
    )
    row = await sources.change(context.opened(), wanted)
    return {
        "source": row.name,
        "protocol": row.protocol,
        "address": row.address,
        "options": shown(row.options),
        "full_next": bool(row.profile.get(FULL_NEXT)),
    }


def _say_changed(answer: Answer, language: str) -> Iterable[str]:
    yield from labelled({name: value for name, value in answer.items() if name != "full_next"}, language)
    if answer["full_next"]:
        yield text("sources.changed_target", language)


async def _probe(context: Context, arguments: argparse.Namespace) -> Answer:
    return await profiles.probe(context.opened(), arguments.name)


async def _profile(context: Context, arguments: argparse.Namespace) -> Answer:
    hub = context.opened()
    if not arguments.set and not arguments.unset:
        return await profiles.show(hub, THE_HUB, profiles.SourceInput(source=arguments.name))
    wanted = {"source": arguments.name, "set": dict(arguments.set), "unset": arguments.unset}
    command = validated(profiles.EditInput, wanted)
    assert isinstance(command, profiles.EditInput)
    return await hub.store.write(
        lambda connection: profiles.edit(
            Transaction(connection, hub.clock.now(), hub.network(), f"profile/{arguments.name}"),
            THE_HUB,
            command,
        )
    )


def _say_profile(answer: Answer, language: str) -> Iterable[str]:
    """The findings as a table in words; what was never found out has no row."""
    if not answer["findings"]:
        yield text("sources.never_probed", language, source=answer["source"])
        return
    yield from labelled({name: answer[name] for name in ("source", "server", "total")}, language)
    yield ""
    rows = [
        {**finding, "how": text(f"sources.how_{finding['how']}", language)} for finding in answer["findings"]
    ]
    yield from table(rows, language)


async def _preview(context: Context, arguments: argparse.Namespace) -> Answer:
    return await sources.preview(context.opened(), arguments.name)


async def _harvest(context: Context, arguments: argparse.Namespace) -> Answer:
    hub = context.opened()
    if arguments.dry_run:
        return {"sources": await compare_all(hub, arguments.names, context.language, context.progress)}
    reports = await harvest(hub, arguments.names, full=arguments.full, progress=context.progress)
    return as_answer(reports, context.language)


def _say_harvested(answer: Answer, language: str) -> Iterable[str]:
    """A harvest's figures, or what a rehearsal found."""
    rehearsed = any("differences" in source for source in answer["sources"])
    return say_all_compared(answer, language) if rehearsed else labelled(answer, language)


def _incomplete(answer: Answer, language: str) -> Iterable[str]:
    for source in answer["sources"]:
        if not source["complete"]:
            yield text("cli.incomplete", language, source=source["source"], problem=source["problem"])


COMMANDS = (
    Command(("source", "add"), "cli.source_add", _add, labelled, _add_arguments),
    Command(("source", "list"), "cli.source_list", _list, labelled),
    Command(("source", "change"), "sources.about_change", _change, _say_changed, _change_arguments),
    Command(("source", "probe"), "cli.source_probe", _probe, _say_profile, _name),
    Command(("source", "profile"), "sources.about_profile", _profile, _say_profile, _profile_arguments),
    Command(("source", "preview"), "cli.source_preview", _preview, labelled, _name),
    Command(
        ("harvest",), "cli.harvest", _harvest, _say_harvested, _harvest_arguments, complaints=_incomplete
    ),
)
