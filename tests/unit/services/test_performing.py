"""Performing: may they, is it right, was it done before; and then once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import Field

from hub.errors import Conflict, Forbidden, Refusal
from hub.services.context import ANONYMOUS, Hub, Principal, Role, Transaction
from hub.services.operations import ANYONE, DESK, Input, NoInput, Operation
from hub.services.performing import SignInFirst, perform
from hub.services.validation import InvalidInput
from hub.storage import outbox
from hub.storage.store import Store
from tests.hubs import NETWORK, hub_over

STAFF = Principal("A-1", Role.STAFF, "JLT", language="en")
OTHER = Principal("A-2", Role.STAFF, "XWT", language="en")


class Note(Input):
    text: str = Field(max_length=5)


def note(tx: Transaction, principal: Principal, command: Note) -> dict[str, Any]:
    if command.text == "no":
        outbox.put(tx.connection, "notes", ["never seen"])
        raise Refusal("common.forbidden", role="nobody")
    outbox.put(tx.connection, "notes", [command.text])
    return {"id": tx.new_id("N"), "second": tx.new_id("N"), "at": tx.now.isoformat()}


async def ask(hub: Hub, principal: Principal, query: NoInput) -> dict[str, Any]:
    return {"notes": len(await notes(hub.store))}


MAKE = Operation("notes.make", "POST", "/api/v1/notes", DESK, Note, "Make a note.", decide=note)
MAKE_TOO = Operation("notes.again", "POST", "/api/v1/again", DESK, Note, "Make a note.", decide=note)
COUNT = Operation("notes.count", "GET", "/api/v1/notes", ANYONE, NoInput, "Count.", ask=ask)


async def notes(store: Store) -> list[str]:
    return [entry.key for entry in await store.read(lambda c: outbox.after(c, "notes", 0, 1000))]


async def test_a_command_repeated_gets_the_first_answer_and_does_nothing(store: Store) -> None:
    hub = hub_over(store)
    first = await perform(hub, MAKE, STAFF, {"text": "a"}, "k1")
    again = await perform(hub, MAKE, STAFF, {"text": "a"}, "k1")
    assert (first.repeated, again.repeated, again.body) == (False, True, first.body)
    assert await notes(store) == ["a"]
    assert first.body["id"] != first.body["second"]


async def test_ids_come_from_the_key_and_not_from_the_moment(store: Store) -> None:
    hub = hub_over(store)
    made = (await perform(hub, MAKE, STAFF, {"text": "a"}, "k1")).body["id"]
    other = (await perform(hub, MAKE, STAFF, {"text": "a"}, "k2")).body["id"]
    assert made != other
    replayed: list[str] = []

    def replay(connection: Any) -> None:
        replayed.append(Transaction(connection, hub.clock.now(), NETWORK, "A-1/k1").new_id("N"))

    await store.write(replay)
    assert replayed == [made]


async def test_two_callers_may_choose_the_same_key(store: Store) -> None:
    hub = hub_over(store)
    one = await perform(hub, MAKE, STAFF, {"text": "a"}, "k1")
    two = await perform(hub, MAKE, OTHER, {"text": "a"}, "k1")
    assert not two.repeated
    assert one.body["id"] != two.body["id"]


@pytest.mark.parametrize(("operation", "data"), [(MAKE, {"text": "b"}), (MAKE_TOO, {"text": "a"})])
async def test_a_key_reused_for_something_else_is_refused(
    store: Store, operation: Operation, data: dict[str, str]
) -> None:
    hub = hub_over(store)
    await perform(hub, MAKE, STAFF, {"text": "a"}, "k1")
    with pytest.raises(Conflict, match="k1"):
        await perform(hub, operation, STAFF, data, "k1")
    assert await notes(store) == ["a"]


async def test_fifty_at_once_are_one(store: Store) -> None:
    hub = hub_over(store)
    answers = await asyncio.gather(*(perform(hub, MAKE, STAFF, {"text": "a"}, "k1") for _ in range(50)))
    assert await notes(store) == ["a"]
    assert sum(not answer.repeated for answer in answers) == 1
    assert len({answer.body["id"] for answer in answers}) == 1


async def test_what_is_refused_leaves_nothing_and_may_be_tried_again(store: Store) -> None:
    hub = hub_over(store)
    with pytest.raises(Refusal):
        await perform(hub, MAKE, STAFF, {"text": "no"}, "k1")
    assert await notes(store) == []
    assert not (await perform(hub, MAKE, STAFF, {"text": "yes"}, "k1")).repeated


async def test_who_may_not_is_told_who_may(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    with pytest.raises(SignInFirst) as unknown:
        await perform(hub, MAKE, ANONYMOUS, {"text": "a"}, "k1")
    assert unknown.value.status == 401
    with pytest.raises(Forbidden, match="staff") as known:
        await perform(hub, MAKE, Principal("A-3", Role.READER, language="en"), {"text": "a"}, "k1")
    assert known.value.status == 403
    assert (await perform(hub, COUNT, ANONYMOUS, {}, "")).body == {"notes": 0}


async def test_input_is_judged_before_anything_is_done(sqlite_store: Store) -> None:
    hub = hub_over(sqlite_store)
    with pytest.raises(InvalidInput):
        await perform(hub, MAKE, STAFF, {"text": "too long"}, "k1")
    assert await notes(sqlite_store) == []
