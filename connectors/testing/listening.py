"""What all misbehaving peers share: a port of the loopback address, and what is done after an answer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Final

_DRIP: Final = 0.02  # seconds between two bytes
_QUEUED: Final = 8  # callers; a queue of length 0 takes one or two


class Then(Enum):
    """What the peer does after it has sent its answer, or how it sends it."""

    GO_ON = "go on"
    CLOSE = "close"
    HANG = "hang"
    REPEAT = "repeat for ever"
    DRIP = "byte by byte"


@dataclass(slots=True)
class Traffic:
    """What passed between a peer and those who came; hand one in to read it afterwards."""

    connections: int = 0
    requests: int = 0
    sent: int = 0  #: bytes that the other side took


async def perform(
    writer: asyncio.StreamWriter, data: bytes, then: Then, traffic: Traffic, repeated: bytes = b""
) -> bool:
    """Send, then do what the fault says; False when the conversation is over."""
    if then is Then.DRIP:
        for place in range(len(data)):
            await _send(writer, data[place : place + 1], traffic)
            await asyncio.sleep(_DRIP)
        return True
    await _send(writer, data, traffic)
    if then is Then.HANG:
        await asyncio.Event().wait()
    while then is Then.REPEAT:
        await _send(writer, repeated or data, traffic)
    return then is Then.GO_ON


async def _send(writer: asyncio.StreamWriter, data: bytes, traffic: Traffic) -> None:
    writer.write(data)
    await writer.drain()
    traffic.sent += len(data)


@contextmanager
def unanswering() -> Iterator[int]:
    """A port at which nobody takes up the connection: the system's queue of callers is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = listener.getsockname()
        for _ in range(_QUEUED):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(address)
        yield address[1]


@asynccontextmanager
async def listening(
    converse: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], traffic: Traffic
) -> AsyncIterator[int]:
    """A port on which ``converse`` is held with everybody who comes; all of it ends with the context."""
    conversations: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        traffic.connections += 1
        task = asyncio.current_task()
        if task is not None:
            conversations.add(task)
        try:
            await converse(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # The other side went away, or the test is over: both are the end of this conversation.
            writer.transport.abort()
        finally:
            writer.close()
            if task is not None:
                conversations.discard(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(conversations):
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
        await server.wait_closed()
