from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from hub.errors import NotFound, Refusal
from hub.services import indexing
from hub.services.context import Hub, Principal, Role

NOT_FOUND = json.loads(
    (Path(__file__).resolve().parents[4] / "fixtures" / "search" / "not_found.json").read_text("utf-8")
)
READER = Principal("reader", Role.READER, node="JLT", reader="opaque-1")
ENGLISH = Principal("", Role.ANONYMOUS, language="en")


@pytest.fixture
def indexed(hub: Hub, union: Any) -> Any:
    asyncio.run(indexing.feed(hub))
    return union


@pytest.mark.parametrize(
    "typed", ["红楼梦", "honglou", "hlm", "紅樓夢", "7-02-000220-X", "978-7-02-000220-7"]
)
async def test_every_way_of_typing_it_finds_the_edition_in_several_libraries(find: Any, typed: str) -> None:
    answer = await find("editions.search", q=typed)
    hit = next(hit for hit in answer["hits"] if hit["edition"] == "honglou")
    assert (hit["title"], hit["authors"], hit["year"]) == ("红楼梦", ["(清) 曹雪芹", "(清) 高鹗"], 1996)
    assert (hit["libraries"], hit["items"], hit["available"]) == (3, 3, 3)
    assert answer["suggest"] is None


async def test_the_edition_statement_is_not_taken_for_the_edition(find: Any) -> None:
    hit = (await find("editions.search", q="普通物理学"))["hits"][0]
    assert (hit["edition"], hit["edition_statement"]) == ("physics", "第4版")


async def test_hits_are_marked_and_their_libraries_sorted_by_distance(find: Any) -> None:
    answer = await find("editions.search", q="红楼梦", near="QHT", limit="1")
    hit = answer["hits"][0]
    assert hit["holdings"][0]["node"] == "QHT"
    distances = [line["kilometres"] for line in hit["holdings"]]
    assert distances == sorted(distances)
    assert distances[0] == 0
    assert hit["highlights"] == [[0, 3]]
    traditional = (await find("editions.search", q="红楼梦 中华书局"))["hits"][0]
    assert (traditional["title"], traditional["highlights"]) == ("紅樓夢", [[0, 3]])


async def test_a_reader_sees_distances_from_home_and_ready_by_at_the_pickup_node(find: Any) -> None:
    home = await find("editions.search", READER, q="红楼梦")
    assert home["hits"][0]["holdings"][0]["node"] == "JLT"
    assert "ready_by" not in home["hits"][0]
    predicted = await find("editions.search", READER, q="红楼梦", pickup="LHT")
    assert predicted["hits"][0]["ready_by"] > "2026-11-24T01"


async def test_facets_filters_and_names(find: Any) -> None:
    answer = await find("editions.search", ENGLISH, q="红楼梦", facets="true")
    libraries = {value["value"]: value for value in answer["facets"]["library"]}
    assert (libraries["GLT"]["count"], libraries["JLT"]["count"]) == (2, 5), (
        "the city's library has all below it"
    )
    assert libraries["GLT"]["name"] != "GLT"
    assert {"value": "eng", "name": "English", "count": 1, "selected": False} in answer["facets"]["language"]
    assert answer["facets"]["clc"][0]["name"] == "I Literature"
    narrowed = await find(
        "editions.search",
        q="红楼梦",
        library="XWT",
        year=["1990-2000", "1981"],
        facets="library,year",
        available="true",
    )
    assert [hit["edition"] for hit in narrowed["hits"]] == ["honglou"]
    assert set(narrowed["facets"]) == {"library", "year"}
    assert next(v for v in narrowed["facets"]["library"] if v["value"] == "XWT")["selected"]
    assert (await find("editions.search", clc="I242"))["total"] == (await find("editions.search", q="I242"))[
        "total"
    ]
    assert (await find("editions.search", q="悲惨世界", available="true", language="chi"))["total"] == 0


async def test_a_parent_library_stands_for_everything_below_it(indexed: Any, ask: Any, hub: Hub) -> None:
    tree = hub.network().nodes
    child = next(node for node in tree if node.parent in {"QHT", "JLT", "XWT"})
    await indexed.add("new", {"title": "新书"}, [{"node": child.code, "call_numbers": [], "available": True}])
    await indexing.feed(hub)
    answer = await ask("editions.search", q="新书", library=child.parent)
    assert [hit["edition"] for hit in answer["hits"]] == ["new"]


@pytest.mark.parametrize("case", NOT_FOUND, ids=[case["query"] for case in NOT_FOUND])
async def test_when_nothing_is_found_a_near_title_and_a_suggestion_are_offered(
    find: Any, case: dict[str, str]
) -> None:
    answer = await find("editions.search", q=case["query"])
    assert answer["total"] == 0
    assert case["offered"] in [guess["query"] for guess in answer["did_you_mean"]], case["why"]
    known = {"title": case["query"], "author": "", "isbn": "", "query": case["query"]}
    assert answer["suggest"] == {"operation": "suggestions.make", **known}


async def test_an_unknown_isbn_is_offered_as_a_number_and_nonsense_as_it_is(find: Any) -> None:
    unknown = await find("editions.search", q="978-7-5442-9999-0")
    assert (unknown["total"], unknown["suggest"]["title"]) == (0, "978-7-5442-9999-0")
    valid = await find("editions.search", q="9787506365437")
    assert (valid["suggest"]["title"], valid["suggest"]["isbn"]) == ("", "9787506365437")
    assert (await find("editions.search", q="qqqq zzzz"))["did_you_mean"] == []


async def test_filters_that_exclude_everything_are_named_rather_than_the_spelling(find: Any) -> None:
    answer = await find("editions.search", q="红楼梦", language="jpn")
    assert (answer["total"], answer["total_without_filters"], answer["did_you_mean"]) == (0, 5, [])


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"q": "红" * 201}, "q"),
        ({"q": "红楼\x00梦"}, "q"),
        ({"q": "红\ud800"}, "q"),
        ({"limit": 101}, "limit"),
        ({"limit": -1}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"offset": 10_001}, "offset"),
        ({"sort": "best"}, "sort"),
        ({"facets": "colour"}, "facets"),
        ({"library": "NOWHERE"}, "library"),
        ({"clc": "W1"}, "clc"),
        ({"year": "last"}, "year"),
        ({"near": "NOWHERE"}, "near"),
        ({"pickup": "NOWHERE"}, "pickup"),
        ({"colour": "red"}, "colour"),
        ({"library": ",".join(["JLT"] * 51)}, "library"),
    ],
)
async def test_a_wrong_parameter_is_refused_by_name_with_a_remedy(
    find: Any, data: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await find("editions.search", **data)
    assert refused.value.field is not None
    assert refused.value.field.split(".")[0] == field
    assert refused.value.say("zh") != refused.value.say("en")


async def test_an_edition_shows_every_copy_by_library(indexed: Any, ask: Any) -> None:
    answer = await ask("editions.show", READER, edition="honglou-studies", pickup="LHT")
    assert answer["redirected_from"] is None
    assert (answer["libraries"], answer["items"], answer["available"]) == (6, 6, 6)
    assert answer["requestable"]
    assert answer["suggest"] is None
    kilometres = [line["kilometres"] for line in answer["holdings"]]
    assert kilometres == sorted(kilometres)
    assert answer["near"] == "LHT"
    dates = [line["ready_by"] for line in answer["holdings"] if line["ready_by"]]
    assert answer["ready_by"] == min(dates)
    item = answer["holdings"][0]["items"][0]
    assert (item["status"], item["status_name"], item["available"]) == ("available", "在架可借", True)


async def test_copies_at_one_library_stand_together_with_their_status(indexed: Any, ask: Any) -> None:
    await indexed.state_copies("honglou", node="XWT", status="on_loan", volume="上")
    answer = await ask("editions.show", ENGLISH, edition="honglou")
    (line,) = answer["holdings"]
    assert (line["node"], line["copies"], line["available"], line["ready_by"]) == ("XWT", 3, 0, None)
    assert {item["status_name"] for item in line["items"]} == {"On loan"}
    assert answer["volumes"] == ["上"]
    assert answer["requestable"], "a copy that is out comes back"


@pytest.mark.parametrize("status", ["missing", "reference"])
async def test_an_edition_without_a_copy_to_lend_offers_a_purchase_suggestion(
    indexed: Any, ask: Any, status: str
) -> None:
    await indexed.state_copies("huozhe", status=status)
    answer = await ask("editions.show", READER, edition="huozhe", pickup="JLT")
    assert (answer["requestable"], answer["ready_by"]) == (False, None)
    assert answer["suggest"]["title"] == "活着"
    assert answer["suggest"]["isbn"].startswith("978")


async def test_an_edition_that_was_merged_is_shown_under_its_new_id(indexed: Any, ask: Any) -> None:
    await indexed.merge("honglou-traditional", "honglou")
    answer = await ask("editions.show", edition="honglou-traditional")
    assert (answer["edition"], answer["redirected_from"]) == ("honglou", "honglou-traditional")
    assert answer["libraries"] == 4


async def test_an_edition_that_never_was_is_said_to_be_unknown(find: Any) -> None:
    with pytest.raises(NotFound) as unknown:
        await find("editions.show", edition="nothing")
    assert unknown.value.field == "edition"
