"""Signing in, accounts, and what each role may do.

Owns: passwords (argon2), sessions, the making of accounts and of the erasable rows behind readers.
Must not: let a reader's name or card leave these rows.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy.exc import IntegrityError

from hub.errors import Conflict, Forbidden, NotFound, Refusal
from hub.services.context import ANONYMOUS, Hub, Principal, Role, Transaction
from hub.storage import people
from hub.storage.people import AccountRow, PersonRow

SESSION_LENGTH = timedelta(hours=12)
PERSON_KEPT = timedelta(days=3 * 365)
LEAST_PASSWORD = 8
ATTEMPTS = 10
LOCKED_FOR = timedelta(minutes=15)
#: logins whose failures are remembered: whoever tries names at random must not fill the memory
MOST_REMEMBERED = 10_000
#: roles that stand somewhere: their work is the work of one node
ROLES_AT_A_NODE = frozenset({Role.READER, Role.STAFF})

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made. Readers also give their name, card and class."""

    login: str
    password: str
    role: Role
    node: str = ""
    name: str = ""
    card: str = ""
    reader_class: str = "adult"
    language: str = "zh"


class FailedAttempts:
    """Counts wrong passwords per login in this process and locks a login that gets too many."""

    def __init__(self) -> None:
        """Nobody has failed yet."""
        self._failed: dict[str, tuple[int, datetime]] = {}

    def refuse_if_locked(self, login: str, now: datetime) -> None:
        """Raise Forbidden while the login is locked."""
        count, last = self._failed.get(login, (0, now))
        if count >= ATTEMPTS and now - last < LOCKED_FOR:
            minutes = int((LOCKED_FOR - (now - last)).total_seconds() // 60) + 1
            raise Forbidden("accounts.locked", field="login", minutes=minutes)

    def failed(self, login: str, now: datetime) -> None:
        """One more wrong password; the count starts anew after a quiet period."""
        count, last = self._failed.pop(login, (0, now))
        if len(self._failed) >= MOST_REMEMBERED:
            del self._failed[next(iter(self._failed))]
        self._failed[login] = (1 if now - last >= LOCKED_FOR else count + 1, now)

    def succeeded(self, login: str) -> None:
        """The count is forgotten."""
        self._failed.pop(login, None)


def hash_password(password: str) -> str:
    """An argon2 hash. Raises Refusal when the password is too short."""
    if len(password) < LEAST_PASSWORD:
        raise Refusal("accounts.weak_password", field="password", length=LEAST_PASSWORD)
    return _hasher.hash(password)


@cache
def _decoy() -> str:
    """Verified when the login is unknown, so that the answer takes as long as for a known one."""
    return _hasher.hash("no account has this password")


def _matches(stored: str | None, password: str) -> bool:
    # Made for known logins too: whoever asks first must not be told apart by the time it takes.
    decoy = _decoy()
    if stored is None:
        stored = decoy
    try:
        return _hasher.verify(stored, password)
    except VerificationError:
        return False


def token_digest(token: str) -> str:
    """What is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _principal(account: AccountRow) -> Principal:
    return Principal(account.id, Role(account.role), account.node, account.reader, account.language)


async def sign_in(
    hub: Hub,
    attempts: FailedAttempts,
    login: str,
    password: str,
    token: str,
    length: timedelta = SESSION_LENGTH,
) -> Principal:
    """Open a session under ``token`` (made by the caller from a secure source) for ``length``.

    Raises:
        Forbidden: unknown login, wrong password, disabled account, or too many failed attempts.
    """
    now = hub.clock.now()
    attempts.refuse_if_locked(login, now)
    # Counted before it is looked at: many guesses at once must not all pass the lock.
    attempts.failed(login, now)
    account = await hub.store.read(lambda connection: people.account_by_login(connection, login))
    stored = account.password if account else None
    matches = await asyncio.to_thread(_matches, stored, password)
    if account is None or not matches or account.disabled:
        raise Forbidden("accounts.wrong_password", field="login")
    attempts.succeeded(login)
    digest, found = token_digest(token), account.id
    await hub.store.write(lambda connection: people.add_session(connection, digest, found, now, now + length))
    return _principal(account)


async def sign_out(hub: Hub, token: str) -> None:
    """End the session of this token."""
    digest = token_digest(token)
    await hub.store.write(lambda connection: people.end_session(connection, digest))


async def principal_of(hub: Hub, token: str) -> Principal:
    """Who holds this token; the anonymous principal when the session is unknown or over."""
    digest, now = token_digest(token), hub.clock.now()
    account = await hub.store.read(lambda connection: people.account_by_session(connection, digest, now))
    return _principal(account) if account else ANONYMOUS


async def principals(hub: Hub) -> Mapping[str, Principal]:
    """Who every enabled account is, by login: for simulations, whose actors need no passwords."""
    rows = await hub.store.read(people.accounts)
    return {row.login: _principal(row) for row in rows if not row.disabled}


def add(tx: Transaction, new: NewAccount, hashed: str | None = None) -> Principal:
    """Make an account, and for a reader the erasable row that says who it is.

    ``hashed`` is a hash made beforehand: hashing takes long and should not hold up the writer.

    Raises:
        Refusal: the role needs a node or a card, the node is unknown, or the password is too short.
        Conflict: the login or the card is taken.
    """
    if new.role in ROLES_AT_A_NODE and not new.node:
        raise Refusal("accounts.node_needed", field="node", role=new.role)
    if new.node and new.node not in tx.network.nodes:
        raise NotFound("common.not_found", field="node", what="node", key=new.node)
    if new.role is Role.READER and not new.card:
        raise Refusal("accounts.card_needed", field="card")
    reader = tx.new_id("RD") if new.role is Role.READER else None
    account = AccountRow(
        id=tx.new_id("A"),
        login=new.login,
        password=hashed or hash_password(new.password),
        role=new.role,
        node=new.node,
        reader=reader,
        language=new.language,
    )
    try:
        people.add_account(tx.connection, account)
    except IntegrityError:
        raise Conflict("accounts.login_taken", field="login", login=new.login) from None
    if reader:
        _add_person(tx, new, reader)
    return _principal(account)


def _add_person(tx: Transaction, new: NewAccount, reader: str) -> None:
    kept_until = tx.now + PERSON_KEPT
    person = PersonRow(
        reader, new.name or new.login, new.card, new.node, new.reader_class, "lending", kept_until
    )
    try:
        people.add_person(tx.connection, person)
    except IntegrityError:
        # The card itself is not repeated: it is somebody's.
        raise Conflict("accounts.card_taken", field="card") from None


def role_named(name: str) -> Role:
    """The role with this name. Raises Refusal naming the known ones."""
    known: Mapping[str, Role] = {role.value: role for role in Role if role not in {Role.ANONYMOUS, Role.HUB}}
    if name not in known:
        raise Refusal("accounts.unknown_role", field="role", role=name, known=", ".join(known))
    return known[name]
