"""Every file of fixtures/marc reads as its expectation says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, Rejected, read

FOLDER = Path(__file__).parents[4] / "fixtures" / "marc"
FILES = sorted(path for path in FOLDER.iterdir() if path.is_file() and path.name != "README.md")


def outcome(read_one: ReadRecord | Rejected) -> dict[str, Any]:
    if isinstance(read_one, Rejected):
        return {"rejected": read_one.reason}
    record = read_one.record
    return {
        "title": record.first("200", "a") or record.first("245", "a"),
        "format": read_one.format,
        "encoding": read_one.encoding,
        "repairs": list(read_one.repairs),
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.name))
def test_a_file_reads_as_expected(path: Path) -> None:
    expected = json.loads((FOLDER / "expected" / f"{path.name}.json").read_text("utf-8"))
    assert [outcome(read(raw)) for raw in read_file(path)] == expected


def test_every_expectation_belongs_to_a_file() -> None:
    expectations = {path.name.removesuffix(".json") for path in (FOLDER / "expected").iterdir()}
    assert expectations == {path.name for path in FILES}
