"""Effects: once per key, held under a lease, and honest about attempts that never said how they ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from hub.storage import effects
from hub.storage.effects import ClaimedEffect
from hub.storage.store import Store

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)


async def enqueue(store: Store, key: str, at: datetime = NOW) -> None:
    await store.write(lambda c: effects.enqueue(c, key, "notify_reader", "r1", {"text": "可取"}, at))


async def claim(store: Store, at: datetime) -> list[ClaimedEffect]:
    return await store.write(lambda c: effects.claim_due(c, at, LEASE, 10))


async def counts(store: Store) -> dict[str, int]:
    return await store.read(effects.counts)


async def test_the_same_key_is_one_effect(store: Store) -> None:
    await enqueue(store, "k1")
    await enqueue(store, "k1", NOW - timedelta(days=1))
    [claimed] = await claim(store, NOW)
    assert (claimed.key, claimed.payload, claimed.attempt, claimed.interrupted) == (
        "k1",
        {"text": "可取"},
        1,
        False,
    )
    await store.write(lambda c: effects.done(c, claimed))
    await enqueue(store, "k1")
    assert await claim(store, NOW) == []
    assert await counts(store) == {"done": 1}


async def test_only_what_is_due_and_free_is_claimed_oldest_first(store: Store) -> None:
    await enqueue(store, "later", NOW + timedelta(hours=1))
    await enqueue(store, "second", NOW)
    await enqueue(store, "first", NOW - timedelta(hours=1))
    assert [effect.key for effect in await claim(store, NOW)] == ["first", "second"]
    assert await claim(store, NOW) == []


async def test_a_lapsed_lease_is_claimed_again_as_interrupted(store: Store) -> None:
    await enqueue(store, "k1")
    [first] = await claim(store, NOW)
    [second] = await claim(store, NOW + LEASE)
    assert (second.attempt, second.interrupted) == (2, True)

    def late(connection: Connection) -> bool:
        return effects.failed(connection, first, "timeout", None)

    assert await store.write(late) is False, "the first holder no longer decides"
    assert await store.write(lambda c: effects.uncertain(c, second, "the peer cannot say")) is True
    assert await counts(store) == {"uncertain": 1}


async def test_a_failure_waits_and_is_not_an_interruption(store: Store) -> None:
    await enqueue(store, "k1")
    [first] = await claim(store, NOW)
    assert await store.write(lambda c: effects.failed(c, first, "refused", NOW + timedelta(minutes=1)))
    assert await claim(store, NOW) == []
    [second] = await claim(store, NOW + timedelta(minutes=1))
    assert (second.attempt, second.interrupted) == (2, False)
    assert await store.write(lambda c: effects.failed(c, second, "refused", None))
    assert await counts(store) == {"failed": 1}


async def test_a_person_can_have_it_repeated(store: Store) -> None:
    await enqueue(store, "k1")
    assert await store.write(lambda c: effects.repeat(c, "k1", NOW)) is False, "it is still being tried"
    [first] = await claim(store, NOW)
    await store.write(lambda c: effects.uncertain(c, first, "?"))
    assert await store.write(lambda c: effects.repeat(c, "k1", NOW)) is True
    assert [effect.attempt for effect in await claim(store, NOW)] == [2]
