"""The table of operations: everything the hub can be asked over its API, in one place.

The web builds its routes and the OpenAPI document from this table; the simulator and the demo call the same
entries. An operation that changes something is decided in one transaction under an idempotency key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from hub.services.context import Ask, Decide, Role


class Input(BaseModel):
    """Base of every operation's input: unknown fields are refused, and values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class NoInput(Input):
    """For operations that need nothing."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing the hub can be asked. Path parameters in ``path`` ({id}) are fields of ``input``."""

    name: str  #: requests.place
    method: Literal["GET", "POST", "DELETE"]
    path: str  #: /api/v1/requests/{request}/cancel
    roles: frozenset[Role]
    input: type[Input]
    summary: str  #: one English sentence for the OpenAPI document
    decide: Decide | None = None  #: for operations that change something
    #: for operations that only read; also for what takes longer than one transaction and may be repeated
    ask: Ask | None = None
    audited: bool = False  #: reads personal data


ANYONE = frozenset(Role)
SIGNED_IN = frozenset(Role) - {Role.ANONYMOUS}
READERS = frozenset({Role.READER})
DESK = frozenset({Role.STAFF, Role.COORDINATOR, Role.ADMINISTRATOR})
DRIVERS = frozenset({Role.DRIVER, Role.STAFF, Role.COORDINATOR, Role.ADMINISTRATOR})
COORDINATORS = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
