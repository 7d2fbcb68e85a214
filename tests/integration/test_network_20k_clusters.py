"""A generated network of 46 libraries, each with its own formats and habits, is united as its truth says."""

from __future__ import annotations

import csv
import json
import random
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, read
from hub.services.clustering import cluster, export
from hub.services.context import Hub
from hub.services.networks import parse, shipped
from hub.simulation.clock import SettableClock, SimulatedSleeper
from hub.storage import harvests
from hub.storage.store import Store

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LEAST_F1 = 0.97


def hub_on(store: Store) -> Hub:
    clock = SettableClock(NOW)
    network = parse(shipped())
    return Hub(store, clock, SimulatedSleeper(clock), random.Random(1), lambda: network)


def rows_of(folder: Path, member: Mapping[str, Any], wanted: set[str]) -> Iterator[harvests.RecordRow]:
    for file in member["files"]:
        for raw in read_file(folder / file["file"]):
            found = read(raw)
            assert isinstance(found, ReadRecord), (file["file"], found)
            identifier = found.record.identifier
            if identifier is not None and f"{member['code']}:{identifier}" in wanted:
                yield harvests.RecordRow(identifier, raw, found.format, found.encoding, found.confidence)


async def harvest_network(hub: Hub, folder: Path, wanted: set[str]) -> None:
    for member in json.loads((folder / "members.json").read_text("utf-8"))["members"]:
        rows = list(rows_of(folder, member, wanted))

        def keep(connection: Connection, code: str = member["code"], rows: list[Any] = rows) -> None:
            harvests.add_source(connection, harvests.SourceRow(code, code, "file", "", {}, {}, NOW))
            run = harvests.start_run(connection, code, full=True, now=NOW)
            harvests.store_batch(connection, code, run.id, rows, NOW)

        await hub.store.write(keep)


def read_truth(folder: Path) -> dict[str, str]:
    with (folder / "truth.tsv").open(encoding="utf-8", newline="") as file:
        return {row["record_id"]: row["edition"] for row in csv.DictReader(file, delimiter="\t")}


def pairwise(truth: Mapping[str, str], found: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 over all pairs of records."""

    def pairs(labels: Counter[Any]) -> int:
        return sum(number * (number - 1) // 2 for number in labels.values())

    both = pairs(Counter((truth[record], found[record]) for record in truth))
    precision, recall = both / pairs(Counter(found.values())), both / pairs(Counter(truth.values()))
    return precision, recall, 2 * precision * recall / (precision + recall)


async def test_a_sample_of_the_network_is_united_as_in_truth(sqlite_store: Store, shared_data: Path) -> None:
    folder = shared_data / "network_20k"
    if not folder.is_dir():
        pytest.skip("no network_20k in shared/data")
    # Whole editions, so that the sample has as many copies of each as the network.
    truth = {
        record: edition
        for record, edition in read_truth(folder).items()
        if zlib.crc32(edition.encode()) % 8 == 0
    }
    hub = hub_on(sqlite_store)
    await harvest_network(hub, folder, set(truth))
    report = await cluster(hub)
    found = dict(line.split("\t") for line in await export(hub))
    assert found.keys() == truth.keys()
    assert report.records == len(truth)
    precision, recall, f1 = pairwise(truth, found)
    assert f1 >= LEAST_F1, f"precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f}"
