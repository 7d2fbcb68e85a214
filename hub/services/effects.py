"""Performing what transactions decided to do outside the hub: notices to readers, words to members.

At least once under one key; a peer that may or may not have acted leaves the effect uncertain and a case open
(promise P5).
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.services.context import Attempt, Hub, Outcome
from hub.storage import cases, effects
from hub.storage.effects import ClaimedEffect
from schedules.retry import EFFECTS

log = logging.getLogger(__name__)
AT_ONCE = 100
LEASE = timedelta(minutes=5)
CASE_DEADLINE = timedelta(days=3)


async def perform_due(hub: Hub) -> int:
    """Perform every effect that is due; how many were attempted."""
    attempted = 0
    while True:
        now = hub.clock.now()
        claimed = await hub.store.write(
            lambda connection, now=now: effects.claim_due(connection, now, LEASE, AT_ONCE)  # type: ignore[misc]
        )
        for effect in claimed:
            attempt = await _attempt(hub, effect)
            await hub.store.write(
                lambda connection, effect=effect, attempt=attempt: _settle(  # type: ignore[misc]
                    connection, effect, attempt, hub.clock.now()
                )
            )
        attempted += len(claimed)
        if len(claimed) < AT_ONCE:
            return attempted


async def _attempt(hub: Hub, effect: ClaimedEffect) -> Attempt:
    try:
        return await hub.performer.perform(effect)
    except Exception as error:
        # A performer that breaks has said nothing of what it did: nobody can tell, and the others go on.
        log.exception("effect %s (%s) broke its performer", effect.key, effect.kind)
        return Attempt(Outcome.UNCERTAIN, f"{type(error).__name__}: {error}")


def _settle(connection: Connection, effect: ClaimedEffect, attempt: Attempt, now: datetime) -> None:
    if attempt.outcome is Outcome.DONE:
        effects.done(connection, effect)
    elif attempt.outcome is Outcome.FAILED:
        wait = EFFECTS.wait_after(effect.attempt)
        effects.failed(connection, effect, attempt.problem, now + wait if wait is not None else None)
        if wait is None:
            _open_case(connection, effect, attempt, "failed_effect", now)
    elif effects.uncertain(connection, effect, attempt.problem):
        _open_case(connection, effect, attempt, "uncertain_effect", now)


def _open_case(
    connection: Connection, effect: ClaimedEffect, attempt: Attempt, kind: str, now: datetime
) -> None:
    log.warning("effect %s (%s) ended %s: %s", effect.key, effect.kind, attempt.outcome, attempt.problem)
    cases.open_case(
        connection,
        kind=kind,
        subject_kind="effect",
        subject=effect.key,
        node=effect.target,
        details={"effect": effect.kind, "problem": attempt.problem},
        now=now,
        deadline_at=now + CASE_DEADLINE,
    )
