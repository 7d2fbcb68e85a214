"""What coordinators see of harvests: per source the last runs with figures that add up, and what is wrong.

Must not: say "complete" of a run that only ended. Ended and complete are two columns.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field
from sqlalchemy import Connection

from hub.messages.catalogue import messages, text
from hub.services.context import Hub, Principal
from hub.services.harvesting.problems import say_stored
from hub.services.networks import Network
from hub.services.operations import COORDINATORS, Input, Operation
from hub.storage import harvests
from hub.storage.harvests import RunRow, SourceCounts, SourceRow


class ListInput(Input):
    """How many of each source's runs are wanted."""

    runs: int = Field(default=5, ge=1, le=50)


async def list_harvests(hub: Hub, principal: Principal, query: ListInput) -> dict[str, Any]:
    """Every source with its newest runs, what it holds now, and what keeps it from being complete."""
    network, language = hub.network(), principal.language

    def ask(connection: Connection) -> list[dict[str, Any]]:
        counts = harvests.counts(connection)
        return [
            _source(connection, network, source, counts.get(source.name), query.runs, language)
            for source in harvests.sources(connection)
        ]

    found = await hub.store.read(ask)
    return {"sources": found, "unwell": [entry["source"] for entry in found if not entry["well"]]}


def _source(
    connection: Connection,
    network: Network,
    source: SourceRow,
    counts: SourceCounts | None,
    limit: int,
    language: str,
) -> dict[str, Any]:
    runs = harvests.runs(connection, source.name, limit)
    complete = harvests.last_complete_run(connection, source.name)
    newest = runs[0] if runs else None
    known = source.member in network.nodes
    return {
        "source": source.name,
        "member": source.member,
        "member_name": network.nodes[source.member].name(language) if known else source.member,
        "protocol": source.protocol,
        "well": newest is not None and newest.state == "complete",
        "last_complete_at": complete.started_at.isoformat() if complete else None,
        "live": counts.live if counts else 0,
        "runs": [run_view(run, language) for run in runs],
        "quarantine": _quarantine(connection, newest, language),
        "unmapped": harvests.unmapped(connection, source.name),
    }


def run_view(run: RunRow, language: str) -> dict[str, Any]:
    """A run with figures that add up: received = new or changed + deleted + unchanged + quarantined."""
    tally = run.tally
    kept = tally.stored - tally.deleted
    return {
        "run": run.id,
        "state": run.state,
        "state_name": _named(f"run_{run.state}", language, run.state),
        "full": run.full,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "expected": run.expected,
        "received": tally.received,
        "changed": kept,
        "deleted": tally.deleted,
        "unchanged": tally.unchanged,
        "quarantined": tally.quarantined,
        "adds_up": tally.received == kept + tally.deleted + tally.unchanged + tally.quarantined,
        "clashes": tally.clashes,
        "missing": run.missing,
        "problem": say_stored(run.problem, language) if run.problem else "",
    }


def _quarantine(connection: Connection, newest: RunRow | None, language: str) -> list[dict[str, Any]]:
    if newest is None or not newest.tally.quarantined:
        return []
    reasons = harvests.quarantine_reasons(connection, newest.source, newest.id)
    return [
        {"reason": code, "text": _named(f"reason_{code}", language, code), "pieces": pieces}
        for code, pieces in sorted(reasons.items(), key=lambda entry: (-entry[1], entry[0]))
    ]


def _named(name: str, language: str, otherwise: str) -> str:
    for area in ("monitoring", "harvest"):
        key = f"{area}.{name}"
        if key in messages():
            return text(key, language)
    return otherwise


OPERATIONS = (
    Operation(
        "harvests.list", "GET", "/api/v1/harvests", COORDINATORS, ListInput,
        "Every source with its newest harvests, what was quarantined and why, and unmapped locations.",
        ask=list_harvests,
    ),
)  # fmt: skip
