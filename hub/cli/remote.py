"""Commands performed by the hub that is running, when one is."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hub.cli.command import Answer, Command, Context
from hub.cli.commands import COMMANDS
from hub.errors import Broken, NotFound
from hub.services.progress import LONGEST_LINE, Progress


async def forward(context: Context, command: Command, parsed: argparse.Namespace) -> Answer | None:
    """The running hub's answer; None when no hub runs over this data folder.

    Raises:
        Broken: the hub refused or failed, with its own words.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(
            str(context.settings.command_socket), limit=LONGEST_LINE
        )
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    arguments = {name: value for name, value in vars(parsed).items() if name != "command"}
    asked = {"command": command.words, "arguments": arguments, "language": context.language}
    writer.write(json.dumps(asked, default=str).encode() + b"\n")
    try:
        return await _listen(reader, context.progress)
    finally:
        writer.close()


async def _listen(reader: asyncio.StreamReader, progress: Progress) -> Answer:
    while line := await reader.readline():
        said: dict[str, Any] = json.loads(line)
        if "progress" in said:
            progress(*said["progress"])
        elif "answer" in said:
            answer: Answer = said["answer"]
            return answer
        else:
            raise Broken("cli.said", words=said["problem"])
    raise Broken("cli.hub_gone")


async def perform(context: Context, words: Sequence[str], arguments: Mapping[str, Any]) -> Answer:
    """In the hub: perform a command that the command line sent."""
    for command in COMMANDS:
        if command.words == tuple(words) and command.needs_hub:
            given = dict(arguments)
            if given.get("file") is not None:
                given["file"] = Path(given["file"])
            return await command.run(context, argparse.Namespace(**given))
    raise NotFound("common.not_found", what="command", key=" ".join(words))
