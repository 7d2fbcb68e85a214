"""The listener: limits, deadlines, nonsense and TLS, on sockets of this machine."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.errors import Diagnostic, Disconnected, Unreachable
from connectors.serving import ServedCatalogue, ServedRecord
from connectors.z3950 import oids
from connectors.z3950.answering import ServerSession
from connectors.z3950.apdu import Apdu, Close, CloseReason, InitRequest, PresentRequest, SearchRequest
from connectors.z3950.client import Client, open_client
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode
from connectors.z3950.framing import Framer
from connectors.z3950.pqf import parse
from connectors.z3950.rpn import term
from connectors.z3950.server import ConnectionLimits, Server, listen
from connectors.z3950.settings import settings
from tests.catalogues import catalogue
from tests.certificates import self_signed

BOOKS = catalogue(30)


def serving(work: Callable[[Server], Awaitable[None]], limits: ConnectionLimits | None = None) -> None:
    async def run() -> None:
        async with await listen(
            lambda: ServerSession(BOOKS), "127.0.0.1", 0, limits=limits or ConnectionLimits()
        ) as server:
            await work(server)

    asyncio.run(run())


async def said_to(server: Server, data: bytes) -> Apdu:
    """The server's last words to these bytes, after which it must close."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(data)
    framer = Framer()
    async with asyncio.timeout(5):
        framer.feed(await reader.read())
    writer.close()
    unit = framer.next()
    assert unit is not None
    return decode(unit)


async def admitted(server: Server) -> Client:
    """An association, asked for until there is room for one."""
    while True:
        try:
            return await open_client(settings(f"tcp://127.0.0.1:{server.port}/Books", {"timeout": 5}))
        except Disconnected:
            continue


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.0\r\n\r\n", b"\xb4\x84\xff\xff\xff\xff", b"\xb4\x80" + b"\x30\x80" * 9999]
)
def test_nonsense_is_answered_by_close(data: bytes) -> None:
    async def work(server: Server) -> None:
        answer = await said_to(server, data)
        assert isinstance(answer, Close)
        assert answer.reason == CloseReason.PROTOCOL_ERROR

    serving(work)


def test_a_silent_client_is_let_go() -> None:
    async def work(server: Server) -> None:
        answer = await said_to(server, b"")
        assert isinstance(answer, Close)
        assert answer.reason == CloseReason.LACK_OF_ACTIVITY

    serving(work, ConnectionLimits(idle_seconds=0.05))


def test_a_client_that_does_not_read_is_let_go() -> None:
    big = ServedRecord("1", b"x" * 4_000_000, None, datetime(2026, 11, 24, tzinfo=UTC))
    books = ServedCatalogue("Books", [big], describe=lambda _raw: {"title": ("big",)})
    asks: list[Apdu] = [InitRequest(), SearchRequest(("Books",), parse("@attr 1=4 big"))]
    asks += [PresentRequest(1, 1, syntax=oids.USMARC)] * 20

    async def run() -> None:
        limits = ConnectionLimits(connections=1, idle_seconds=0.2)
        async with await listen(lambda: ServerSession(books), "127.0.0.1", 0, limits=limits) as server:
            _, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1)
            writer.write(b"".join(map(encode, asks)))
            # Its place is the only one: somebody else gets it once the server has given up on it.
            async with asyncio.timeout(5):
                client = await admitted(server)
            await client.close()
            writer.transport.abort()

    asyncio.run(run())


def test_more_clients_than_allowed_are_turned_away() -> None:
    async def work(server: Server) -> None:
        options = settings(f"tcp://127.0.0.1:{server.port}/Books", {"timeout": 5})
        first = await open_client(options)
        with pytest.raises(Disconnected):
            await open_client(options)
        assert (await first.search(parse("@attr 1=4 book"))).hits == 30
        await first.close()

    serving(work, ConnectionLimits(connections=1))


def test_a_client_searches_scans_and_deletes() -> None:
    async def work(server: Server) -> None:
        client = await open_client(settings(f"tcp://127.0.0.1:{server.port}/Books", {"timeout": 5}))
        assert client.target.implementation_name == "Tongjie"
        assert (await client.search(parse("@attr 1=4 number5"))).hits == 1
        assert len((await client.scan(term("b", (1, 12)), 5)).entries) == 5
        with pytest.raises(Diagnostic) as caught:
            await client.search(parse("@attr 1=9999 x"))
        assert (caught.value.number, caught.value.detail) == (114, "9999")
        assert await client.delete("default")
        with pytest.raises(Diagnostic):
            await client.present(1, 1)
        await client.close()

    serving(work)


def test_a_server_that_closes_ends_its_conversations() -> None:
    async def run() -> None:
        server = await listen(lambda: ServerSession(BOOKS), "127.0.0.1", 0)
        client = await open_client(settings(f"tcp://127.0.0.1:{server.port}/Books", {"timeout": 5}))
        await server.close()
        with pytest.raises(Disconnected):
            await client.search(parse("x"))
        await client.close()

    asyncio.run(run())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"))


def test_tls_is_spoken_and_verified(certificate: Path) -> None:
    async def run() -> None:
        there = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        there.load_cert_chain(certificate, certificate.with_suffix(".key"))
        here = ssl.create_default_context(cafile=str(certificate))
        async with await listen(lambda: ServerSession(BOOKS), "127.0.0.1", 0, tls=there) as server:
            options = settings(f"tls://127.0.0.1:{server.port}/Books", {"timeout": 5})
            client = await open_client(options, here)
            assert (await client.search(parse("@attr 1=4 book"))).hits == 30
            await client.close()
            with pytest.raises(Unreachable):
                await open_client(options)

    asyncio.run(run())
