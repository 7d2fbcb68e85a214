"""P5: what was decided to be done outside is done, tried again, or somebody's case."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, or_, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Case
from hub.storage.tables.operations import Effect

EFFECT, CASE = core(Effect), core(Case)

#: longer than any lease and any job's rhythm: after it nobody is working at the effect
GRACE = timedelta(hours=1)


def uncertain_effects_have_cases(connection: Connection, now: datetime) -> list[Violation]:
    """What may or may not have happened outside is somebody's case."""
    del now
    seen = exists().where(CASE.c.subject_kind == "effect", CASE.c.subject == EFFECT.c.key)
    rows = connection.execute(
        select(EFFECT.c.key, EFFECT.c.state).where(EFFECT.c.state.in_(["uncertain", "failed"]), ~seen)
    )
    return [Violation("P5", "effect", row.key, "effect_without_case", {"state": row.state}) for row in rows]


def due_effects_are_performed(connection: Connection, now: datetime) -> list[Violation]:
    """Nothing that is due lies about without anybody trying it."""
    unheld = or_(EFFECT.c.lease_until.is_(None), EFFECT.c.lease_until < now - GRACE)
    rows = connection.execute(
        select(EFFECT.c.key, EFFECT.c.next_at).where(
            EFFECT.c.state == "pending", EFFECT.c.next_at < now - GRACE, unheld
        )
    )
    return [
        Violation("P5", "effect", row.key, "effect_forgotten", {"due": row.next_at.isoformat()})
        for row in rows
    ]


CHECKS = (uncertain_effects_have_cases, due_effects_are_performed)
