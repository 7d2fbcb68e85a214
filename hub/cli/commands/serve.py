"""tongjie serve: run the hub."""

from __future__ import annotations

import argparse

from hub.bootstrap.serving import Roles, serve
from hub.cli.command import Answer, Command, Context
from hub.cli.saying import labelled

ROLES = ("web", "worker")


def roles(value: str) -> Roles:
    """An argument type: role names with commas between."""
    named = [part.strip() for part in value.split(",") if part.strip()]
    for name in named:
        if name not in ROLES:
            raise argparse.ArgumentTypeError(f"no role {name!r}; choose from {', '.join(ROLES)}")
    return Roles(frozenset(named))


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--roles", type=roles, default=Roles(frozenset({"web", "worker"})))
    parser.add_argument("--demo-clock", metavar="INSTANT", default="", help=argparse.SUPPRESS)


async def _serve(context: Context, arguments: argparse.Namespace) -> Answer:
    await serve(context, arguments.roles, demo_clock=arguments.demo_clock)
    return {}


COMMANDS = (Command(("serve",), "cli.serve", _serve, labelled, _arguments, needs_hub=False),)
