"""Performing an operation: may this caller, is the input right, was it done before, and then do it.

The web, the command line, the demo and the simulator all come through here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from hub.errors import Conflict, Forbidden
from hub.messages.catalogue import text
from hub.services.context import Hub, Principal, Role, Transaction
from hub.services.operations import Input, Operation
from hub.services.validation import validated
from hub.storage import commands

COMMANDS_KEPT = timedelta(days=60)


class SignInFirst(Forbidden):
    """The operation needs somebody signed in."""

    status = 401


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets. ``repeated`` when the same command had been performed before."""

    body: dict[str, Any]
    repeated: bool = False


def may(operation: Operation, principal: Principal) -> None:
    """Raises SignInFirst or Forbidden when this principal may not ask for the operation."""
    if principal.role in operation.roles:
        return
    if principal.role is Role.ANONYMOUS:
        raise SignInFirst("common.sign_in_first")
    names = sorted(operation.roles - {Role.HUB, Role.ANONYMOUS})
    needed = ", ".join(text(f"accounts.role_{role}", principal.language) for role in names)
    raise Forbidden("common.forbidden", role=needed)


async def perform(
    hub: Hub, operation: Operation, principal: Principal, data: Mapping[str, Any], key: str
) -> Answer:
    """Ask or decide.

    Args:
        hub: the assembled hub.
        operation: what is asked.
        principal: who asks.
        data: the input, not yet checked.
        key: the caller's idempotency key; a repeated key gets the first answer again.

    Raises:
        Refusal: by the operation itself, or because the caller may not, or the input is wrong.
        Conflict: the key was used before for something else.
    """
    may(operation, principal)
    command = validated(operation.input, data)
    if operation.ask is not None:
        return Answer(await operation.ask(hub, principal, command))
    # Two callers may choose the same key without knowing of each other.
    scoped = f"{principal.account}/{key}"
    answer = await hub.store.write(
        lambda connection: _decide(hub, connection, operation, principal, command, scoped)
    )
    if operation.name == "network.load":
        await hub.store.read(hub.refresh_network)
    return answer


def _decide(
    hub: Hub, connection: Connection, operation: Operation, principal: Principal, command: Input, key: str
) -> Answer:
    digest = hashlib.sha256(
        json.dumps([operation.name, command.model_dump(mode="json")], sort_keys=True).encode()
    ).hexdigest()
    done = commands.find(connection, key)
    if done is not None:
        if done.digest != digest:
            raise Conflict("common.key_reused", field="Idempotency-Key", key=key.partition("/")[2])
        return Answer(done.answer, repeated=True)
    assert operation.decide is not None
    now = hub.clock.now()
    tx = Transaction(connection, now, hub.network(), key)
    answer = operation.decide(tx, principal, command)
    commands.keep(
        connection,
        commands.PerformedRow(
            key=key,
            operation=operation.name,
            principal=principal.account,
            digest=digest,
            status=200,
            answer=answer,
            at=now,
        ),
    )
    return Answer(answer)
