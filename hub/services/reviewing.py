"""Reviewing: pairs of records that a person should look at, and decisions that stand until they are undone.

Owns: the queue of doubtful pairs, decisions same/different with who, when and why, and undo.
Must not: cluster. A decision puts its two records into the clustering's in-tray.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Connection

from dedupe.clustering import Decisions, contradiction
from dedupe.description import from_dict
from dedupe.merging import Source, display_record
from dedupe.verdict import compare
from hub.errors import Conflict, NotFound, Refusal
from hub.services.context import Hub, Principal, Transaction
from hub.services.operations import COORDINATORS, Input, Operation
from hub.storage import clusters, decisions, descriptions, edges
from hub.storage.decisions import DecisionRow

LONGEST_REASON = 500


class ListInput(Input):
    """Which part of the queue."""

    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=100_000)


class DecideInput(Input):
    """Two records, named by their keys ``source:identifier``, and what they are."""

    first: str = Field(min_length=3, max_length=300)
    second: str = Field(min_length=3, max_length=300)
    kind: Literal["same", "different"]
    why: str = Field(default="", max_length=LONGEST_REASON)


class UndoInput(Input):
    """A decision."""

    decision: int = Field(ge=1)


async def list_reviews(hub: Hub, principal: Principal, query: ListInput) -> dict[str, Any]:
    """Doubtful pairs without a decision, the most doubtful first, and the newest decisions."""
    del principal

    def ask(connection: Connection) -> dict[str, Any]:
        pairs = edges.review_edges(connection, query.limit, query.offset)
        newest = decisions.newest(connection, query.limit, query.offset)
        return {"pairs": _pairs(connection, pairs), "decisions": [_decision(row) for row in newest]}

    return await hub.store.read(ask)


def decide(tx: Transaction, principal: Principal, command: DecideInput) -> dict[str, Any]:
    """Hold two records to be one edition, or two, from now on.

    The same decision again is answered with the first.

    Raises:
        NotFound: there is no such record.
        Refusal: a record is compared with itself.
        Conflict: other decisions say otherwise; the chain of them is named.
    """
    if command.first == command.second:
        raise Refusal("reviewing.same_record", field="second")
    known = clusters.records_by_key(tx.connection, [command.first, command.second])
    for field, key in (("first", command.first), ("second", command.second)):
        if key not in known:
            raise NotFound("common.not_found", field=field, what="record", key=key)
    first, second = sorted((command.first, command.second))
    standing = decisions.in_force(tx.connection)
    for row in standing:
        if (row.kind, row.first, row.second) == (command.kind, first, second):
            return {"decision": row.id, "already": True}
    _refuse_contradiction(standing, command.kind, first, second)
    number = decisions.add(tx.connection, command.kind, first, second, principal.account, tx.now, command.why)
    descriptions.make_pending(tx.connection, known.values())
    return {"decision": number, "already": False}


def undo(tx: Transaction, principal: Principal, command: UndoInput) -> dict[str, Any]:
    """Take a decision back; its two records are clustered as if it had never been taken.

    Raises:
        NotFound: there is no such decision.
        Conflict: it was undone before.
    """
    del principal
    row = decisions.find(tx.connection, command.decision)
    if row is None:
        raise NotFound("common.not_found", field="decision", what="decision", key=command.decision)
    if row.undone_at is not None:
        raise Conflict("reviewing.already_undone", field="decision", decision=row.id)
    decisions.undo(tx.connection, row.id, tx.now)
    descriptions.make_pending(
        tx.connection, clusters.records_by_key(tx.connection, [row.first, row.second]).values()
    )
    return {"decision": row.id, "undone": True}


def _refuse_contradiction(standing: list[DecisionRow], kind: str, first: str, second: str) -> None:
    ruled = Decisions(
        frozenset((row.first, row.second) for row in standing if row.kind == "same"),
        frozenset((row.first, row.second) for row in standing if row.kind == "different"),
    )
    found = contradiction(ruled, kind, first, second)
    if found is not None:
        raise Conflict("reviewing.contradiction", field="kind", chain=" = ".join(found.chain))


def _pairs(connection: Connection, pairs: list[edges.Scored]) -> list[dict[str, Any]]:
    records = {record for pair in pairs for record in pair[:2]}
    keys = clusters.record_keys(connection, records)
    described = {record: from_dict(body) for record, body in descriptions.bodies(connection, records).items()}
    names = [str(key) for key in keys.values()]
    decided = {(row.first, row.second) for row in decisions.in_force(connection, names)}
    belongs = clusters.clusters_of(connection, records)
    shown = []
    for one, other, score, _tier in pairs:
        if tuple(sorted((str(keys[one]), str(keys[other])))) in decided:
            continue
        verdict = compare(described[one], described[other])
        shown.append(
            {
                "score": score,
                "together": belongs.get(one) == belongs.get(other),
                "records": [
                    {
                        "key": str(keys[record]),
                        "member": keys[record].member,
                        "edition": belongs.get(record),
                        "display": display_record([Source(str(keys[record]), described[record])]),
                    }
                    for record in (one, other)
                ],
                "evidence": [
                    {
                        "code": reason.code,
                        "first": reason.first,
                        "second": reason.second,
                        "weight": reason.weight,
                    }
                    for reason in verdict.reasons
                ],
            }
        )
    return shown


def _decision(row: DecisionRow) -> dict[str, Any]:
    return {
        "decision": row.id,
        "kind": row.kind,
        "first": row.first,
        "second": row.second,
        "who": row.who,
        "at": row.at.isoformat(),
        "why": row.why,
        "undone_at": row.undone_at.isoformat() if row.undone_at else None,
    }


OPERATIONS = (
    Operation(
        "reviews.list",
        "GET",
        "/api/v1/reviews",
        COORDINATORS,
        ListInput,
        "Pairs of records that a person should judge, and the newest decisions.",
        ask=list_reviews,
    ),
    Operation(
        "reviews.decide",
        "POST",
        "/api/v1/reviews",
        COORDINATORS,
        DecideInput,
        "Hold two records to be one edition or two.",
        decide=decide,
    ),
    Operation(
        "reviews.undo",
        "POST",
        "/api/v1/reviews/{decision}/undo",
        COORDINATORS,
        UndoInput,
        "Take a decision on two records back.",
        decide=undo,
    ),
)
