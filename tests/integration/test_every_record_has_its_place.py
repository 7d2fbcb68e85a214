"""Real records, file by file: each is stored with its bytes as they came or quarantined with a reason (P8).

433 of 7,257 of the samples repeat the number of another record of their file or have none at all.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from connectors.marc.files import read_file
from hub.messages.catalogue import messages
from hub.services.harvesting.ingesting import FileOrder, ingest
from hub.storage.engine import open_store
from hub.storage.schema import upgrade
from hub.storage.tables.catalogue import Quarantine, SourceRecord
from hub.storage.tables.columns import core
from tests.hubs import hub_over

RECORDS = Path(__file__).resolve().parents[3] / "shared" / "data" / "records"
FILES = sorted(
    path for path in RECORDS.rglob("*") if path.suffix in {".mrc", ".iso", ".xml", ".json", ".mrk"}
)
#: read in every run of the tests: small ones of each folder and layout, and those that repeat or lack numbers
EVERY = 12
SMALL = 400_000
RECORD, QUARANTINE = core(SourceRecord), core(Quarantine)

pytestmark = pytest.mark.skipif(not FILES, reason=f"{RECORDS} is not here")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file, read twice."""

    pieces: list[bytes]
    first: dict[str, Any]
    again: dict[str, Any]
    stored: list[bytes]
    quarantined: list[tuple[bytes, str]]


def kept(connection: Connection) -> tuple[list[bytes], list[tuple[bytes, str]]]:
    stored = list(connection.scalars(select(RECORD.c.raw).where(RECORD.c.state == "live")))
    rows = connection.execute(select(QUARANTINE.c.raw, QUARANTINE.c.reason))
    return stored, [(row.raw, row.reason) for row in rows]


def remove(folder: Path) -> None:
    for left in folder.glob("file.sqlite*"):
        left.unlink()


async def taken(file: Path, folder: Path, empty: Path) -> Taken:
    """The file given twice to a hub that holds nothing else."""
    database = folder / "file.sqlite"
    shutil.copyfile(empty, database)
    try:
        with closing(open_store(f"sqlite:///{database}", durable=False)) as store:
            hub = hub_over(store)
            first = await ingest(hub, FileOrder(file, "JLT"))
            again = await ingest(hub, FileOrder(file, "JLT"))
            stored, quarantined = await store.read(kept)
    finally:
        remove(folder)
    return Taken(list(read_file(file)), first, again, stored, quarantined)


def complaints(found: Taken) -> Iterator[str]:
    """What is wrong with a file's records, in words."""
    for name, answer in (("first", found.first), ("second", found.again)):
        together = answer["stored"] + answer["unchanged"] + answer["quarantined"]
        if not answer["read"] == together == len(found.pieces):
            yield f"{name} time: {len(found.pieces)} records, {together} with a place: {answer}"
        if sum(answer["reasons"].values()) != answer["quarantined"]:
            yield f"{name} time: quarantined without a reason: {answer}"
    unsaid = {reason for _, reason in found.quarantined if f"monitoring.reason_{reason}" not in messages()}
    if unsaid:
        yield f"reasons without words: {unsaid}"
    bytes_kept = {*found.stored, *(raw for raw, _ in found.quarantined)}
    if bytes_kept != set(found.pieces):
        lost, altered = set(found.pieces) - bytes_kept, bytes_kept - set(found.pieces)
        yield f"{len(lost)} overwritten, {len(altered)} altered"
    different = len(set(found.stored))
    if not found.first["stored"] == len(found.stored) == different:
        yield f"{found.first['stored']} said to be stored, {len(found.stored)} are, {different} differ"
    if found.again["stored"]:
        yield f"stored again: {found.again['stored']}"


async def all_complaints(files: list[Path], folder: Path) -> tuple[dict[str, list[str]], Counter[str]]:
    empty = folder / "empty.sqlite"
    upgrade(f"sqlite:///{empty}")
    wrong: dict[str, list[str]] = {}
    totals: Counter[str] = Counter()
    for file in files:
        found = await taken(file, folder, empty)
        if said := list(complaints(found)):
            wrong[str(file.relative_to(RECORDS))] = said
        totals.update({name: found.first[name] for name in ("read", "stored", "quarantined", "clashes")})
    return wrong, totals


async def test_records_of_every_kind_have_their_place(tmp_path: Path) -> None:
    chosen = [file for file in FILES if file.stat().st_size < SMALL][::EVERY]
    wrong, totals = await all_complaints(chosen, tmp_path)
    assert wrong == {}
    assert totals["read"] > len(chosen)
    assert totals["clashes"] > 0, "the sample has records that share a number"


@pytest.mark.soak
async def test_all_records_have_their_place(tmp_path: Path) -> None:
    wrong, totals = await all_complaints(FILES, tmp_path)
    assert wrong == {}
    assert totals["clashes"] > 400
