"""What coordinators see of harvests: per source the last runs with figures that add up, and what is wrong.

Must not: say "complete" of a run that only ended. Ended and complete are two columns.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import Connection

from hub.errors import NotFound
from hub.messages.catalogue import messages, text
from hub.services.context import Hub, Principal
from hub.services.harvesting.claimed import job_of
from hub.services.harvesting.problems import say_stored
from hub.services.networks import Network
from hub.services.operations import COORDINATORS, Input, Operation
from hub.storage import harvests, jobs
from hub.storage.harvests import RunRow, SourceCounts, SourceRow
from schedules.claims import is_free


class ListInput(Input):
    """How many of each source's runs are wanted; of which source, or of all."""

    runs: int = Field(default=5, ge=1, le=50)
    source: str = Field(default="", max_length=200)


async def list_harvests(hub: Hub, principal: Principal, query: ListInput) -> dict[str, Any]:
    """Every source with its newest runs, what it holds now, and what keeps it from being complete."""
    network, language = hub.network(), principal.language

    now = hub.clock.now()

    def ask(connection: Connection) -> list[dict[str, Any]]:
        counts = harvests.counts(connection)
        return [
            _source(connection, network, source, counts.get(source.name), query.runs, language, now)
            for source in harvests.sources(connection)
            if query.source in ("", source.name)
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
    now: datetime,
) -> dict[str, Any]:
    held = _is_held(connection, source.name, now)
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
        "runs": [run_view(run, language, held=held) for run in runs],
        "quarantine": _quarantine(connection, newest, language),
        "unmapped": harvests.unmapped(connection, source.name),
    }


def _is_held(connection: Connection, source: str, now: datetime) -> bool:
    """Whether some process is at work on a source's harvest at this moment."""
    job = jobs.unfinished(connection, job_of(source))
    return job is not None and job.state == "running" and not is_free(job, now)


def run_view(run: RunRow, language: str, *, held: bool = True) -> dict[str, Any]:
    """A run with figures that add up: received = new or changed + deleted + unchanged + quarantined.

    One that has not ended and that nobody is at work on (not ``held``) was interrupted.
    """
    tally = run.tally
    state = "interrupted" if run.state == "running" and not held else run.state
    kept = tally.stored - tally.deleted
    return {
        "run": run.id,
        "state": state,
        "state_name": _named(f"run_{state}", language, state),
        "full": run.full,
        "attempts": run.attempts,
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


class RunInput(Input):
    """Which run is meant."""

    run: int = Field(ge=1)


async def list_slices(hub: Hub, principal: Principal, query: RunInput) -> dict[str, Any]:
    """A run slice by slice: what the target promised of each, and what became of it.

    Raises:
        NotFound: there is no such run.
    """
    del principal
    source = await hub.store.read(lambda connection: harvests.source_of_run(connection, query.run))
    if source is None:
        raise NotFound("common.not_found", field="run", what="run", key=query.run)
    found = await hub.store.read(lambda connection: harvests.slices_of(connection, query.run))
    return {
        "run": query.run,
        "source": source,
        "slices": [
            {"slice": name, "state": state, "expected": hits, **asdict(tally)}
            for name, state, hits, tally in found
        ],
    }


OPERATIONS = (
    Operation(
        "harvests.slices", "GET", "/api/v1/harvests/runs/{run}/slices", COORDINATORS, RunInput,
        "One harvest slice by slice: what was promised and what came.",
        ask=list_slices,
    ),
    Operation(
        "harvests.list", "GET", "/api/v1/harvests", COORDINATORS, ListInput,
        "Every source with its newest harvests, what was quarantined and why, and unmapped locations.",
        ask=list_harvests,
    ),
)  # fmt: skip
