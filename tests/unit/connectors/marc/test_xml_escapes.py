"""Escapes of XML in records that are not XML: mended, reported, and only those that XML itself defines."""

from __future__ import annotations

import pytest

from connectors.marc.reading import ReadRecord, read
from connectors.marc.writing import to_iso2709
from hub.kernel.record import Flavour
from tests.short_records import record

CASES = {
    "Pride &amp; prejudice": "Pride & prejudice",
    "&lt;红楼梦&gt;": "<红楼梦>",
    "&quot;A&quot; &apos;B&apos;": "\"A\" 'B'",
    "A & B; C": "A & B; C",
    "&eacute;tude &#233;": "&eacute;tude &#233;",
}


@pytest.mark.parametrize("stated", CASES)
def test_an_escape_is_read_as_what_it_stands_for(stated: str) -> None:
    outcome = read(to_iso2709(record(Flavour.MARC21, {"001": "1", "245": f"$a{stated}"})))
    assert isinstance(outcome, ReadRecord)
    assert outcome.record.first("245", "a") == CASES[stated]
    assert ("markup" in outcome.repairs) == (CASES[stated] != stated)
