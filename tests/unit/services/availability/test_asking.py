"""Ten members at once: the answer comes at the deadline, and says of each how it answered."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from connectors.availability.opening import open_availability
from connectors.availability.values import AvailabilitySource, LocalIdentifiers
from connectors.marc.writing import to_iso2709
from connectors.serving import ServedCatalogue, ServedRecord
from connectors.testing import (
    Exchange,
    Fault,
    at,
    drop_in_the_middle,
    enormous,
    hang,
    hang_in_the_middle,
    nonsense,
    wrong_kind,
    z3950_peer,
)
from hub.services.availability.answers import Answered, Question, Reply
from hub.services.availability.asking import ask_all
from hub.services.availability.breaker import FIRST_REST
from hub.services.availability.memory import IDLE, KEPT, Kept, LiveMemory
from hub.simulation.clock import SettableClock
from hub.storage.edition_records import EditionRecord
from tests.short_records import record

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
HELD = to_iso2709(record("marc21", {"001": "n1", "245": "$aRed", "952": "$aK$bK$oI247$pK0001$70"}))
CATALOGUE = ServedCatalogue("books", [ServedRecord("n1", HELD, None, NOON)])
SEARCH = 2  # the second request of an association


class Deadline:
    """A sleeper whose time passes when somebody says so."""

    def __init__(self) -> None:
        self.passed = asyncio.Event()
        self.asked: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self.passed.wait()


class Watched(LiveMemory):
    """Lets the deadline pass once so many have answered."""

    def __init__(self, deadline: Deadline, answers: int) -> None:
        super().__init__()
        self._deadline = deadline
        self._left = answers

    def keep(self, source: str, record: int, answer: Kept) -> None:
        super().keep(source, record, answer)
        self._left -= 1
        if self._left == 0:
            self._deadline.passed.set()


def question(number: int, address: str) -> Question:
    options = {"availability": "marc"}
    held = EditionRecord(
        number, "n1", HELD, "utf-8", f"member{number}", "JLT", "z3950", address, options, {}, NOON
    )

    def connect() -> AvailabilitySource:
        return open_availability("z3950", address, options)

    return Question(held, options, LocalIdentifiers("n1"), connect)


def nobody() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"tcp://127.0.0.1:{listener.getsockname()[1]}/books"


async def peers(stack: AsyncExitStack, *faults: Fault) -> list[str]:
    return [await stack.enter_async_context(z3950_peer(CATALOGUE, fault)) for fault in faults]


def honest(exchange: Exchange) -> Exchange:
    return exchange


async def test_ten_members_of_which_two_hang_and_one_is_down() -> None:
    deadline, clock = Deadline(), SettableClock(NOON)
    memory = Watched(deadline, 7)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(memory.close)
        hanging = (at(SEARCH, hang), at(SEARCH, hang_in_the_middle))
        addresses = [*await peers(stack, *[honest] * 7, *hanging), nobody()]
        questions = [question(number, address) for number, address in enumerate(addresses)]
        replies = await ask_all(questions, memory, clock, deadline, 2.0)

    assert deadline.asked == [2.0]
    assert [reply.answered for reply in replies] == [
        *[Answered.LIVE] * 7, Answered.LATE, Answered.LATE, Answered.FAILED,
    ]  # fmt: skip
    assert {item.barcode for reply in replies[:7] for item in reply.items} == {"K0001"}
    assert [reply.problem for reply in replies[7:]] == ["timed_out", "timed_out", "unreachable"]
    assert all(reply.silent_since == NOON and not reply.items for reply in replies[7:])


async def test_nobody_waits_for_the_deadline_when_all_have_answered() -> None:
    deadline = Deadline()
    memory = LiveMemory()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(memory.close)
        addresses = await peers(stack, honest, honest)
        questions = [question(number, address) for number, address in enumerate(addresses)]
        replies = await ask_all(questions, memory, SettableClock(NOON), deadline, 2.0)
    assert [reply.answered for reply in replies] == [Answered.LIVE, Answered.LIVE]
    assert not deadline.passed.is_set()


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (at(SEARCH, drop_in_the_middle), "disconnected"),
        (at(SEARCH, wrong_kind), "unexpected_answer"),
        (at(1, nonsense), "malformed"),
        (at(SEARCH, enormous), "malformed"),
    ],
)
async def test_a_member_that_breaks_off_or_makes_no_sense_is_labelled(fault: Fault, problem: str) -> None:
    memory = LiveMemory()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(memory.close)
        addresses = await peers(stack, fault, honest)
        questions = [question(number, address) for number, address in enumerate(addresses)]
        bad, good = await ask_all(questions, memory, SettableClock(NOON), Deadline(), 2.0)
    assert (bad.answered, bad.problem) == (Answered.FAILED, problem)
    assert good.answered is Answered.LIVE


class Counting:
    """A fault that does nothing but count the requests."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()

    def __call__(self, exchange: Exchange) -> Exchange:
        self.kinds[type(exchange.request).__name__] += 1
        return exchange


async def test_an_answer_of_this_moment_is_given_again_with_its_age() -> None:
    memory, clock, counting = LiveMemory(), SettableClock(NOON), Counting()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(memory.close)
        (address,) = await peers(stack, counting)

        async def ask() -> Reply:
            (reply,) = await ask_all([question(1, address)], memory, clock, Deadline(), 2.0)
            return reply

        assert (await ask()).answered is Answered.LIVE
        clock.advance(KEPT)
        again = await ask()
        assert (again.answered, again.as_of) == (Answered.RECENT, NOON)
        assert counting.kinds["SearchRequest"] == 1
        clock.advance(timedelta(seconds=1))
        assert (await ask()).answered is Answered.LIVE
        assert counting.kinds == {"InitRequest": 1, "SearchRequest": 2, "PresentRequest": 2}


async def test_two_readers_ask_a_member_once() -> None:
    memory, clock, counting = LiveMemory(), SettableClock(NOON), Counting()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(memory.close)
        (address,) = await peers(stack, counting)
        both = await asyncio.gather(
            *(ask_all([question(1, address)], memory, clock, Deadline(), 2.0) for _ in range(2))
        )
    assert sorted(reply.answered for (reply,) in both) == [Answered.LIVE, Answered.RECENT]
    assert counting.kinds["InitRequest"] == 1


async def test_an_idle_connection_is_let_go() -> None:
    memory, clock, counting = LiveMemory(), SettableClock(NOON), Counting()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(memory.close)
        (address,) = await peers(stack, counting)
        await ask_all([question(1, address)], memory, clock, Deadline(), 2.0)
        clock.advance(IDLE + timedelta(seconds=1))
        await ask_all([question(1, address)], memory, clock, Deadline(), 2.0)
    assert counting.kinds["InitRequest"] == 2


async def test_idle_connections_are_let_go_without_anybody_asking() -> None:
    memory, clock = LiveMemory(), SettableClock(NOON)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(memory.close)
        (address,) = await peers(stack, honest)
        await ask_all([question(1, address)], memory, clock, Deadline(), 2.0)
        assert memory.close_idle(clock.now()) == 0
        clock.advance(IDLE + timedelta(seconds=1))
        assert memory.close_idle(clock.now()) == 1


async def test_a_source_that_was_described_anew_is_asked_at_its_new_address() -> None:
    memory, clock, old, new = LiveMemory(), SettableClock(NOON), Counting(), Counting()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(memory.close)
        for address in await peers(stack, old, new):
            clock.advance(KEPT + timedelta(seconds=1))
            await ask_all([question(1, address)], memory, clock, Deadline(), 2.0)
    assert (old.kinds["SearchRequest"], new.kinds["SearchRequest"]) == (1, 1)


async def test_a_silent_member_is_left_in_peace_and_tried_again_later() -> None:
    memory, clock = LiveMemory(), SettableClock(NOON)
    down = nobody()

    async def ask() -> Reply:
        (reply,) = await ask_all([question(1, down)], memory, clock, Deadline(), 2.0)
        return reply

    assert [(await ask()).answered for _ in range(3)] == [
        Answered.FAILED, Answered.FAILED, Answered.RESTING,
    ]  # fmt: skip
    assert (await ask()).silent_since == NOON
    clock.advance(FIRST_REST)
    assert (await ask()).answered is Answered.FAILED


async def test_a_member_that_speaks_again_is_forgiven() -> None:
    memory, clock = LiveMemory(), SettableClock(NOON)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(memory.close)
        (address,) = await peers(stack, lambda exchange: at(1, nonsense)(at(2, nonsense)(exchange)))
        states = []
        for _ in range(3):
            (reply,) = await ask_all([question(1, address)], memory, clock, Deadline(), 2.0)
            states.append(reply.answered)
    assert states == [Answered.FAILED, Answered.FAILED, Answered.LIVE]


class Hanging:
    """A fault that hangs, and lets the deadline of the moment pass."""

    def __init__(self) -> None:
        self.deadline = Deadline()

    def __call__(self, exchange: Exchange) -> Exchange:
        self.deadline.passed.set()
        return hang(exchange)


async def asked_thrice(seconds: float) -> list[Reply]:
    """The replies of one member that hangs, asked three times in a row."""
    memory, clock, fault, replies = LiveMemory(), SettableClock(NOON), Hanging(), []
    async with AsyncExitStack() as stack:
        stack.push_async_callback(memory.close)
        (address,) = await peers(stack, fault)
        for _ in range(3):
            fault.deadline = Deadline()
            replies += await ask_all([question(1, address)], memory, clock, fault.deadline, seconds)
    return replies


async def test_a_member_that_hangs_twice_is_left_in_peace() -> None:
    replies = await asked_thrice(2.0)
    assert [reply.answered for reply in replies] == [Answered.LATE, Answered.LATE, Answered.RESTING]


async def test_who_hurries_does_not_find_a_member_silent() -> None:
    replies = await asked_thrice(0.5)
    assert [(reply.answered, reply.silent_since) for reply in replies] == [(Answered.LATE, None)] * 3


async def test_a_wrong_option_is_said_and_harms_nobody_else() -> None:
    memory = LiveMemory()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(memory.close)
        (address,) = await peers(stack, honest)
        wrong, right = await ask_all(
            [question(1, "telnet://x"), question(2, address)], memory, SettableClock(NOON), Deadline(), 2.0
        )
    assert (wrong.answered, wrong.problem) == (Answered.FAILED, "bad_address")
    assert right.answered is Answered.LIVE
