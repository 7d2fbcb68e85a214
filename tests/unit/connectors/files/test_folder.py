from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.files.harvester import open_files
from connectors.ports import HarvestOrder, RawRecord
from tests.catalogues import FIRST_DAY, served_record
from tests.harvests import Outcome, run_harvest


def drop(folder: Path, name: str, content: bytes, hour: int) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    moment = datetime(2026, 1, 1, hour, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    return path


def marc(*numbers: int, title: str | None = None) -> bytes:
    return b"".join(served_record(number, FIRST_DAY, title).raw for number in numbers)


def harvested(folder: Path, **order: object) -> Outcome:
    return run_harvest(open_files(str(folder), {}), HarvestOrder(**order))  # type: ignore[arg-type]  # by name


def titles(records: list[RawRecord]) -> dict[str | None, str]:
    return {
        record.identifier: "gone" if record.deleted else ("new" if b"New" in record.raw else "old")
        for record in records
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    drop(tmp_path, "full/a.mrc", marc(1, 2, 3), 1)
    drop(tmp_path, "full/b.mrc", marc(4, 5), 2)
    drop(tmp_path, "delta/one.mrc", marc(2, 6, title="New"), 3)
    drop(tmp_path, "deleted/gone.txt", b"# withdrawn\nb000003\nb000006\tlost\n\n", 4)
    drop(tmp_path, "delta/two.mrc", marc(3, title="New"), 5)
    return tmp_path


def test_the_last_word_on_a_record_counts(folder: Path) -> None:
    outcome = harvested(folder)
    assert outcome.problem is None
    assert outcome.totals == {"before": 6, "after": 6}
    assert len(outcome.records) == 6
    assert titles(outcome.records) == {
        "b000001": "old",
        "b000002": "new",
        "b000003": "new",
        "b000004": "old",
        "b000005": "old",
        "b000006": "gone",
    }


def test_only_what_was_dropped_since_comes_in_an_incremental_harvest(folder: Path) -> None:
    outcome = harvested(folder, full=False, since=datetime(2026, 1, 1, 5, tzinfo=UTC))
    assert outcome.problem is None
    assert titles(outcome.records) == {"b000003": "new", "b000006": "gone"}


def test_what_is_older_than_the_full_load_is_behind_it(folder: Path) -> None:
    drop(folder, "full/a.mrc", marc(1, 2, 3), 9)
    drop(folder, "full/b.mrc", marc(4, 5), 9)
    assert set(titles(harvested(folder).records).values()) == {"old"}


def test_unfinished_and_hidden_files_are_not_read(folder: Path) -> None:
    for name in ("full/c.mrc.part", "full/.c.mrc", "delta/x.tmp"):
        drop(folder, name, marc(9), 6)
    assert harvested(folder).totals["before"] == 6


def test_a_folder_without_full_load_is_a_missing_delivery(tmp_path: Path) -> None:
    drop(tmp_path, "delta/one.mrc", marc(1), 1)
    outcome = harvested(tmp_path)
    assert (outcome.problem, outcome.records) == ("no_full_load", [])


def test_one_file_is_a_full_load(tmp_path: Path) -> None:
    path = drop(tmp_path, "all.mrc", marc(1, 2), 1)
    assert len(harvested(path).records) == 2
    assert len(run_harvest(open_files(path.as_uri(), {}), HarvestOrder()).records) == 2


def test_records_without_or_with_the_same_number_all_come(tmp_path: Path) -> None:
    nameless = served_record(1, FIRST_DAY).raw.replace(b"001", b"003", 1)
    drop(tmp_path, "all.mrc", nameless * 2 + marc(7, 7), 1)
    outcome = harvested(tmp_path)
    assert outcome.problem is None
    assert [record.identifier for record in outcome.records] == [None, None, "b000007", "b000007"]


def test_a_file_that_changes_while_it_is_read_is_said(folder: Path) -> None:
    def grow(received: int) -> None:
        if received == 1:
            drop(folder, "full/b.mrc", marc(4, 5, 8), 2)

    outcome = run_harvest(open_files(str(folder), {}), HarvestOrder(), watch=grow)
    assert outcome.problem == "files_changed"
    assert outcome.inexact


def test_a_replaced_file_is_not_taken_for_its_checkpoint(folder: Path) -> None:
    done = frozenset(harvested(folder).slices)
    assert harvested(folder, done_slices=done).records == []
    drop(folder, "delta/two.mrc", marc(3, 5, title="New"), 6)
    assert titles(harvested(folder, done_slices=done).records) == {"b000003": "new", "b000005": "new"}


def test_a_list_of_deletions_may_be_in_gb18030(tmp_path: Path) -> None:
    drop(tmp_path, "all.mrc", marc(1), 1)
    drop(tmp_path, "deleted/gone.txt", "号0001\n".encode("gb18030"), 2)
    assert "号0001" in harvested(tmp_path).identifiers


def test_damaged_bytes_come_as_pieces_and_are_counted(tmp_path: Path) -> None:
    drop(tmp_path, "all.mrc", marc(1) + b"this is no record\x1d" + marc(2), 1)
    outcome = harvested(tmp_path)
    assert outcome.problem is None
    assert outcome.totals["before"] == len(outcome.records) == 3
