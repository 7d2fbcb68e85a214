"""Our own Z39.50 server as a target for ``z3950``, in a process of its own as any target is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from connectors.marc.files import read_file
from connectors.serving import ServedCatalogue, ServedRecord
from connectors.transport import TcpAddress
from connectors.z3950.server import serve

DATABASE = "Bench"
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


@contextmanager
def served(records: Path) -> Iterator[TcpAddress]:
    """Serve a file of records on a free port until the block ends."""
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(records, there), daemon=True)
    process.start()
    there.close()
    try:
        yield TcpAddress("127.0.0.1", int(here.recv()), DATABASE, tls=False)
    finally:
        process.terminate()
        process.join()
        here.close()


def _serve(records: Path, parent: Connection) -> None:
    catalogue = ServedCatalogue(
        DATABASE,
        (
            ServedRecord(f"{number:09d}", piece, None, MADE_AT)
            for number, piece in enumerate(read_file(records))
        ),
    )
    asyncio.run(_serve_for_ever(catalogue, parent))


async def _serve_for_ever(catalogue: ServedCatalogue, parent: Connection) -> None:
    async with await serve(catalogue, "127.0.0.1", 0) as server:
        parent.send(server.port)
        await asyncio.Event().wait()
