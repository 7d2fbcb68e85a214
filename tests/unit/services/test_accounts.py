"""Accounts: passwords, sessions, the lock against guessing, and the erasable rows behind readers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert, update

from hub.errors import Conflict, Forbidden, NotFound, Refusal
from hub.services import accounts
from hub.services.accounts import FailedAttempts, NewAccount
from hub.services.context import ANONYMOUS, Hub, Principal, Role, Transaction
from hub.services.purging import purge
from hub.simulation.clock import SettableClock
from hub.storage import people
from hub.storage.store import Store
from hub.storage.tables.accounts import Account
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Loan
from tests.hubs import NETWORK, clock, hub_over

PASSWORD = "open sesame"
LI = NewAccount("li", PASSWORD, Role.READER, "XWT", "李四", "C-1")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Argon2 takes its time on purpose; here it need not."""
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts._decoy.cache_clear()
    yield
    accounts._decoy.cache_clear()


@pytest.fixture
def hashed() -> str:
    """The hash of the one password."""
    return accounts.hash_password(PASSWORD)


async def make(hub: Hub, new: NewAccount, hashed: str | None, key: str = "") -> Principal:
    now = hub.clock.now()
    return await hub.store.write(
        lambda connection: accounts.add(
            Transaction(connection, now, NETWORK, key or f"user/{new.login}"), new, hashed
        )
    )


async def sign_in(
    hub: Hub, attempts: FailedAttempts, password: str = PASSWORD, login: str = "li", token: str = "token"
) -> Principal:
    return await accounts.sign_in(hub, attempts, login, password, token)


async def test_a_session_lasts_twelve_hours_and_ends_when_told(store: Store, hashed: str) -> None:
    time = clock()
    hub = hub_over(store, time)
    made = await make(hub, LI, hashed)
    principal = await sign_in(hub, FailedAttempts())
    assert principal == made == await accounts.principal_of(hub, "token")
    assert principal.reader is not None
    time.advance(accounts.SESSION_LENGTH - timedelta(seconds=1))
    assert await accounts.principal_of(hub, "token") == made
    time.advance(timedelta(seconds=1))
    assert await accounts.principal_of(hub, "token") == ANONYMOUS
    await accounts.sign_in(hub, FailedAttempts(), "li", PASSWORD, "other")
    await accounts.sign_out(hub, "other")
    await accounts.sign_out(hub, "other")
    assert await accounts.principal_of(hub, "other") == ANONYMOUS


async def test_only_the_digest_of_a_token_is_stored(sqlite_store: Store, hashed: str) -> None:
    hub = hub_over(sqlite_store)
    await make(hub, LI, hashed)
    await sign_in(hub, FailedAttempts())
    assert await accounts.principal_of(hub, accounts.token_digest("token")) == ANONYMOUS


async def test_wrong_unknown_and_disabled_are_told_alike(sqlite_store: Store, hashed: str) -> None:
    hub = hub_over(sqlite_store)
    await make(hub, LI, hashed)
    said = set()
    for login, password in (("li", "wrong"), ("nobody", PASSWORD)):
        with pytest.raises(Forbidden) as caught:
            await sign_in(hub, FailedAttempts(), password, login)
        said.add(caught.value.say("zh"))
    await sqlite_store.write(lambda c: c.execute(update(core(Account)).values(disabled=True)))
    with pytest.raises(Forbidden) as caught:
        await sign_in(hub, FailedAttempts())
    assert said == {caught.value.say("zh")}


async def test_an_unknown_login_is_verified_like_a_known_one(
    sqlite_store: Store, hashed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = hub_over(sqlite_store)
    await make(hub, LI, hashed)
    verified: list[str] = []

    class Hasher:
        def hash(self, password: str) -> str:
            return "decoy"

        def verify(self, stored: str, password: str) -> bool:
            verified.append(stored)
            return False

    monkeypatch.setattr(accounts, "_hasher", Hasher())
    for login in ("li", "nobody"):
        with pytest.raises(Forbidden):
            await sign_in(hub, FailedAttempts(), "wrong", login)
    assert verified == [hashed, "decoy"]


async def test_too_many_guesses_lock_the_login_for_a_while(sqlite_store: Store, hashed: str) -> None:
    time = clock()
    hub, attempts = hub_over(sqlite_store, time), FailedAttempts()
    await make(hub, LI, hashed)
    guesses = [sign_in(hub, attempts, f"guess {number}") for number in range(accounts.ATTEMPTS + 20)]
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    codes = [outcome.message for outcome in outcomes if isinstance(outcome, Forbidden)]
    assert codes.count("accounts.wrong_password") == accounts.ATTEMPTS, "guesses at once do not pass the lock"
    assert codes.count("accounts.locked") == 20
    with pytest.raises(Forbidden, match=r"1[56] minutes"):
        await sign_in(hub, attempts)
    time.advance(accounts.LOCKED_FOR)
    assert (await sign_in(hub, attempts)).role is Role.READER


async def test_a_success_forgets_the_failures(sqlite_store: Store, hashed: str) -> None:
    hub, attempts = hub_over(sqlite_store), FailedAttempts()
    await make(hub, LI, hashed)
    for token in ("first", "second"):
        for _ in range(accounts.ATTEMPTS - 1):
            attempts.failed("li", hub.clock.now())
        await sign_in(hub, attempts, token=token)


def test_names_tried_at_random_do_not_fill_the_memory() -> None:
    attempts, now = FailedAttempts(), clock().now()
    for number in range(accounts.MOST_REMEMBERED + 50):
        attempts.failed(f"guess{number}", now)
    assert len(attempts._failed) == accounts.MOST_REMEMBERED


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"node": ""}, Refusal, "node"),
        ({"node": "NOPE"}, NotFound, "node"),
        ({"card": ""}, Refusal, "card"),
        ({"password": "short"}, Refusal, "password"),
    ],
)
async def test_an_account_that_cannot_be_names_the_field(
    sqlite_store: Store, change: dict[str, str], error: type[Refusal], field: str
) -> None:
    with pytest.raises(error) as caught:
        await make(hub_over(sqlite_store), replace(LI, **change), None)  # type: ignore[arg-type]  # text fields
    assert caught.value.field == field


@pytest.mark.parametrize("other", [{"card": "C-2"}, {"login": "zhao"}])
async def test_a_login_and_a_card_are_taken_once(store: Store, hashed: str, other: dict[str, str]) -> None:
    hub = hub_over(store)
    await make(hub, LI, hashed)
    with pytest.raises(Conflict) as caught:
        await make(hub, replace(LI, **other), hashed, "again")  # type: ignore[arg-type]  # text fields
    assert caught.value.field == ("login" if "card" in other else "card")


async def test_looking_at_a_person_is_logged_with_its_purpose(store: Store, hashed: str) -> None:
    hub = hub_over(store)
    reader = (await make(hub, LI, hashed)).reader or ""
    now = hub.clock.now()
    await store.write(lambda c: people.person_by_card(c, "C-1", "A-desk", "lending", now))
    await store.write(lambda c: people.person(c, reader, "A-coordinator", "inquiry", now))
    await store.write(lambda c: people.person_by_card(c, "C-unknown", "A-desk", "lending", now))
    assert await store.read(lambda c: people.reader_standing(c, reader)) == ("XWT", "adult")
    logged = await store.read(lambda c: people.accesses(c, reader))
    assert [(actor, purpose) for actor, purpose, _ in logged] == [
        ("A-desk", "lending"),
        ("A-coordinator", "inquiry"),
    ]


async def test_the_purge_erases_who_is_not_needed_any_more(store: Store, hashed: str) -> None:
    time: SettableClock = clock()
    hub = hub_over(store, time)
    gone = (await make(hub, LI, hashed)).reader or ""
    busy = (await make(hub, replace(LI, login="wang", card="C-2"), hashed)).reader or ""
    now = time.now()
    loan = {
        "id": "L-1", "owner": "JLT", "barcode": "1", "reader": busy, "home": "XWT", "node": "XWT",
        "lent_at": now, "due_at": now, "rules": [], "state": "overdue", "renewals": 0, "item_class": "book",
    }  # fmt: skip
    await store.write(lambda c: c.execute(insert(core(Loan)).values(**loan)))
    await sign_in(hub, FailedAttempts())
    assert await purge(hub) == 0
    time.advance(accounts.PERSON_KEPT)
    assert await purge(hub) == 2, "one person and one session"
    assert await store.read(lambda c: people.reader_standing(c, gone)) is None
    assert await store.read(lambda c: people.reader_standing(c, busy)) == ("XWT", "adult")
