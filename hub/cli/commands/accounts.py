"""tongjie user add."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys

from hub.cli.command import Answer, Command, Context
from hub.cli.saying import labelled
from hub.messages.catalogue import text
from hub.services.accounts import NewAccount, add, hash_password, role_named
from hub.services.context import Transaction


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("login")
    parser.add_argument("--role", required=True)
    parser.add_argument("--node", default="")
    parser.add_argument("--name", default="")
    parser.add_argument("--card", default="")
    parser.add_argument("--reader-class", default="adult")
    parser.add_argument("--password", default="")


def _ask_password(parsed: argparse.Namespace, language: str) -> None:
    """``-`` reads the password from stdin, so that it stands in no list of processes; without one, ask."""
    if parsed.password == "-":
        parsed.password = sys.stdin.readline().rstrip("\n")
    elif not parsed.password:
        parsed.password = getpass.getpass(text("cli.password", language))


async def _add(context: Context, arguments: argparse.Namespace) -> Answer:
    hub = context.opened()
    role = role_named(arguments.role)
    hashed = await asyncio.to_thread(hash_password, arguments.password)
    new = NewAccount(
        login=arguments.login,
        password=arguments.password,
        role=role,
        node=arguments.node,
        name=arguments.name,
        card=arguments.card,
        reader_class=arguments.reader_class,
        language=context.language,
    )
    made = await hub.store.write(
        lambda connection: add(
            Transaction(connection, hub.clock.now(), hub.network(), f"user/{arguments.login}"), new, hashed
        )
    )
    return {"account": made.account, "login": arguments.login, "role": made.role, "node": made.node}


COMMANDS = (Command(("user", "add"), "cli.user_add", _add, labelled, _arguments, _ask_password),)
