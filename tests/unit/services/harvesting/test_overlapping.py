"""Batches overlap, end in order, hold up whoever brings too many, and stop at the first that fails."""

from __future__ import annotations

import asyncio

import pytest

from hub.services.harvesting.overlapping import UNDER_WAY, Overlapping


async def settle() -> None:
    """Let everything that can go on go on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_is_made_out_of_order_is_finished_in_order() -> None:
    gates = [asyncio.Event() for _ in range(3)]
    finished: list[int] = []

    async def make(number: int) -> int:
        await gates[number].wait()
        return number * 10

    async def finish(number: int, made: int) -> None:
        finished.append(made)

    async with Overlapping(make, finish) as steps:
        for number in range(3):
            await steps.put(number)
        gates[2].set()
        gates[1].set()
        await settle()
        assert finished == []
        gates[0].set()
        await steps.drain()
    assert finished == [0, 10, 20]


async def test_whoever_brings_more_than_can_be_dealt_with_waits() -> None:
    gate = asyncio.Event()
    begun: list[int] = []

    async def make(number: int) -> int:
        begun.append(number)
        await gate.wait()
        return number

    async def finish(number: int, made: int) -> None:
        del number, made

    async with Overlapping(make, finish) as steps:
        bringing = asyncio.ensure_future(_bring(steps, 10))
        await settle()
        assert begun == list(range(UNDER_WAY))
        gate.set()
        await bringing
        await steps.drain()
    assert begun == list(range(10))


async def _bring(steps: Overlapping[int, int], count: int) -> None:
    for number in range(count):
        await steps.put(number)


async def test_a_failure_reaches_the_caller_and_nothing_after_it_is_finished() -> None:
    finished: list[int] = []

    async def make(number: int) -> int:
        return number

    async def finish(number: int, made: int) -> None:
        if number == 1:
            raise LookupError("the second one failed")
        finished.append(number)

    async with Overlapping(make, finish) as steps:
        await _bring(steps, 3)
        with pytest.raises(LookupError, match="the second"):
            await steps.drain()
        await settle()
    assert finished == [0]


async def test_leaving_early_ends_what_is_under_way() -> None:
    cancelled: list[int] = []

    async def make(number: int) -> int:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(number)
            raise
        return number

    async def finish(number: int, made: int) -> None:
        raise AssertionError("nothing was made")

    async with Overlapping(make, finish) as steps:
        await _bring(steps, 2)
        await settle()
    assert cancelled == [0, 1]
