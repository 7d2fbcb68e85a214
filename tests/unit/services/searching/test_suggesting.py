from __future__ import annotations

from typing import Any

import pytest

from hub.errors import Forbidden, Refusal
from hub.services.context import Principal, Role
from hub.services.suggesting import offer

READER = Principal("reader", Role.READER, node="JLT", reader="opaque-1")
OTHER = Principal("other", Role.READER, node="XWT", reader="opaque-2")
COORDINATOR = Principal("coordinator", Role.COORDINATOR)


async def test_a_wish_is_recorded_once_and_listed_without_the_reader(ask: Any) -> None:
    wish = {"title": "没有的书", "author": "某人", "query": "没有的书"}
    first = await ask("suggestions.make", READER, "one", **wish)
    again = await ask("suggestions.make", READER, "two", **wish)
    assert (again["suggestion"], again["already"], first["already"]) == (first["suggestion"], True, False)
    await ask("suggestions.make", OTHER, "three", isbn="7-02-000220-X")
    listed = await ask("suggestions.list", COORDINATOR)
    assert listed["total"] == 2
    assert {entry["isbn"] for entry in listed["suggestions"]} == {"", "9787020002207"}
    assert {entry["node"] for entry in listed["suggestions"]} == {"JLT", "XWT"}
    assert "opaque" not in str(listed)


async def test_the_offer_of_a_search_can_be_sent_back_as_it_is(ask: Any) -> None:
    offered = offer("没有的书", query="没有的书")
    assert offered.pop("operation") == "suggestions.make"
    assert (await ask("suggestions.make", READER, **offered))["state"] == "open"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "title"),
        ({"title": "  "}, "title"),
        ({"isbn": "9787020002208"}, "isbn"),
        ({"title": "书" * 201}, "title"),
    ],
)
async def test_a_wish_for_nothing_in_particular_is_refused(
    ask: Any, data: dict[str, str], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await ask("suggestions.make", READER, **data)
    assert refused.value.field == field


@pytest.mark.parametrize("role", [Role.ANONYMOUS, Role.DRIVER, Role.STAFF])
async def test_only_readers_wish_and_only_coordinators_read_wishes(ask: Any, role: Role) -> None:
    with pytest.raises(Forbidden):
        await ask("suggestions.make", Principal("somebody", role), title="书")
    with pytest.raises(Forbidden):
        await ask("suggestions.list", Principal("somebody", role))
