"""The demo members on real sockets: Z39.50, SRU and OAI-PMH servers on the loopback address, and file drops.

They speak through the server sides of ``connectors``. A member can be made slow, or be down, to show that a
bad neighbour is reported as such and harms nobody else.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from aiohttp import web

from connectors.http_serving import Pairs, read_parameters
from connectors.marc.marcxml import to_marcxml
from connectors.oai_pmh import server as oai_pmh
from connectors.oai_pmh.repository import Repository
from connectors.serving import ServedCatalogue, ServedRecord
from connectors.sru import server as sru
from connectors.z3950 import server as z3950
from connectors.z3950.answering import ServerSession
from connectors.z3950.opac import Circulation, OpacHolding
from hub.simulation.demo.catalogues import MemberCatalogue
from hub.simulation.demo.habits import Habits
from hub.simulation.demo.shelving import Copy

HOST = "127.0.0.1"
#: key of ``Behaviour.ports`` for the one port of all SRU and OAI-PMH members
HTTP = "http"
_OAI_PAGE = 60
_READ_HERE = "仅供阅览"


@dataclass(frozen=True, slots=True)
class SourceSetup:
    """What an operator would type to register a source."""

    name: str
    member: str
    protocol: str
    address: str
    options: Mapping[str, Any]


Sleep: TypeAlias = Callable[[float], Awaitable[None]]
Answer: TypeAlias = Callable[[Pairs], web.Response]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the members behave. By default all are up, quick, and on ports that the system chooses.

    ``ports`` gives fixed ports by source name, and one under ``HTTP``. ``slow`` makes sources on HTTP wait
    so many seconds before each answer. A source that is ``down`` has an address at which nobody answers.
    """

    ports: Mapping[str, int] = field(default_factory=dict)
    slow: Mapping[str, float] = field(default_factory=dict)
    down: frozenset[str] = frozenset()
    sleep: Sleep = asyncio.sleep


@asynccontextmanager
async def demo_members(
    catalogues: Sequence[MemberCatalogue], folder: Path, behaviour: Behaviour | None = None
) -> AsyncIterator[list[SourceSetup]]:
    """Serve the catalogues; file drops are written to ``folder``. Yields the sources to register."""
    chosen = behaviour or Behaviour()
    async with AsyncExitStack() as stack:
        up = [each for each in catalogues if each.habits.source not in chosen.down]
        addresses = await _serve_http([each for each in up if each.habits.protocol in _WEB], chosen, stack)
        for each in catalogues:
            source = each.habits.source
            if source in chosen.down:
                addresses[source] = _unanswered(each.habits, folder, stack)
            elif each.habits.protocol == "z3950":
                addresses[source] = await _serve_z3950(each, chosen, stack)
            elif each.habits.protocol == "file":
                addresses[source] = await asyncio.to_thread(_drop, each, folder)
        yield [_setup(each.habits, addresses[each.habits.source]) for each in catalogues]


def served(catalogue: MemberCatalogue) -> ServedCatalogue:
    """The catalogue as the protocol servers take it."""
    with_xml = catalogue.habits.protocol in _WEB
    return ServedCatalogue(
        catalogue.habits.source,
        (
            ServedRecord(
                record.identifier,
                record.raw,
                to_marcxml(record.record) if with_xml else None,
                record.modified,
            )
            for record in catalogue.records
        ),
    )


def holdings(catalogue: MemberCatalogue) -> Callable[[str], tuple[OpacHolding, ...]]:
    """What the member's own system says of the copies of a record, by the record's number."""
    copies = {record.identifier: record.copies for record in catalogue.records}
    return lambda identifier: tuple(_holding(copy) for copy in copies.get(identifier, ()))


def _holding(copy: Copy) -> OpacHolding:
    state = Circulation(
        available_now=copy.state == "available",
        restrictions=_READ_HERE if copy.state == "reference" else "",
        item_id=copy.barcode,
        enum_and_chron=copy.volume,
    )
    return OpacHolding(copy.location, copy.call_number, copy.shelf, circulation=(state,))


def _setup(habits: Habits, address: str) -> SourceSetup:
    locations = {
        code: node for code, node in habits.locations.items() if node and node.casefold() != code.casefold()
    }
    options: dict[str, Any] = {"locations": locations} if locations else {}
    if habits.protocol in ("z3950", "file"):
        options["encoding"] = habits.encoding
    if habits.protocol == "sru":
        # Its MARCXML says which copies there are, its OPAC records which of them are in.
        options["availability"] = "opacxml"
    if habits.protocol == "oai-pmh":
        # After the repository's name, its identifiers are the records' own.
        options["identifier"] = "tail"
    return SourceSetup(habits.source, habits.member, habits.protocol, address, options)


async def _serve_z3950(catalogue: MemberCatalogue, behaviour: Behaviour, stack: AsyncExitStack) -> str:
    port = behaviour.ports.get(catalogue.habits.source, 0)
    content, copies = served(catalogue), holdings(catalogue)
    listening = await z3950.listen(lambda: ServerSession(content, holdings=copies), HOST, port)
    server = await stack.enter_async_context(listening)
    return f"tcp://{HOST}:{server.port}/{catalogue.habits.source}"


async def _serve_http(
    catalogues: Sequence[MemberCatalogue], behaviour: Behaviour, stack: AsyncExitStack
) -> dict[str, str]:
    listener = stack.enter_context(socket.create_server((HOST, behaviour.ports.get(HTTP, 0))))
    base = f"http://{HOST}:{listener.getsockname()[1]}"
    application = web.Application()
    addresses: dict[str, str] = {}
    for each in catalogues:
        source = each.habits.source
        path = f"/{each.habits.protocol}/{source}"
        addresses[source] = base + path
        answer = _WEB[each.habits.protocol](each, addresses[source])
        handler = _handler(answer, behaviour.slow.get(source, 0.0), behaviour.sleep)
        application.router.add_get(path, handler)
        application.router.add_post(path, handler)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, listener).start()
    return addresses


def _handler(
    answer: Answer, seconds: float, sleep: Sleep
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        if seconds:
            await sleep(seconds)
        return answer(await read_parameters(request))

    return handle


def _sru(catalogue: MemberCatalogue, address: str) -> Answer:
    content, copies = served(catalogue), holdings(catalogue)
    return lambda parameters: web.Response(
        body=sru.answer(content, dict(parameters), address, copies), content_type=sru.CONTENT_TYPE
    )


def _oai_pmh(catalogue: MemberCatalogue, address: str) -> Answer:
    repository = Repository(served(catalogue), address, secrets.token_bytes(32), page=_OAI_PAGE)
    # The demo's time is not the machine's, so the repository's time is that of its last change.
    now = max(record.modified for record in catalogue.records)
    return lambda parameters: web.Response(
        body=oai_pmh.answer(repository, parameters, now), content_type=oai_pmh.CONTENT_TYPE
    )


_WEB: Mapping[str, Callable[[MemberCatalogue, str], Answer]] = {"sru": _sru, "oai-pmh": _oai_pmh}


def _drop(catalogue: MemberCatalogue, folder: Path) -> str:
    """Write the catalogue as the nightly export of its member; the folder of it alone."""
    own = folder / catalogue.habits.source
    own.mkdir(parents=True, exist_ok=True)
    suffix = "iso" if catalogue.habits.flavour == "cnmarc" else "mrc"
    (own / f"{catalogue.habits.source}.{suffix}").write_bytes(
        b"".join(record.raw for record in catalogue.records)
    )
    return str(own)


def _unanswered(habits: Habits, folder: Path, stack: AsyncExitStack) -> str:
    """An address where nobody answers: a folder that is not there, or a port taken but not listened on."""
    if habits.protocol == "file":
        return str(folder / "nobody")
    holder = stack.enter_context(socket.socket())
    holder.bind((HOST, 0))
    scheme = "http" if habits.protocol in _WEB else "tcp"
    return f"{scheme}://{HOST}:{holder.getsockname()[1]}/{habits.source}"
