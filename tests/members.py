"""One catalogue served over each protocol on sockets of this machine."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.http_serving import handler
from connectors.oai_pmh import server as oai_pmh
from connectors.oai_pmh.repository import Repository
from connectors.serving import ServedCatalogue
from connectors.sru import server as sru
from connectors.z3950.server import serve

TOKEN_KEY = b"a key for the tests alone"
NOW = datetime(2026, 1, 1, tzinfo=UTC)

#: Opens a member and gives its address.
Member = Callable[[ServedCatalogue, Path], AbstractAsyncContextManager[str]]


@asynccontextmanager
async def z3950_member(catalogue: ServedCatalogue, folder: Path) -> AsyncIterator[str]:
    async with await serve(catalogue, "127.0.0.1", 0) as server:
        yield f"tcp://127.0.0.1:{server.port}/{catalogue.name}"


@asynccontextmanager
async def http_member(respond: Callable[[dict[str, str]], bytes]) -> AsyncIterator[str]:
    """A server whose every answer is ``respond`` to the parameters of the request."""

    handle = handler(lambda pairs: respond(dict(pairs)), "text/xml")
    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    app.router.add_post("/{path:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


@asynccontextmanager
async def sru_member(catalogue: ServedCatalogue, folder: Path) -> AsyncIterator[str]:
    async with http_member(lambda parameters: sru.answer(catalogue, parameters)) as address:
        yield address


@asynccontextmanager
async def oai_member(catalogue: ServedCatalogue, folder: Path) -> AsyncIterator[str]:
    repository = Repository(catalogue, "http://127.0.0.1/oai", TOKEN_KEY, page=30)
    async with http_member(lambda given: oai_pmh.answer(repository, given.items(), NOW)) as address:
        yield address


@asynccontextmanager
async def file_member(catalogue: ServedCatalogue, folder: Path) -> AsyncIterator[str]:
    """The records of the first half as the full load, later changes and deletions as drops of their own."""
    for name in ("delta", "deleted"):
        (folder / name).mkdir(parents=True)
    changes = catalogue.changes(None, None)
    live = [record for record in changes if not record.deleted]
    middle = len(live) // 2
    drops = {
        folder / "full.mrc": b"".join(record.raw for record in changes[:middle]) or b"<collection/>",
        folder / "delta" / "later.mrc": b"".join(record.raw for record in live if record in changes[middle:]),
        folder / "deleted" / "gone.txt": "\n".join(
            record.identifier for record in changes if record.deleted
        ).encode(),
    }
    for number, (path, content) in enumerate(drops.items()):
        path.write_bytes(content)
        os.utime(path, (number, number))
    yield str(folder)


MEMBERS: dict[str, Member] = {
    "z3950": z3950_member,
    "sru": sru_member,
    "oai-pmh": oai_member,
    "file": file_member,
}
