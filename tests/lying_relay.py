"""A relay before a real Z39.50 target that changes its answers: the target is real, and so is the lie."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from connectors.testing import Exchange, Fault
from connectors.z3950.apdu import Apdu, Close, SearchRequest, SearchResponse
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode
from connectors.z3950.framing import Framer
from connectors.z3950.rpn import RpnQuery, Term


@asynccontextmanager
async def relay(host: str, port: int, *faults: Fault) -> AsyncIterator[str]:
    """Relay to the target with these faults; gives the relay's own address."""
    numbers = iter(range(1, 1_000_000_000))
    tasks: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(task := asyncio.current_task())  # type: ignore[arg-type]  # a handler runs in a task
        far_reader, far_writer = await asyncio.open_connection(host, port)
        near, far = Framer(), Framer()
        try:
            while (request := await _unit(reader, near)) is not None:
                far_writer.write(encode(request))
                if isinstance(request, Close):
                    return
                answer = await _unit(far_reader, far)
                if answer is None:
                    return
                exchange = Exchange(next(numbers), request, answer)
                for fault in faults:
                    exchange = fault(exchange)
                writer.write(exchange.bytes)
        except asyncio.CancelledError:
            # The test is over; an unwatched handler must end without an error.
            return
        finally:
            far_writer.close()
            writer.close()
            tasks.discard(task)  # type: ignore[arg-type]  # as above

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}/Default"
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _unit(reader: asyncio.StreamReader, framer: Framer) -> Apdu | None:
    while (element := framer.next()) is None:
        data = await reader.read(65536)
        if not data:
            return None
        framer.feed(data)
    return decode(element)


def counting(lie: Callable[[frozenset[int], int], tuple[int, bool]]) -> Fault:
    """The target states other hits: of the use attributes in a query and its true hits, (hits, exact)."""

    def fault(exchange: Exchange) -> Exchange:
        request, answer = exchange.request, exchange.answer
        if not isinstance(request, SearchRequest) or not isinstance(answer, SearchResponse):
            return exchange
        if not answer.search_status or not isinstance(request.query, RpnQuery):
            return exchange
        hits, exact = lie(_use_attributes(request.query), answer.result_count)
        status = answer.result_set_status if exact else 1
        return replace(exchange, answer=replace(answer, result_count=hits, result_set_status=status))

    return fault


def _use_attributes(query: RpnQuery) -> frozenset[int]:
    return frozenset(
        attribute.value
        for token in query.tokens
        if isinstance(token, Term)
        for attribute in token.attributes
        if attribute.type == 1 and isinstance(attribute.value, int)
    )
