"""The local socket on which a running hub performs commands for the command line.

One process holds the database and the index, so a command typed beside it is sent here: one JSON line with
the words and arguments, answered by lines of progress and one last line with the answer or the problem. The
socket lies in the data folder and only its owner may open it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.errors import HubError, Refusal
from hub.services.progress import LONGEST_LINE, Progress

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A command as it was typed beside the hub."""

    words: tuple[str, ...]
    arguments: Mapping[str, Any]
    language: str  #: of the person who typed it


Perform = Callable[[Asked, Progress], Awaitable[dict[str, Any]]]


def parse(line: bytes, language: str) -> Asked:
    """The command of one line; ``language`` is answered in when it names none.

    Raises:
        Refusal: it is no command.
    """
    try:
        said = json.loads(line)
        return Asked(
            tuple(map(str, said["command"])), dict(said["arguments"]), str(said.get("language", language))
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal("cli.no_command", detail=f"{type(error).__name__}: {error}") from None


class CommandSocket:
    """Listens while the hub runs."""

    def __init__(self, path: Path, language: str, perform: Perform) -> None:
        """``perform`` may raise HubError; ``language`` is the hub's own."""
        self._path = path
        self._language = language
        self._perform = perform
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. A socket left behind by a killed hub is replaced: the hub's lock says that none runs."""
        with suppress(FileNotFoundError):
            self._path.unlink()
        self._server = await asyncio.start_unix_server(self._answer, str(self._path), limit=LONGEST_LINE)
        self._path.chmod(0o600)

    async def stop(self) -> None:
        """Stop listening and remove the socket."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        with suppress(FileNotFoundError):
            self._path.unlink()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def send(kind: str, body: object) -> None:
            writer.write(json.dumps({kind: body}, ensure_ascii=False).encode() + b"\n")

        def progress(task: str, done: int, total: int | None = None) -> None:
            send("progress", [task, done, total])

        language = self._language
        try:
            asked = parse(await reader.readline(), language)
            language = asked.language
            send("answer", await self._perform(asked, progress))
        except HubError as error:
            send("problem", error.say(language))
        except Exception as error:
            log.exception("a command sent over the local socket failed")
            send("problem", f"{type(error).__name__}: {error}")
        finally:
            with suppress(ConnectionError):
                await writer.drain()
                writer.close()
                await writer.wait_closed()
