"""What people type, and what it must find in the hand-made union of fixtures/search."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.index.documents import Copies, Edition, document
from hub.index.engine import SearchIndex
from hub.index.port import Search
from hub.index.query.box import parsed
from hub.index.query.planning import planned

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures" / "search"
JUDGED: list[dict[str, Any]] = json.loads((FIXTURES / "judged.json").read_text("utf-8"))
EDITIONS: list[dict[str, Any]] = json.loads((FIXTURES / "editions.json").read_text("utf-8"))


def edition(stated: dict[str, Any]) -> Edition:
    copies = tuple(
        Copies((copy["node"], "NJ"), tuple(copy["call_numbers"]), copy["available"])
        for copy in stated["copies"]
    )
    return Edition(stated["key"], stated["display"], copies)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    index = SearchIndex.open(tmp_path_factory.mktemp("index"))
    assert index.apply([document(edition(stated)) for stated in EDITIONS], [], 1, since=0)
    yield index
    index.close()


@pytest.mark.parametrize("case", JUDGED, ids=[case["query"] for case in JUDGED])
def test_a_query_finds_what_was_meant(index: SearchIndex, case: dict[str, Any]) -> None:
    page = index.search(Search(planned(parsed(case["query"])), limit=100))
    found = [hit.key for hit in page.hits]
    assert page.total == len(found)
    if "first" in case:
        assert found[:1] == [case["first"]], case["why"]
    assert set(case.get("finds", ())) <= set(found), case["why"]
    assert not set(case.get("never", ())) & set(found), case["why"]
    if "only" in case:
        assert sorted(found) == sorted(case["only"]), case["why"]


def test_the_judged_queries_name_only_editions_that_exist() -> None:
    known = {stated["key"] for stated in EDITIONS}
    named = {key for case in JUDGED for kind in ("finds", "never", "only") for key in case.get(kind, ())} | {
        case["first"] for case in JUDGED if "first" in case
    }
    assert named <= known
    assert len(JUDGED) >= 40
