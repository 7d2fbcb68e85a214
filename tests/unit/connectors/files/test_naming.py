from __future__ import annotations

import pytest

from connectors.files.naming import Role, in_natural_order, is_ignored, is_unfinished, role_of, stamp_of


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("books.mrc", Role.FULL),
        ("delta.mrc", Role.DELTA),
        ("jlt-20260101-delta.mrc", Role.DELTA),
        ("jlt_inc.iso.gz", Role.DELTA),
        ("金陵图书馆增量.mrc", Role.DELTA),
        ("jlt.deleted.txt", Role.DELETED),
        ("jlt.deleted", Role.DELETED),
        ("changes.gz", Role.DELTA),
        ("20260101-DELETED.MRC", Role.DELETED),
        ("20260101注销.txt", Role.DELETED),
        ("model.mrc", Role.FULL),
        ("delta-blues.mrc", Role.FULL),
    ],
)
def test_names_say_what_a_file_does(name: str, role: Role) -> None:
    assert role_of(name) is role


@pytest.mark.parametrize(
    ("name", "stamp"),
    [
        ("delta/jlt-20260102.mrc", "20260102000000"),
        ("jlt-2026-01-02T0304.mrc", "20260102030400"),
        ("jlt_20260102_030405.mrc", "20260102030405"),
        ("jlt-20261302.mrc", None),
        ("jlt-120260102.mrc", None),
        ("jlt-7.mrc", None),
    ],
)
def test_names_carry_dates(name: str, stamp: str | None) -> None:
    assert stamp_of(name) == stamp


def test_numbers_in_names_are_ordered_as_numbers() -> None:
    names = ["b", "a-10", "a-2", "a", "a-2b", "007", "7"]
    assert sorted(names, key=in_natural_order) == ["007", "7", "a", "a-2", "a-2b", "a-10", "b"]


@pytest.mark.parametrize("name", ["a.mrc.part", "a.TMP", "a.filepart"])
def test_unfinished_files_are_known(name: str) -> None:
    assert is_unfinished(name)


@pytest.mark.parametrize("name", [".a.mrc", "~a.mrc", "a.mrc.done", "a.OK"])
def test_other_files_are_passed_over(name: str) -> None:
    assert is_ignored(name)
