"""Our client against YAZ's own test server, which knows holdings and little else."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from connectors.availability.opening import open_availability
from connectors.availability.values import LiveItem, LocalIdentifiers
from connectors.errors import Diagnostic
from connectors.ports import Finished, HarvestOrder
from connectors.registry import open_harvester
from connectors.z3950 import oids
from connectors.z3950.apdu import DiagnosticRecord, RetrievedRecord, Slot, SortKey
from connectors.z3950.client import Client, open_client
from connectors.z3950.opac import decode_opac
from connectors.z3950.pqf import parse
from connectors.z3950.rpn import term
from connectors.z3950.settings import settings

pytestmark = pytest.mark.debian("yaz-ztest")

T = TypeVar("T")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A yaz-ztest on a free port."""
    if shutil.which("yaz-ztest") is None:
        pytest.skip("yaz-ztest is not installed")
    folder = tmp_path_factory.mktemp("ztest")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Without this file every Scan kills its session.
    (folder / "dummy-words").write_text("alpha\nbeta\ngamma\n")
    server = _started(folder, port)
    try:
        yield f"tcp://127.0.0.1:{port}/Default"
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _started(folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = ["yaz-ztest", "-l", "ztest.log", f"tcp:127.0.0.1:{port}"]
    server = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        else:
            return server


def conversation(address: str, work: Callable[[Client], Awaitable[T]], **options: object) -> T:
    """What a piece of work with an open association answers."""

    async def run() -> T:
        client = await open_client(settings(address, {"timeout": 10, **options}))
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(run())


@pytest.mark.parametrize("syntax", ["usmarc", "sutrs", "opac"])
def test_records_come_in_every_syntax(address: str, syntax: str) -> None:
    async def work(client: Client) -> tuple[Slot, ...]:
        assert (await client.search(parse("@attr 1=4 computer"))).hits > 1
        return await client.present(1, 2, syntax=syntax)

    slots = conversation(address, work)
    assert [type(slot) for slot in slots] == [RetrievedRecord] * 2
    assert all(isinstance(slot, RetrievedRecord) and len(slot.content) > 30 for slot in slots)


def test_a_record_that_it_cannot_give_has_its_reason_in_its_place(address: str) -> None:
    async def work(client: Client) -> tuple[Slot, ...]:
        await client.search(parse("@attr 1=4 computer"))
        return await client.present(1, 2, syntax="xml")

    assert conversation(address, work) == (DiagnosticRecord(14), DiagnosticRecord(14))


def test_holdings_come_with_their_circulation(address: str) -> None:
    async def work(client: Client) -> RetrievedRecord:
        await client.search(parse("@attr 1=4 computer"))
        (slot,) = await client.present(1, 1, syntax="opac")
        assert isinstance(slot, RetrievedRecord)
        return slot

    record = decode_opac(conversation(address, work).content)
    assert record.syntax == oids.USMARC
    (holding,) = record.holdings
    assert (holding.copy_number, holding.call_number) == ("Copy 1", "MLCM 89/00602 (N)")
    assert [(item.available_now, item.item_id) for item in holding.circulation] == [(True, "1226176")]


def test_terms_are_scanned_and_sets_sorted(address: str) -> None:
    async def work(client: Client) -> None:
        await client.search(parse("@attr 1=4 computer"), "one")
        await client.scan(term("alpha", (1, 4)), 3)
        assert await client.sort([SortKey("title")], "one")
        assert not await client.delete("one"), "it deletes nothing, and says so"

    conversation(address, work)


@pytest.mark.parametrize(
    "options",
    [
        {"user": "somebody", "password": "secret", "group": "all"},
        {"user": "somebody", "password": "secret", "auth": "open"},
        {"auth": "anonymous"},
        {"character_set": "utf-8"},
        {"segments": "yes", "cql": "yes"},
    ],
    ids=str,
)
def test_it_lets_everybody_in(address: str, options: dict[str, object]) -> None:
    async def work(client: Client) -> int:
        return (await client.search(parse("@attr 1=4 computer"))).hits

    assert conversation(address, work, **options) > 0


def test_what_it_refuses_is_said_in_its_words(address: str) -> None:
    async def work(client: Client) -> None:
        await client.search(parse("@attr 1=4 computer"))
        await client.present(100_000, 1)

    with pytest.raises(Diagnostic) as refused:
        conversation(address, work)
    assert refused.value.number == 13


def test_a_copy_is_in_when_its_record_is_asked_for_by_number(address: str) -> None:
    async def ask() -> tuple[LiveItem, ...]:
        source = open_availability("z3950", address, {})
        try:
            return await source.ask(LocalIdentifiers("11224466"))
        finally:
            await source.close()

    assert [(item.barcode, item.status) for item in asyncio.run(ask())] == [("1226176", "available")]


async def test_a_target_that_finds_nothing_in_everything_is_not_called_empty(address: str) -> None:
    harvester = open_harvester("z3950", address, {"attempts": 2, "budget_requests": 3_000})
    told = [event async for event in harvester.fetch(HarvestOrder())]
    last = told[-1]
    assert isinstance(last, Finished)
    assert last.problem == "total_contradicted", "its keys find thousands"
