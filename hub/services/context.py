"""What a use case is handed: who asks, what time it is, and the transaction it decides in.

A use case that changes something is a plain function ``decide(transaction, principal, command) -> answer``.
It runs in the one writer (or one database transaction), sees one fixed instant, and makes every new id from
the caller's idempotency key, so that the same command repeated, after a crash too, gives the same ledger.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Connection

from hub.errors import Broken
from hub.index.port import UnionIndex
from hub.kernel.ports import Clock, Randomness, Sleeper
from hub.services.availability.memory import LiveMemory
from hub.services.network_document.network import Network
from hub.services.secrets import NoSecrets, Secrets
from hub.storage.effects import ClaimedEffect
from hub.storage.store import Store


class Role(StrEnum):
    """What an account is for; ``hub.services.accounts`` has the table of what each may do."""

    ANONYMOUS = "anonymous"
    READER = "reader"
    STAFF = "staff"
    DRIVER = "driver"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    HUB = "hub"  #: the hub itself: deadlines, effects


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks."""

    account: str
    role: Role
    node: str = ""  #: where staff stand; a reader's home library
    reader: str | None = None  #: the reader's opaque reference
    language: str = "zh"


ANONYMOUS = Principal("", Role.ANONYMOUS)
THE_HUB = Principal("hub", Role.HUB)


@dataclass(slots=True)
class Transaction:
    """One decision in progress. Everything written through ``connection`` commits or vanishes together."""

    connection: Connection
    now: datetime
    network: Network
    key: str
    _made: dict[str, int] = field(default_factory=dict)

    def new_id(self, prefix: str) -> str:
        """A new id such as ``R-3KQ7WZ2MPA``: the same one whenever the same command is performed."""
        ordinal = self._made.get(prefix, 0)
        self._made[prefix] = ordinal + 1
        digest = hashlib.sha256(f"{self.key}\x1f{prefix}\x1f{ordinal}".encode()).digest()
        return f"{prefix}-{base64.b32encode(digest)[:10].decode()}"


class Outcome(StrEnum):
    """How an attempt to do something outside the hub ended."""

    DONE = "done"
    FAILED = "failed"  #: certainly nothing happened: try again
    UNCERTAIN = "uncertain"  #: it may have happened and the peer cannot be asked


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt."""

    outcome: Outcome
    problem: str = ""


class Performer(Protocol):
    """Does one effect outside the hub. Never raises for what a peer does."""

    async def perform(self, effect: ClaimedEffect) -> Attempt:
        """Do it under the effect's own key, which the peer may use to recognise a repetition.

        ``effect.interrupted``: an earlier attempt never said how it ended; ask the peer first if it can tell.
        """
        ...


class NoticeBoard:
    """The performer of a hub without outside channels: notices are read on the hub's own pages."""

    async def perform(self, effect: ClaimedEffect) -> Attempt:
        """The stored effect is the notice; there is nothing more to do."""
        del effect
        return Attempt(Outcome.DONE)


def nothing_newer(connection: Connection) -> None:
    """For hubs whose network never changes while they run."""
    del connection


@dataclass(frozen=True, slots=True)
class Hub:
    """The assembled hub, as use cases see it. ``hub.bootstrap`` builds it."""

    store: Store
    clock: Clock
    sleeper: Sleeper
    randomness: Randomness
    network: Callable[[], Network]  #: the network document in force
    search: UnionIndex | None = None  #: None: a hub that only takes in and unites
    refresh_network: Callable[[Connection], None] = nothing_newer  #: takes up a newer network document
    workers: Executor | None = None  #: child processes for parsing and matching; None: threads
    performer: Performer = field(default_factory=NoticeBoard)  #: acts outside the hub
    secrets: Secrets = field(default_factory=NoSecrets)  #: passwords of members' systems
    targets: frozenset[str] = frozenset()  #: hosts and networks that sources may be at; empty: any
    clustering: asyncio.Lock = field(default_factory=asyncio.Lock)  #: one clustering run at a time
    live: LiveMemory = field(
        default_factory=LiveMemory
    )  #: lines to members' systems, and what they just said

    def index(self) -> UnionIndex:
        """The union search index.

        Raises:
            Broken: this hub was assembled without one.
        """
        if self.search is None:
            raise Broken("search.no_index")
        return self.search


Decide = Callable[[Transaction, Principal, Any], dict[str, Any]]
Ask = Callable[[Hub, Principal, Any], Awaitable[dict[str, Any]]]
