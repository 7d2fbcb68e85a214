from __future__ import annotations

from pathlib import Path

from connectors.oai_pmh.protocol import Verb
from connectors.oai_pmh.responses import read_list

RESPONSES = Path(__file__).resolve().parents[4] / "fixtures" / "oai_pmh"


def test_records_deletions_and_gaps_are_told_apart() -> None:
    data = (RESPONSES / "record-inside-collection.xml").read_bytes()
    page = read_list(data, Verb.LIST_RECORDS, "here")
    assert (page.token, page.size) == ("next page", 40)
    kept, deleted, empty = page.records
    assert kept.root == "record"
    assert kept.content.startswith(b"<record")
    assert (deleted.deleted, deleted.content) == (True, b"")
    assert (empty.deleted, empty.content) == (False, b"")
