"""tongjie network load FILE | list | show CODE."""

from __future__ import annotations

import argparse

from hub.cli.command import Answer, Command, Context, absolute
from hub.cli.saying import labelled
from hub.errors import NotFound
from hub.services.network_files import load_file


def _file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=absolute)


def _code(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code")


async def _load(context: Context, arguments: argparse.Namespace) -> Answer:
    network = await load_file(context.opened(), arguments.file)
    return {"network": network.name_zh, "version": network.version, "nodes": len(network.nodes.nodes)}


async def _list(context: Context, arguments: argparse.Namespace) -> Answer:
    del arguments
    network = context.opened().network()
    return {
        "nodes": [
            {
                "code": node.code,
                "level": node.level,
                "parent": node.parent,
                "name": node.name(context.language),
                "system": node.system,
            }
            for node in network.nodes
        ]
    }


async def _show(context: Context, arguments: argparse.Namespace) -> Answer:
    hub = context.opened()
    network = hub.network()
    if arguments.code not in network.nodes:
        raise NotFound("common.not_found", field="code", what="node", key=arguments.code)
    node = network.nodes[arguments.code]
    now = hub.clock.now()
    return {
        "code": node.code,
        "level": node.level,
        "parent": node.parent,
        "system": node.system,
        "name": node.name_zh,
        "name_en": node.name_en,
        "latitude": node.latitude,
        "longitude": node.longitude,
        "hours": node.hours,
        "capabilities": sorted(node.capabilities),
        "aliases": list(node.aliases),
        "invented": node.invented,
        "open_now": network.calendars.is_open(node.code, now),
        "next_open": network.calendars.next_open(node.code, now).isoformat(),
    }


COMMANDS = (
    Command(("network", "load"), "cli.network_load", _load, labelled, _file),
    Command(("network", "list"), "cli.network_list", _list, labelled),
    Command(("network", "show"), "cli.network_show", _show, labelled, _code),
)
