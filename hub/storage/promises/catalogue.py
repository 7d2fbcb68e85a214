"""P5, P7 and P8 over runs, records, quarantine and effects."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, and_, exists, or_, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.catalogue import HarvestRun, Quarantine, SourceRecord
from hub.storage.tables.clusters import Cluster, ClusterMember, PendingRecord
from hub.storage.tables.columns import core
from hub.storage.tables.lending import Case
from hub.storage.tables.operations import Effect

RUN, RECORD, QUARANTINE = core(HarvestRun), core(SourceRecord), core(Quarantine)
CLUSTER, MEMBER, PENDING = core(Cluster), core(ClusterMember), core(PendingRecord)
EFFECT, CASE = core(Effect), core(Case)


def complete_runs_add_up(connection: Connection, now: datetime) -> list[Violation]:
    """P7: in a complete run everything expected was received, and everything received has a place."""
    del now
    rows = connection.execute(select(RUN).where(RUN.c.state == "complete"))
    found = []
    for row in rows:
        placed = row.stored + row.unchanged + row.quarantined
        if placed != row.received or (row.expected is not None and row.expected != row.received):
            values = {"expected": row.expected, "received": row.received, "placed": placed}
            found.append(Violation("P7", "harvest_run", str(row.id), "run_does_not_add_up", values))
    return found


def incomplete_runs_deleted_nothing(connection: Connection, now: datetime) -> list[Violation]:
    """P7: only a complete run may delete."""
    del now
    rows = connection.execute(
        select(RUN.c.id, RUN.c.source, RUN.c.deleted).where(
            RUN.c.state.in_(["incomplete", "failed"]), RUN.c.deleted > 0, RUN.c.full
        )
    )
    return [
        Violation("P7", "harvest_run", str(row.id), "incomplete_run_deleted", {"deleted": row.deleted})
        for row in rows
    ]


def records_hold_their_bytes(connection: Connection, now: datetime) -> list[Violation]:
    """P8: the bytes kept are the bytes that came."""
    del now
    rows = connection.execution_options(stream_results=True).execute(
        select(RECORD.c.source, RECORD.c.identifier, RECORD.c.digest, RECORD.c.raw)
    )
    return [
        Violation("P8", "source_record", f"{row.source}:{row.identifier}", "bytes_differ", {})
        for row in rows
        if hashlib.sha256(row.raw).hexdigest() != row.digest
    ]


def quarantine_says_why(connection: Connection, now: datetime) -> list[Violation]:
    """P8: what was put aside has its reason."""
    del now
    kept = connection.execute(select(QUARANTINE.c.id).where(QUARANTINE.c.reason == ""))
    return [Violation("P8", "quarantine", str(row.id), "no_reason", {}) for row in kept]


def live_records_have_one_edition(connection: Connection, now: datetime) -> list[Violation]:
    """P6: every live record that does not wait to be clustered is in one live edition, no other is."""
    del now
    waiting = exists().where(PENDING.c.record == RECORD.c.id)
    joined = RECORD.outerjoin(MEMBER, MEMBER.c.record == RECORD.c.id).outerjoin(
        CLUSTER, CLUSTER.c.id == MEMBER.c.cluster
    )
    homeless = and_(RECORD.c.state == "live", MEMBER.c.record.is_(None), ~waiting)
    retired = and_(MEMBER.c.record.is_not(None), or_(CLUSTER.c.id.is_(None), CLUSTER.c.redirect.is_not(None)))
    dead = and_(RECORD.c.state != "live", MEMBER.c.record.is_not(None), ~waiting)
    rows = connection.execute(
        select(RECORD.c.source, RECORD.c.identifier, RECORD.c.state, MEMBER.c.cluster)
        .select_from(joined)
        .where(or_(homeless, retired, dead))
    )
    return [
        Violation(
            "P6",
            "source_record",
            f"{row.source}:{row.identifier}",
            "wrong_edition",
            {"state": row.state, "cluster": row.cluster or "-"},
        )
        for row in rows
    ]


def uncertain_effects_have_cases(connection: Connection, now: datetime) -> list[Violation]:
    """P5: what may or may not have happened outside is somebody's case."""
    del now
    seen = exists().where(CASE.c.subject_kind == "effect", CASE.c.subject == EFFECT.c.key)
    rows = connection.execute(
        select(EFFECT.c.key, EFFECT.c.state).where(EFFECT.c.state.in_(["uncertain", "failed"]), ~seen)
    )
    return [Violation("P5", "effect", row.key, "effect_without_case", {"state": row.state}) for row in rows]


CHECKS = (
    complete_runs_add_up,
    incomplete_runs_deleted_nothing,
    records_hold_their_bytes,
    quarantine_says_why,
    live_records_have_one_edition,
    uncertain_effects_have_cases,
)


def records_waiting(connection: Connection) -> bool:
    """Whether any record waits to be clustered."""
    return connection.execute(select(PENDING.c.record).limit(1)).first() is not None
