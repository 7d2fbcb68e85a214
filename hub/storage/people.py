"""Accounts, sessions and the erasable rows that alone say who a reader is (promise P9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select

from hub.storage.tables.accounts import AccessLog, Account, ReaderPerson, Session
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Loan, Request

ACCOUNT, SESSION, PERSON, ACCESS = core(Account), core(Session), core(ReaderPerson), core(AccessLog)
LOAN, REQUEST = core(Loan), core(Request)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """Someone who can sign in."""

    id: str
    login: str
    password: str
    role: str
    node: str = ""
    reader: str | None = None
    language: str = "zh"
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Who a reader is; erased when its purpose is met."""

    reader: str
    name: str
    card: str
    home: str
    reader_class: str
    purpose: str
    expires_at: datetime


def _account(row: Any) -> AccountRow:
    return AccountRow(**dict(row._mapping))


def account_by_login(connection: Connection, login: str) -> AccountRow | None:
    """The account with this login, or None."""
    row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.login == login)).first()
    return _account(row) if row else None


def account_by_session(connection: Connection, digest: str, now: datetime) -> AccountRow | None:
    """The enabled account of an unexpired session, or None."""
    joined = ACCOUNT.join(SESSION, SESSION.c.account == ACCOUNT.c.id)
    row = connection.execute(
        select(ACCOUNT)
        .select_from(joined)
        .where(SESSION.c.digest == digest, SESSION.c.expires_at > now, ~ACCOUNT.c.disabled)
    ).first()
    return _account(row) if row else None


def accounts(connection: Connection) -> list[AccountRow]:
    """Every account, by login."""
    return [_account(row) for row in connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.login))]


def add_account(connection: Connection, account: AccountRow) -> None:
    """Keep a new account. Raises IntegrityError when the login is taken."""
    connection.execute(insert(ACCOUNT).values(**asdict(account)))


def add_session(
    connection: Connection, digest: str, account: str, now: datetime, expires_at: datetime
) -> None:
    """Keep a session by the digest of its token; expired ones go."""
    connection.execute(delete(SESSION).where(SESSION.c.expires_at <= now))
    connection.execute(
        insert(SESSION).values(digest=digest, account=account, created_at=now, expires_at=expires_at)
    )


def end_session(connection: Connection, digest: str) -> None:
    """Forget a session; forgetting it twice is no error."""
    connection.execute(delete(SESSION).where(SESSION.c.digest == digest))


def add_person(connection: Connection, person: PersonRow) -> None:
    """Keep who a reader is. Raises IntegrityError when the card is taken."""
    connection.execute(insert(PERSON).values(**asdict(person)))


def _person(row: Any) -> PersonRow:
    return PersonRow(**dict(row._mapping))


def person_by_card(
    connection: Connection, card: str, actor: str, purpose: str, now: datetime
) -> PersonRow | None:
    """The reader who holds this card, or None. The look is logged with its purpose."""
    row = connection.execute(select(PERSON).where(PERSON.c.card == card)).first()
    if row is None:
        return None
    log_access(connection, row.reader, actor, purpose, now)
    return _person(row)


def person(connection: Connection, reader: str, actor: str, purpose: str, now: datetime) -> PersonRow | None:
    """Who the reference stands for, or None after the purge. The look is logged with its purpose."""
    row = connection.execute(select(PERSON).where(PERSON.c.reader == reader)).first()
    if row is None:
        return None
    log_access(connection, reader, actor, purpose, now)
    return _person(row)


def reader_standing(connection: Connection, reader: str) -> tuple[str, str] | None:
    """The home node and the class of a reader: what policies need, and nothing that says who it is."""
    row = connection.execute(
        select(PERSON.c.home, PERSON.c.reader_class).where(PERSON.c.reader == reader)
    ).first()
    return (row.home, row.reader_class) if row else None


def log_access(connection: Connection, reader: str, actor: str, purpose: str, now: datetime) -> None:
    """Append that personal data was read."""
    connection.execute(insert(ACCESS).values(actor=actor, reader=reader, purpose=purpose, at=now))


def accesses(connection: Connection, reader: str) -> Sequence[tuple[str, str, datetime]]:
    """Who read this reader's data, what for and when; oldest first."""
    rows = connection.execute(
        select(ACCESS.c.actor, ACCESS.c.purpose, ACCESS.c.at)
        .where(ACCESS.c.reader == reader)
        .order_by(ACCESS.c.id)
    )
    return [(row.actor, row.purpose, row.at) for row in rows]


def purge_persons(connection: Connection, now: datetime) -> int:
    """Erase the persons whose purpose has expired; how many went. Who has a loan or request open stays."""
    busy = or_(
        PERSON.c.reader.in_(select(LOAN.c.reader).where(LOAN.c.returned_at.is_(None))),
        PERSON.c.reader.in_(select(REQUEST.c.reader).where(REQUEST.c.outcome == "open")),
    )
    return connection.execute(delete(PERSON).where(PERSON.c.expires_at <= now, ~busy)).rowcount


def purge_sessions(connection: Connection, now: datetime) -> int:
    """Forget expired sessions; how many went."""
    return connection.execute(delete(SESSION).where(SESSION.c.expires_at <= now)).rowcount
