"""A target for ``z3950``: Index Data's Zebra over a file of records, where it is installed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from connectors.transport import TcpAddress
from hub.benchmarks.peers import program
from hub.errors import Broken

PROGRAMS = ("zebrasrv", "zebraidx")
DATABASE = "Default"
LONGEST_START_SECONDS = 20.0
PAUSE_SECONDS = 0.02
MODULES = Path("/usr/lib")  #: below which Debian keeps Zebra's modules, by architecture

_CONFIGURATION = """\
profilePath: .:/usr/share/idzebra-2.0/tab
modulePath: {modules}
attset: bib1.att
recordType: grs.marcxml.target
encoding: utf-8
storeData: 1
storeKeys: 1
perm.anonymous: r
register: register:4G
setTmpDir: temporary
keyTmpDir: temporary
"""
_INDEXES = """\
name target
attset bib1.att
esetname F @
esetname B @
marc usmarc.mar
xpath disable
all any
melm 001 Local-number,Local-number:p
melm 005 Date/time-last-modified:w:range(data,0,8)
"""


@asynccontextmanager
async def zebra(folder: Path, records: Path) -> AsyncIterator[TcpAddress]:
    """Index a file of records and serve them on a free port until the block ends.

    Raises:
        Broken: it does not index, or does not start.
    """
    await asyncio.to_thread(_configure, folder)
    for arguments in (("init",), ("update", str(records))):
        indexing = await _started(folder, "zebraidx", "-l", "index.log", "-c", "zebra.cfg", *arguments)
        if await indexing.wait() != 0:
            raise Broken("bench.peer_failed", program="zebraidx")
    address = TcpAddress("127.0.0.1", _free_port(), DATABASE, tls=False)
    server = await _started(
        folder, "zebrasrv", "-c", "zebra.cfg", "-l", "server.log", f"tcp:{address.host}:{address.port}"
    )
    try:
        await _listening(server, address)
        yield address
    finally:
        if server.returncode is None:
            # It answers each connection in a child, and all are of the session begun for it.
            os.killpg(server.pid, signal.SIGKILL)
            await server.wait()


def _configure(folder: Path) -> None:
    for name in ("register", "temporary"):
        (folder / name).mkdir(parents=True)
    modules = next(MODULES.glob("*/idzebra-2.0/modules"), MODULES)
    (folder / "zebra.cfg").write_text(_CONFIGURATION.format(modules=modules), "utf-8")
    (folder / "target.abs").write_text(_INDEXES, "utf-8")


async def _started(folder: Path, name: str, *arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        str(program(name)), *arguments, cwd=folder, start_new_session=True,
        stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL,
    )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def _listening(server: Process, address: TcpAddress) -> None:
    try:
        async with asyncio.timeout(LONGEST_START_SECONDS):
            while server.returncode is None:
                try:
                    _, writer = await asyncio.open_connection(address.host, address.port)
                except ConnectionRefusedError:
                    await asyncio.sleep(PAUSE_SECONDS)
                else:
                    writer.close()
                    return
    except TimeoutError:
        raise Broken("bench.peer_failed", program="zebrasrv") from None
    raise Broken("bench.peer_failed", program="zebrasrv")
