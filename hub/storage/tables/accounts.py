"""Tables of people: accounts, sessions, and the erasable rows that alone say who a reader is (P9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from hub.storage.tables.columns import Instant


class Account(SQLModel, table=True):
    """Someone who can sign in. What an account may do follows from its role alone."""

    id: str = Field(primary_key=True)
    login: str = Field(unique=True)
    password: str  #: argon2
    role: str  #: hub.services.accounts.Role
    node: str = ""  #: where staff work; a reader's home library
    reader: str | None = Field(default=None, unique=True)  #: opaque reference of a reader's account
    language: str = "zh"
    disabled: bool = False


class Session(SQLModel, table=True):
    """A signed-in browser; only the digest of its token is stored."""

    digest: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class ReaderPerson(SQLModel, table=True):
    """Who a reader is. Erasable, with a purpose and an expiry; no other table holds a name."""

    __tablename__ = "reader_person"
    reader: str = Field(primary_key=True)
    name: str
    card: str = Field(unique=True)
    home: str
    reader_class: str = "adult"
    purpose: str = "lending"
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class AccessLog(SQLModel, table=True):
    """Append-only: who read personal data, when and what for."""

    __tablename__ = "access_log"
    id: int | None = Field(default=None, primary_key=True)
    actor: str
    reader: str = Field(index=True)
    purpose: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
