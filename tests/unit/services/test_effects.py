"""Effects outside: tried again with growing pauses, uncertain ones somebody's case, none in another's way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from hub.services.context import Attempt, Outcome
from hub.services.effects import LEASE, perform_due
from hub.storage import cases, effects
from hub.storage.cases import CaseRow
from hub.storage.effects import ClaimedEffect
from hub.storage.store import Store
from schedules.retry import EFFECTS
from tests.hubs import TUESDAY, clock, hub_over

DONE, FAILED, UNCERTAIN = (
    Attempt(Outcome.DONE),
    Attempt(Outcome.FAILED, "refused"),
    Attempt(Outcome.UNCERTAIN, "lost"),
)


@dataclass
class Peer:
    """Answers as it is told to, and remembers what it was asked."""

    answer: Callable[[ClaimedEffect], Attempt]
    asked: list[ClaimedEffect] = field(default_factory=list)

    async def perform(self, effect: ClaimedEffect) -> Attempt:
        self.asked.append(effect)
        return self.answer(effect)


async def enqueue(store: Store, *keys: str) -> None:
    def put(connection: Connection) -> None:
        for key in keys:
            effects.enqueue(connection, key, "tell_member", "XWT", {"supply": key}, TUESDAY)

    await store.write(put)


async def counts(store: Store) -> dict[str, int]:
    return await store.read(effects.counts)


async def open_cases(store: Store) -> list[CaseRow]:
    return await store.read(cases.open_cases)


async def test_each_is_performed_once(store: Store) -> None:
    peer = Peer(lambda effect: DONE)
    hub = hub_over(store, performer=peer)
    await enqueue(store, *(f"k{number}" for number in range(230)))
    assert await perform_due(hub) == 230
    assert await perform_due(hub) == 0
    assert len({effect.key for effect in peer.asked}) == len(peer.asked) == 230
    assert await counts(store) == {"done": 230}


async def test_a_lost_answer_is_never_tried_again_by_itself_and_becomes_a_case(store: Store) -> None:
    time = clock()
    peer = Peer(lambda effect: UNCERTAIN)
    hub = hub_over(store, time, performer=peer)
    await enqueue(store, "k")
    await perform_due(hub)
    time.advance(timedelta(days=1))
    assert await perform_due(hub) == 0
    assert (len(peer.asked), await counts(store)) == (1, {"uncertain": 1})
    (case,) = await open_cases(store)
    assert (case.kind, case.subject, case.node) == ("uncertain_effect", "k", "XWT")
    assert case.deadline_at > case.opened_at

    peer.answer = lambda effect: DONE
    assert await store.write(lambda c: effects.repeat(c, "k", time.now()))
    await perform_due(hub)
    assert await counts(store) == {"done": 1}


async def test_a_failure_is_tried_again_after_growing_pauses_and_given_up_into_a_case(store: Store) -> None:
    time = clock()
    peer = Peer(lambda effect: FAILED)
    hub = hub_over(store, time, performer=peer)
    await enqueue(store, "k")
    for attempt in range(1, EFFECTS.most_attempts + 1):
        assert await perform_due(hub) == 1
        assert peer.asked[-1].attempt == attempt
        pause = EFFECTS.wait_after(attempt)
        if pause is not None:
            assert await open_cases(store) == []
            time.advance(pause - timedelta(seconds=1))
            assert await perform_due(hub) == 0
            time.advance(timedelta(seconds=1))
    time.advance(EFFECTS.longest)
    assert await perform_due(hub) == 0
    (case,) = await open_cases(store)
    assert (case.kind, case.details["problem"]) == ("failed_effect", "refused")
    assert await counts(store) == {"failed": 1}


async def test_a_hub_that_died_in_the_middle_says_so_to_the_next(store: Store) -> None:
    time = clock()
    peer = Peer(lambda effect: DONE)
    hub = hub_over(store, time, performer=peer)
    await enqueue(store, "k")
    await store.write(lambda c: effects.claim_due(c, time.now(), LEASE, 10))
    assert await perform_due(hub) == 0, "another holds it"
    time.advance(LEASE)
    assert await perform_due(hub) == 1
    (asked,) = peer.asked
    assert (asked.attempt, asked.interrupted) == (2, True)


async def test_a_performer_that_breaks_harms_no_other_effect(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(effect: ClaimedEffect) -> Attempt:
        if effect.key == "k1":
            raise RuntimeError("nonsense")
        return DONE

    hub = hub_over(store, performer=Peer(answer))
    await enqueue(store, "k0", "k1", "k2")
    assert await perform_due(hub) == 3
    assert await counts(store) == {"done": 2, "uncertain": 1}
    (case,) = await open_cases(store)
    assert "nonsense" in case.details["problem"]
