from __future__ import annotations

import gzip
import io
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.files.harvester import FileHarvester, open_files
from connectors.files.settings import settings
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


def test_a_full_load_that_is_still_arriving_is_not_complete(folder: Path) -> None:
    drop(folder, "full/c.mrc.part", b"", 6)
    outcome = harvested(folder)
    assert (outcome.problem, outcome.values) == ("files_changed", {"file": "full/c.mrc.part"})
    assert outcome.totals["before"] == 6


def test_what_an_earlier_upload_left_over_is_no_obstacle(folder: Path) -> None:
    drop(folder, "full/c.mrc.part", b"", 1)
    assert harvested(folder).problem is None


def test_a_file_that_grows_between_two_looks_is_left_alone(folder: Path) -> None:
    looks: list[float] = []
    growing = drop(folder, "delta/three.mrc", marc(7), 7)

    async def grow(seconds: float) -> None:
        looks.append(seconds)
        growing.write_bytes(marc(7, 8))

    hour = datetime(2026, 1, 1, 7, tzinfo=UTC).timestamp()
    patient = settings(str(folder), {"settle": 5})
    outcome = run_harvest(FileHarvester(patient, sleep=grow, now=lambda: hour + 30), HarvestOrder())
    assert (outcome.problem, looks) == (None, [5.0])
    assert len(outcome.records) == 6
    looks.clear()
    later = FileHarvester(patient, sleep=grow, now=lambda: growing.stat().st_mtime + 61)
    assert len(run_harvest(later, HarvestOrder()).records) == 8
    assert looks == []


def test_with_markers_only_marked_files_are_whole(folder: Path) -> None:
    options = {"ready": "marker"}
    for name in ("full/a.mrc.done", "full/b.OK", "delta/one.mrc.ready"):
        drop(folder, name, b"", 8)
    outcome = run_harvest(open_files(str(folder), options), HarvestOrder())
    assert outcome.problem is None
    assert titles(outcome.records) == {
        "b000001": "old",
        "b000002": "new",
        "b000003": "old",
        "b000004": "old",
        "b000005": "old",
        "b000006": "new",
    }
    (folder / "full" / "b.OK").unlink()
    assert run_harvest(open_files(str(folder), options), HarvestOrder()).problem == "files_changed"


def test_dates_in_names_order_the_changes_whenever_they_were_copied(tmp_path: Path) -> None:
    drop(tmp_path, "all.mrc", marc(1), 1)
    drop(tmp_path, "jlt-20260102-delta.mrc", marc(1, title="New"), 9)
    drop(tmp_path, "jlt-20260103-deleted.mrc", marc(1), 3)
    assert titles(harvested(tmp_path).records) == {"b000001": "gone"}
    drop(tmp_path, "undated-delta.mrc", marc(2), 2)
    assert titles(harvested(tmp_path).records)["b000001"] == "new"


def test_changes_of_one_moment_apply_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    drop(tmp_path, "all.mrc", marc(1), 1)
    drop(tmp_path, "delta/10.mrc", marc(1, title="New"), 2)
    drop(tmp_path, "delta/9.mrc", marc(1), 2)
    assert titles(harvested(tmp_path).records) == {"b000001": "new"}


def test_a_change_that_is_delivered_again_changes_nothing(folder: Path) -> None:
    before = titles(harvested(folder).records)
    drop(folder, "delta/two.mrc", marc(3, title="New"), 9)
    assert titles(harvested(folder).records) == before


def as_deleted(raw: bytes) -> bytes:
    return raw[:5] + b"d" + raw[6:]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("delta/gone.mrc", as_deleted(marc(2)) + as_deleted(marc(3))),
        ("deleted/gone.mrc", marc(2, 3)),
        ("gone-deleted.mrc", marc(2, 3)),
        ("withdrawn_del.txt", b"b000002\nb000003\n"),
        ("注销.csv", '"b000002",红楼梦\nb000003\n'.encode("gb18030")),
        ("delta/gone.xml", (served_record(2, FIRST_DAY).marcxml or b"").replace(b"00000nam", b"00000dam")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_deletions_come_in_many_forms(name: str, content: bytes, tmp_path: Path) -> None:
    drop(tmp_path, "all.mrc", marc(1, 2, 3), 1)
    drop(tmp_path, name, content, 2)
    expected = {"b000001": "old", "b000002": "gone", "b000003": "old" if name.endswith("xml") else "gone"}
    assert titles(harvested(tmp_path).records) == expected


def test_a_deletion_without_identifier_is_told(tmp_path: Path) -> None:
    drop(tmp_path, "all.mrc", marc(1) + as_deleted(marc(2)).replace(b"001", b"003", 1), 1)
    records = harvested(tmp_path).records
    assert [record.syntax for record in records] == ["marc", "diagnostic"]


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_what_columns_hold_is_said_inside_of_archives_too(tmp_path: Path) -> None:
    table, mapping = "馆内码,书\nZ1,文城\n".encode(), '{"馆内码": "001", "书": "title"}'.encode()
    members = {"new/books.csv": table, "new/books.columns.json": mapping, "new/books.csv.done": b""}
    drop(tmp_path, "full/a.zip", zipped(**members), 1)
    drop(tmp_path, "full/b.csv.gz", gzip.compress(table.replace(b"Z1", b"Z2")), 1)
    drop(tmp_path, "full/b.columns.json", mapping, 1)
    outcome = harvested(tmp_path)
    assert outcome.problem is None
    assert [record.identifier for record in outcome.records] == ["Z1", "Z2"]


def test_packed_files_are_unpacked(tmp_path: Path) -> None:
    drop(tmp_path, "full/a.mrc.gz", gzip.compress(marc(1, 2)), 1)
    members = {
        "../../b.mrc": marc(3),
        "sub/c.xml": served_record(4, FIRST_DAY).marcxml or b"",
        "__MACOSX/._b": b"",
    }
    drop(tmp_path, "full/b.zip", zipped(**members), 1)
    drop(tmp_path, "delta/changes.gz", gzip.compress(marc(2, title="New")), 2)
    outcome = harvested(tmp_path)
    assert outcome.problem is None
    assert titles(outcome.records) == {
        "b000001": "old",
        "b000002": "new",
        "b000003": "old",
        "b000004": "old",
    }


BROKEN = {
    "cut.mrc.gz": gzip.compress(marc(7, 8))[:-9],
    "flipped.mrc.gz": gzip.compress(marc(7, 8))[:-8] + b"12345678",
    "cut.zip": zipped(a=marc(7))[:-30],
    "flipped.zip": zipped(a=marc(7)).replace(b"PK\x01\x02", b"PK\x01\x03"),
    "nested.zip": zipped(a=gzip.compress(marc(7))),
    "bomb.gz": gzip.compress(b"\0" * (80 << 20)),
    "bomb.zip": zipped(a=b"\0" * (40 << 20), b=b"\0" * (40 << 20)),
    "crowd.zip": zipped(**{str(number): b"" for number in range(1_001)}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_read_is_told_and_the_others_come(name: str, folder: Path) -> None:
    drop(folder, f"delta/{name}", BROKEN[name], 6)
    outcome = harvested(folder)
    assert outcome.problem in {"unreadable_file", "too_large"}
    assert outcome.values["file"] == f"delta/{name}"
    told = [record for record in outcome.records if record.syntax == "diagnostic"]
    assert [record.identifier for record in told] == [None]
    assert name in told[0].raw.decode()
    assert len(outcome.records) == outcome.totals["before"] == 7
    assert [name.split()[0] for name in outcome.inexact] == [f"delta/{name}"]


def test_an_empty_full_load_is_a_broken_one_and_an_empty_change_is_not(folder: Path) -> None:
    drop(folder, "delta/none.mrc", b"", 6)
    assert harvested(folder).problem is None
    drop(folder, "full/b.mrc", b"", 2)
    outcome = harvested(folder)
    assert (outcome.problem, outcome.values["file"]) == ("unreadable_file", "full/b.mrc")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    elsewhere = drop(tmp_path, "private/secret.mrc", marc(9), 1)
    folder = tmp_path / "drops"
    drop(folder, "all.mrc", marc(1), 1)
    (folder / "delta").mkdir()
    (folder / "delta" / "link.mrc").symlink_to(elsewhere)
    outcome = harvested(folder)
    assert outcome.values["reason"] == "a link out of the folder"
    assert not any(b"b000009" in record.raw for record in outcome.records)


def test_rows_of_tables_are_changed_and_deleted_by_their_numbers(tmp_path: Path) -> None:
    header = "记录号,题名,ISBN\n"
    drop(tmp_path, "all.csv", f"{header}1,红楼梦,9787020002207\n2,西游记,\n".encode("gb18030"), 1)
    drop(tmp_path, "all.columns.json", '{"记录号": "001"}'.encode(), 1)
    drop(tmp_path, "changes-delta.csv", f"{header}2,西游记新编,\n".encode("gb18030"), 2)
    drop(tmp_path, "changes-delta.columns.json", '{"记录号": "001"}'.encode(), 2)
    drop(tmp_path, "deleted/gone.csv", b"1\n", 3)
    outcome = harvested(tmp_path)
    assert outcome.problem is None
    assert {record.identifier: record.deleted for record in outcome.records} == {"1": True, "2": False}


def test_a_broken_change_has_no_say_over_older_files(folder: Path) -> None:
    drop(folder, "delta/bad.mrc.gz", gzip.compress(marc(1, title="New") * 50)[:-9], 6)
    assert titles(harvested(folder).records)["b000001"] == "old"


def test_a_file_that_goes_away_while_others_are_read_is_said(folder: Path) -> None:
    def remove(received: int) -> None:
        (folder / "delta" / "two.mrc").unlink(missing_ok=True)

    outcome = run_harvest(open_files(str(folder), {}), HarvestOrder(), watch=remove)
    assert outcome.problem == "files_changed"
    assert len(outcome.records) == 5


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
