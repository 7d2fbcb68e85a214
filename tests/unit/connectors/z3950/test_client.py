"""The client against a target that says exactly what the test has it say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from connectors.errors import (
    ConnectorError,
    Diagnostic,
    Disconnected,
    Misconfigured,
    ProtocolViolation,
    TimedOut,
)
from connectors.z3950 import apdu, control, oids
from connectors.z3950.apdu import (
    Apdu,
    Close,
    CloseReason,
    DiagnosticRecord,
    Fragment,
    InitRequest,
    InitResponse,
    Place,
    PresentRequest,
    PresentResponse,
    RetrievedRecord,
    SearchRequest,
    SearchResponse,
    Segment,
    SortKey,
    SortResponse,
)
from connectors.z3950.character_sets import CharacterSets
from connectors.z3950.client import Client, open_client
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode
from connectors.z3950.framing import Framer
from connectors.z3950.pqf import parse
from connectors.z3950.rpn import CqlQuery
from connectors.z3950.settings import settings

T = TypeVar("T")

#: What the target says to each unit it gets: any number of units; nothing at all ends the connection.
Script = Callable[[Apdu], tuple[Apdu, ...]]
ACCEPTED = InitResponse(result=True, options=frozenset({apdu.SEARCH, apdu.PRESENT}))
RECORD = RetrievedRecord(oids.USMARC, b"record")


def conversation(
    script: Script, work: Callable[[Client], Awaitable[T]], **options: object
) -> tuple[T, list[Apdu]]:
    """What the work answers, and what the target was told."""
    told: list[Apdu] = []

    async def target(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        framer = Framer()
        while data := await reader.read(65536):
            framer.feed(data)
            while (unit := framer.next()) is not None:
                told.append(decode(unit))
                answers = script(told[-1])
                writer.write(b"".join(map(encode, answers)))
                if not answers and not isinstance(told[-1], control.ResourceControlResponse):
                    writer.close()
                    return
        writer.close()

    async def run() -> T:
        server = await asyncio.start_server(target, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            client = await open_client(settings(f"tcp://127.0.0.1:{port}/Books", {"timeout": 5, **options}))
            try:
                return await work(client)
            finally:
                await client.close()
        finally:
            server.close()
            await server.wait_closed()

    return asyncio.run(run()), told


def answering(*answers: Apdu) -> Script:
    """Accepts every Init, and gives these answers to whatever comes next."""
    return lambda unit: (ACCEPTED,) if isinstance(unit, InitRequest) else answers


async def one_record(client: Client) -> tuple[apdu.Slot, ...]:
    return await client.present(1, 1)


def test_a_target_that_asks_whether_to_go_on_is_told_to() -> None:
    def script(unit: Apdu) -> tuple[Apdu, ...]:
        match unit:
            case InitRequest():
                return (ACCEPTED,)
            case PresentRequest():
                note = control.ResourceControlRequest(response_required=False)
                return note, control.ResourceControlRequest(reference_id=b"7")
            case control.ResourceControlResponse():
                return (PresentResponse((RECORD,)),)
            case _:
                return ()

    slots, told = conversation(script, one_record)
    assert slots == (RECORD,)
    answers = [unit for unit in told if isinstance(unit, control.ResourceControlResponse)]
    assert answers == [control.ResourceControlResponse(go_on=True, reference_id=b"7")]


@pytest.mark.parametrize(
    ("answers", "error", "code"),
    [
        ((control.AccessControlRequest(b"who?"),), ProtocolViolation, "session_refused"),
        ((SearchResponse(1, search_status=True),), ProtocolViolation, "unexpected_answer"),
        ((PresentResponse((RECORD, RECORD)),), ProtocolViolation, "malformed"),
        ((PresentResponse((Fragment(Place.STARTING, b"x"),)),), ProtocolViolation, "malformed"),
        ((Close(CloseReason.LACK_OF_ACTIVITY),), Disconnected, "disconnected"),
        ((PresentResponse((), 5, diagnostics=(DiagnosticRecord(13, "1"),)),), Diagnostic, "diagnostic"),
        ((), Disconnected, "disconnected"),
    ],
    ids=["challenge", "wrong kind", "too many", "lone fragment", "close", "diagnostic", "silence"],
)
def test_what_goes_wrong_is_an_error_of_the_tree(
    answers: tuple[Apdu, ...], error: type[ConnectorError], code: str
) -> None:
    with pytest.raises(error) as caught:
        conversation(answering(*answers), one_record)
    assert caught.value.code == code


def test_segments_and_fragments_become_records() -> None:
    ahead = Segment((RECORD, Fragment(Place.STARTING, b"re", oids.USMARC)))
    last = PresentResponse((Fragment(Place.FINAL, b"cord"), DiagnosticRecord(14)))

    async def work(client: Client) -> tuple[apdu.Slot, ...]:
        return await client.present(1, 3)

    slots, _ = conversation(answering(ahead, last), work)
    assert slots == (RECORD, RECORD, DiagnosticRecord(14))


def test_as_many_requests_as_wished_wait_at_the_target() -> None:
    """The target holds each answer back until it has the next request, which it must get without asking."""
    note = control.ResourceControlRequest(response_required=False)
    answers: dict[int, tuple[Apdu, ...]] = {
        1: (note,),
        11: (PresentResponse((RECORD,) * 10),),
        21: (PresentResponse((RECORD,) * 10), PresentResponse((RECORD,) * 5)),
    }

    def script(unit: Apdu) -> tuple[Apdu, ...]:
        if isinstance(unit, InitRequest):
            return (ACCEPTED,)
        return answers[unit.start] if isinstance(unit, PresentRequest) else ()

    async def work(client: Client) -> list[int]:
        return [len(slots) async for slots in client.fetch(1, 25, chunk=10, in_flight=2)]

    assert conversation(script, work)[0] == [10, 10, 5]


def test_a_short_answer_ends_the_stream_and_leaves_the_association_usable() -> None:
    def script(unit: Apdu) -> tuple[Apdu, ...]:
        match unit:
            case InitRequest():
                return (ACCEPTED,)
            case PresentRequest():
                return (PresentResponse((RECORD,) * (3 if unit.start == 11 else unit.count)),)
            case SearchRequest():
                return (SearchResponse(7, search_status=True),)
            case _:
                return ()

    async def work(client: Client) -> tuple[list[int], int]:
        sizes = [len(slots) async for slots in client.fetch(1, 100, chunk=10, in_flight=4)]
        return sizes, (await client.search(parse("x"))).hits

    answer, _ = conversation(script, work)
    assert answer == ([10, 3], 7)


@pytest.mark.parametrize("refusal", ["closes", "declines", "refuses"])
def test_a_target_that_will_not_negotiate_is_asked_again_without(refusal: str) -> None:
    def script(unit: Apdu) -> tuple[Apdu, ...]:
        if not isinstance(unit, InitRequest):
            return (SearchResponse(1, search_status=True),)
        if unit.proposed is None or refusal == "declines":
            return (ACCEPTED,)
        return (InitResponse(result=False),) if refusal == "refuses" else ()

    async def work(client: Client) -> str | None:
        await client.search(parse("x"))
        return client.character_set

    agreed, told = conversation(script, work, character_set="UTF-8")
    assert agreed is None
    proposals = [unit.proposed for unit in told if isinstance(unit, InitRequest)]
    proposed = CharacterSets(("utf-8",), in_records=True)
    assert proposals == ([proposed] if refusal == "declines" else [proposed, None])


def test_what_is_agreed_on_is_known() -> None:
    def script(unit: Apdu) -> tuple[Apdu, ...]:
        selected = CharacterSets(("utf-8",))
        return (InitResponse(result=True, selected=selected),) if isinstance(unit, InitRequest) else ()

    async def work(client: Client) -> str | None:
        return client.character_set

    assert conversation(script, work, character_set="utf-8")[0] == "utf-8"


@pytest.mark.parametrize("takes_cql", [True, False])
def test_cql_is_sent_as_it_is_only_to_a_target_that_takes_it(takes_cql: bool) -> None:
    granted = frozenset({apdu.QUERY_TYPE_104} if takes_cql else ())

    def script(unit: Apdu) -> tuple[Apdu, ...]:
        if isinstance(unit, InitRequest):
            return (InitResponse(result=True, options=granted),)
        return (SearchResponse(3, search_status=True),)

    async def work(client: Client) -> int:
        return (await client.search_cql("dc.title = x")).hits

    hits, told = conversation(script, work, cql="yes")
    (search,) = [unit for unit in told if isinstance(unit, SearchRequest)]
    assert hits == 3
    assert search.query == (CqlQuery("dc.title = x") if takes_cql else parse("@attr 1=4 x"))


def test_cql_that_no_type_1_query_can_say_is_refused_here() -> None:
    async def work(client: Client) -> object:
        return await client.search_cql("local.colour = red")

    with pytest.raises(Misconfigured):
        conversation(answering(), work)


@pytest.mark.parametrize(("status", "whole"), [(0, True), (1, False)])
def test_a_sort_says_whether_it_was_whole(status: int, whole: bool) -> None:
    async def work(client: Client) -> bool:
        return await client.sort([SortKey("title")], "one", into="two")

    answer, told = conversation(answering(SortResponse(status)), work)
    assert answer is whole
    (request,) = [unit for unit in told if isinstance(unit, apdu.SortRequest)]
    assert (request.inputs, request.result_set) == (("one",), "two")


def test_a_target_that_says_nothing_is_given_up() -> None:
    note = control.ResourceControlRequest(response_required=False)

    with pytest.raises(TimedOut):
        conversation(answering(note), one_record, timeout=0.2)
