from __future__ import annotations

import asyncio

import pytest

from connectors.errors import Disconnected, ProtocolViolation
from connectors.z3950.apdu import Close
from connectors.z3950.connection import Connection
from connectors.z3950.encoding import encode


class Wire(asyncio.Transport):
    """A transport that notes what is done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = True
        self.aborted = False

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def abort(self) -> None:
        self.aborted = True


def connected() -> tuple[Connection, Wire]:
    connection, wire = Connection("there"), Wire()
    connection.connection_made(wire)
    return connection, wire


def arrive(connection: Connection, data: bytes) -> None:
    while data:
        buffer = connection.get_buffer(-1)
        size = min(len(buffer), len(data))
        buffer[:size] = data[:size]
        connection.buffer_updated(size)
        data = data[size:]


async def test_a_peer_that_sends_more_than_anybody_takes_has_to_wait() -> None:
    connection, wire = connected()
    arrive(connection, encode(Close()) * 40)
    assert not wire.reading
    for _ in range(40):
        await connection.receive()
    assert wire.reading


async def test_what_came_before_the_end_is_handed_out_first() -> None:
    connection, _ = connected()
    arrive(connection, encode(Close()) * 2)
    connection.connection_lost(None)
    for _ in range(2):
        await connection.receive()
    with pytest.raises(Disconnected):
        await connection.receive()


async def test_whoever_waits_is_told_of_the_end() -> None:
    connection, _ = connected()
    waiting = asyncio.ensure_future(connection.receive())
    await asyncio.sleep(0)
    connection.connection_lost(OSError("reset"))
    with pytest.raises(Disconnected) as caught:
        await waiting
    assert caught.value.values["reason"] == "reset"


@pytest.mark.parametrize(
    "data",
    [b"HTTP/1.1 400", b"\xb9\x84\xff\xff\xff\xff", b"\xb9\x80" + b"\x30\x80" * 70],
    ids=["another protocol", "enormous", "deep"],
)
async def test_nonsense_ends_the_connection_at_once(data: bytes) -> None:
    connection, wire = connected()
    arrive(connection, data)
    assert wire.aborted
    with pytest.raises(ProtocolViolation) as caught:
        await connection.receive()
    assert caught.value.code == "malformed"
    arrive(connection, encode(Close()))
    with pytest.raises(ProtocolViolation):
        await connection.receive()
