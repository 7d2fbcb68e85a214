"""Matching on demand: evaluating it on labelled pairs, and explaining one pair of the catalogue's records."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, read
from dedupe.description import describe
from dedupe.evaluation import evaluate, read_pairs
from dedupe.verdict import compare, explain
from hub.errors import NotFound, Refusal
from hub.kernel.record import Record
from hub.services.context import Hub
from hub.services.progress import Progress
from hub.storage import harvests


def load_records(file: Path) -> dict[str, Record]:
    """The records of a file by id: lines of ``{"id","marc"}``, or any format of records, whose id is the 001.

    Raises:
        NotFound: there is no such file.
        Refusal: a line is not the object it should be.
    """
    if not file.is_file():
        raise NotFound("common.not_found", field="records", what="file", key=str(file))
    if file.suffix == ".jsonl":
        return dict(_lines(file))
    found: dict[str, Record] = {}
    for raw in read_file(file):
        one = read(raw)
        if isinstance(one, ReadRecord) and one.record.identifier:
            found.setdefault(one.record.identifier, one.record)
    return found


def _lines(file: Path) -> list[tuple[str, Record]]:
    found = []
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                name, marc = str(entry["id"]), json.dumps(entry["marc"]).encode()
            except (ValueError, KeyError, TypeError) as error:
                raise _bad_line(file, number, str(error)) from None
            one = read(marc)
            if not isinstance(one, ReadRecord):
                raise _bad_line(file, number, f"{one.reason} {one.detail}")
            found.append((name, one.record))
    return found


def _bad_line(file: Path, number: int, detail: str) -> Refusal:
    return Refusal("matching.bad_line", field="records", file=file.name, line=number, detail=detail)


def evaluate_files(
    records: Sequence[Path],
    pairs: Path,
    hidden: frozenset[str],
    timer: Callable[[], float],
    progress: Progress,
) -> dict[str, Any]:
    """Judge the labelled pairs of a file over the records of others.

    Raises:
        NotFound: a file is not there.
        Refusal: a line cannot be read; it is named.
    """
    if not pairs.is_file():
        raise NotFound("common.not_found", field="pairs", what="file", key=str(pairs))
    known: dict[str, Record] = {}
    for number, file in enumerate(records, start=1):
        known.update(load_records(file))
        progress("records", number, len(records))
    try:
        with pairs.open(encoding="utf-8") as lines:
            labelled = list(read_pairs(lines))
    except ValueError as error:
        raise Refusal("matching.bad_pairs", field="pairs", file=pairs.name, detail=str(error)) from None
    return evaluate(known, labelled, hidden, timer).to_dict()


async def explain_records(hub: Hub, first: str, second: str) -> dict[str, Any]:
    """Why two records match or not; they are named ``MEMBER:001`` or ``source:identifier``.

    Raises:
        NotFound: there is no such record.
        Refusal: a record cannot be read any more.
    """
    one, other = await hub.store.read(
        lambda connection: (_stored(connection, first), _stored(connection, second))
    )
    verdict = compare(describe(one), describe(other))
    return {
        "first": first,
        "second": second,
        "score": verdict.score,
        "tier": verdict.tier,
        "evidence": [
            {"feature": reason.code, "first": reason.first, "second": reason.second, "weight": reason.weight}
            for reason in explain(describe(one), describe(other))
        ],
    }


def _stored(connection: Connection, name: str) -> Record:
    owner, _, identifier = name.partition(":")
    candidates = [row.name for row in harvests.sources(connection) if owner in {row.name, row.member}]
    found_in = (harvests.record_by_identifier(connection, source, identifier) for source in candidates)
    stored = next((record for record in found_in if record is not None), None)
    if stored is None:
        raise NotFound("common.not_found", field="record", what="record", key=name)
    found = read(stored.raw, encoding=stored.encoding or "auto")
    if not isinstance(found, ReadRecord):
        raise Refusal("matching.unreadable", field="record", record=name, reason=found.reason)
    return found.record
