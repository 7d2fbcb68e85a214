"""What a use case is handed: who asks, what time it is, and the transaction it decides in.

A use case that changes something is a plain function ``decide(transaction, principal, command) -> answer``. It
runs in the one writer (or one database transaction), sees one fixed instant, and makes every new id from
the caller's idempotency key, so that the same command repeated, after a crash too, gives the same ledger.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Connection

from hub.kernel.ports import Clock, Randomness, Sleeper
from hub.services.networks import Network
from hub.storage.store import Store

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class Hub:
    """The assembled hub, as use cases see it. ``hub.bootstrap`` builds it."""

    store: Store
    clock: Clock
    sleeper: Sleeper
    randomness: Randomness
    network: Callable[[], Network]  #: the network document in force
    search: Any = None  #: hub.index.engine.SearchIndex, once opened


Decide = Callable[[Transaction, Principal, Any], dict[str, Any]]
Ask = Callable[[Hub, Principal, Any], Awaitable[dict[str, Any]]]
