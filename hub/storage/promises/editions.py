"""P6: every live record is in one edition; decisions are explained; what was described is what there is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, exists, or_, select

from hub.storage.promises.violation import Violation
from hub.storage.tables.catalogue import SourceRecord
from hub.storage.tables.clusters import Cluster, ClusterMember, Decision, Description, PendingRecord
from hub.storage.tables.columns import core

RECORD, DESCRIPTION, DECISION = core(SourceRecord), core(Description), core(Decision)
CLUSTER, MEMBER, PENDING = core(Cluster), core(ClusterMember), core(PendingRecord)


def live_records_have_one_edition(connection: Connection, now: datetime) -> list[Violation]:
    """Every live record that does not wait to be clustered is in one live edition, and no other record is."""
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


def descriptions_are_of_present_bytes(connection: Connection, now: datetime) -> list[Violation]:
    """What matching looked at is what the record says now, unless it waits to be looked at again."""
    del now
    waiting = exists().where(PENDING.c.record == RECORD.c.id)
    rows = connection.execute(
        select(RECORD.c.source, RECORD.c.identifier)
        .select_from(RECORD.join(DESCRIPTION, DESCRIPTION.c.record == RECORD.c.id))
        .where(RECORD.c.state == "live", DESCRIPTION.c.digest != RECORD.c.digest, ~waiting)
    )
    return [
        Violation("P6", "description", f"{row.source}:{row.identifier}", "described_otherwise", {})
        for row in rows
    ]


def decisions_are_explained(connection: Connection, now: datetime) -> list[Violation]:
    """A decision says what it is and whose it is."""
    del now
    rows = connection.execute(
        select(DECISION.c.id, DECISION.c.kind).where(
            or_(DECISION.c.who == "", DECISION.c.kind.not_in(["same", "different"]))
        )
    )
    return [
        Violation("P6", "decision", str(row.id), "decision_unexplained", {"kind": row.kind}) for row in rows
    ]


def redirects_lead_to_editions(connection: Connection, now: datetime) -> list[Violation]:
    """An edition that is no more leads to the one that took its place, in one step."""
    del now
    target = CLUSTER.alias()
    rows = connection.execute(
        select(CLUSTER.c.id, CLUSTER.c.redirect)
        .select_from(CLUSTER.outerjoin(target, target.c.id == CLUSTER.c.redirect))
        .where(CLUSTER.c.redirect.is_not(None), or_(target.c.id.is_(None), target.c.redirect.is_not(None)))
    )
    return [Violation("P6", "cluster", row.id, "redirect_astray", {"redirect": row.redirect}) for row in rows]


def records_waiting(connection: Connection) -> bool:
    """Whether any record waits to be clustered."""
    return connection.execute(select(PENDING.c.record).limit(1)).first() is not None


CHECKS = (
    live_records_have_one_edition,
    descriptions_are_of_present_bytes,
    decisions_are_explained,
    redirects_lead_to_editions,
)
