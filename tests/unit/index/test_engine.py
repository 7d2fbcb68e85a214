"""What every engine behind ``hub.index.port.UnionIndex`` must do; run on the embedded one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.index.documents import Copies, Document, Edition, document
from hub.index.embedded import schema
from hub.index.engine import SearchIndex
from hub.index.fields import Facet, Order
from hub.index.port import Search, UnionIndex
from hub.index.query.box import parsed
from hub.index.query.plan import Term
from hub.index.query.planning import planned

Open = Callable[[], SearchIndex]


def book(key: str, title: str, year: int | None = None, *libraries: str, language: str = "chi") -> Document:
    copies = tuple(Copies((library, "NJ")) for library in libraries)
    display = {"title": title, "year": year, "language": language, "clc": ["I242"]}
    return document(Edition(key, display, copies))


HONGLOU = book("E1", "红楼梦", 1996, "JLT", "XWT")
STUDIES = book("E2", "红楼梦研究", 1952, "JLT")
WATER = book("E3", "水浒传", 1975, "QHT")
ENGLISH = book("E4", "Water", None, language="eng")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    indexes: list[SearchIndex] = []

    def open_again() -> SearchIndex:
        for index in indexes:
            index.close()
        indexes.append(SearchIndex.open(tmp_path / "index"))
        return indexes[-1]

    yield open_again
    for index in indexes:
        index.close()


def found(index: UnionIndex, typed: str, **options: object) -> list[str]:
    page = index.search(Search(planned(parsed(typed)), **options))  # type: ignore[arg-type]  # any option
    return [hit.key for hit in page.hits]


def test_a_new_index_is_empty_and_wants_to_be_built(opened: Open) -> None:
    index = opened()
    assert (index.count(), index.position(), index.needs_rebuild, index.keys()) == (0, 0, True, frozenset())
    assert found(index, "红楼梦") == []


def test_what_was_committed_is_there_after_opening_again(opened: Open) -> None:
    assert opened().apply([HONGLOU, STUDIES], [], 7, since=0)
    index = opened()
    assert (index.count(), index.position(), index.needs_rebuild) == (2, 7, False)
    assert found(index, "红楼梦") == ["E1", "E2"]


def test_replaying_changes_nothing(opened: Open) -> None:
    index = opened()
    index.apply([HONGLOU, STUDIES, WATER], [], 3, since=0)
    before = [found(index, typed) for typed in ("红楼梦", "水", "")]
    index.apply([HONGLOU, STUDIES, WATER], [], 4, since=3)
    assert index.count() == 3
    assert [found(index, typed) for typed in ("红楼梦", "水", "")] == before


def test_a_changed_edition_is_found_by_its_new_words_only(opened: Open) -> None:
    index = opened()
    index.apply([HONGLOU, STUDIES], [], 1, since=0)
    index.apply([book("E1", "石头记")], [], 2, since=1)
    assert found(index, "红楼梦") == ["E2"]
    assert found(index, "石头记") == ["E1"]
    assert index.count() == 2


def test_deleted_editions_are_gone(opened: Open) -> None:
    index = opened()
    documents = [book(f"E{number}", "红楼梦") for number in range(100)]
    index.apply(documents, [], 1, since=0)
    index.apply([], [f"E{number}" for number in range(0, 100, 2)], 2, since=1)
    assert index.count() == 50
    assert index.keys() == {f"E{number}" for number in range(1, 100, 2)}
    assert index.search(Search(planned(parsed("红楼梦")))).total == 50


def test_a_feeder_that_was_overtaken_does_nothing(opened: Open) -> None:
    index = opened()
    index.apply([HONGLOU], [], 5, since=0)
    assert not index.apply([], ["E1"], 3, since=0)
    assert (index.count(), index.position()) == (1, 5)


def test_a_crash_between_commit_and_position_is_repaired_by_replay(opened: Open, tmp_path: Path) -> None:
    index = opened()
    index.apply([HONGLOU], [], 1, since=0)
    position = next((tmp_path / "index").glob("generation-*/position.json"))
    before = position.read_text()
    index.apply([STUDIES, WATER], ["E1"], 2, since=1)
    expected = index.keys(), found(index, "红楼梦")
    position.write_text(before)
    again = opened()
    assert again.position() == 1
    assert again.apply([STUDIES, WATER], ["E1"], 2, since=1)
    assert (again.keys(), found(again, "红楼梦")) == expected


def test_a_rebuilt_index_takes_the_place_of_the_old_one(opened: Open, tmp_path: Path) -> None:
    index = opened()
    index.apply([HONGLOU, STUDIES], [], 4, since=0)
    building = index.begin_rebuild(4)
    assert building.add([HONGLOU, WATER]) == 2
    assert found(index, "红楼梦") == ["E1", "E2"], "the live index answers until the new one is whole"
    index.apply([ENGLISH], [], 6, since=4)
    assert index.forgettable() == 4, "what the new index has not seen must not be forgotten"
    index.finish_rebuild(building)
    assert (index.keys(), index.position(), index.forgettable()) == ({"E1", "E3"}, 4, 4)
    assert not index.apply([STUDIES], [], 7, since=6), "read for the old index"
    assert len(list((tmp_path / "index").glob("generation-*"))) == 1
    assert opened().keys() == {"E1", "E3"}


def test_a_rebuild_that_was_killed_leaves_the_live_index(opened: Open, tmp_path: Path) -> None:
    index = opened()
    index.apply([HONGLOU], [], 2, since=0)
    building = index.begin_rebuild(2)
    building.add([STUDIES])
    again = opened()
    assert (again.keys(), again.position()) == ({"E1"}, 2)
    assert len(list((tmp_path / "index").glob("generation-*"))) == 1
    with pytest.raises(ValueError, match="not begun"):
        again.finish_rebuild(building)


def test_the_newer_of_two_rebuilds_counts(opened: Open) -> None:
    index = opened()
    first, second = index.begin_rebuild(1), index.begin_rebuild(2)
    with pytest.raises(ValueError, match="closed"):
        first.add([HONGLOU])
    second.add([STUDIES])
    index.finish_rebuild(second)
    assert index.keys() == {"E2"}


@pytest.mark.parametrize("damage", ["version", "position", "files"])
def test_an_index_that_cannot_be_trusted_asks_to_be_rebuilt(
    opened: Open, tmp_path: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened().apply([HONGLOU], [], 2, since=0)
    generation = next((tmp_path / "index").glob("generation-*"))
    if damage == "version":
        monkeypatch.setattr("hub.index.embedded.generation.VERSION", schema.VERSION + 1)
    elif damage == "position":
        (generation / "position.json").write_text("{")
    else:
        (generation / "meta.json").write_text("{")
    index = opened()
    assert index.needs_rebuild
    assert index.position() == 0 or damage == "version"
    building = index.begin_rebuild(0)
    building.add([WATER])
    index.finish_rebuild(building)
    assert (index.needs_rebuild, found(index, "水浒传")) == (False, ["E3"])


def test_facets_count_exactly_and_a_ticked_one_still_shows_the_others(opened: Open) -> None:
    index = opened()
    index.apply([HONGLOU, STUDIES, WATER, ENGLISH], [], 1, since=0)
    everything = planned(parsed(""))
    page = index.search(Search(everything, facets=tuple(Facet)))
    assert dict(page.facets[Facet.LIBRARY]) == {"NJ": 3, "JLT": 2, "XWT": 1, "QHT": 1}
    assert dict(page.facets[Facet.LANGUAGE]) == {"chi": 3, "eng": 1}
    assert dict(page.facets[Facet.YEAR]) == {"1996": 1, "1952": 1, "1975": 1}
    assert dict(page.facets[Facet.CLC]) == {"I": 4, "I2": 4}
    ticked = index.search(
        Search(
            everything,
            filters={Facet.LIBRARY: Term("library", "QHT"), Facet.LANGUAGE: Term("language", "chi")},
            facets=(Facet.LIBRARY, Facet.YEAR, Facet.LANGUAGE),
        )
    )
    assert (ticked.total, [hit.key for hit in ticked.hits]) == (1, ["E3"])
    assert dict(ticked.facets[Facet.LIBRARY]) == {"NJ": 3, "JLT": 2, "XWT": 1, "QHT": 1}
    assert dict(ticked.facets[Facet.LANGUAGE]) == {"chi": 1}
    assert dict(ticked.facets[Facet.YEAR]) == {"1975": 1}


@pytest.mark.parametrize(
    ("order", "keys"),
    [
        (Order.NEWEST, ["E1", "E3", "E2", "E4"]),
        (Order.TITLE, ["E1", "E2", "E3", "E4"]),
        (Order.RELEVANCE, ["E1"]),
    ],
)
def test_results_are_sorted(opened: Open, order: Order, keys: list[str]) -> None:
    index = opened()
    index.apply([ENGLISH, WATER, STUDIES, HONGLOU], [], 1, since=0)
    assert found(index, "", order=order)[: len(keys)] == keys


def test_the_oldest_come_first_and_those_without_a_year_last(opened: Open) -> None:
    index = opened()
    index.apply([ENGLISH, WATER, STUDIES, HONGLOU], [], 1, since=0)
    assert found(index, "", order=Order.OLDEST) == ["E2", "E3", "E1", "E4"]


def test_filters_and_more_libraries_do_not_disturb_the_exact_title(opened: Open) -> None:
    index = opened()
    held_everywhere = book("E9", "红楼梦研究资料", 2000, *(f"L{number}" for number in range(60)))
    named_so_too = document(
        Edition("E8", {"title": "石头记", "other_titles": ["红楼梦"]}, held_everywhere_copies())
    )
    index.apply([held_everywhere, named_so_too, HONGLOU], [], 1, since=0)
    assert found(index, "红楼梦")[0] == "E1"
    assert found(index, "红楼梦", filters={Facet.LIBRARY: Term("library", "NJ")})[0] == "E1"


def held_everywhere_copies() -> tuple[Copies, ...]:
    return tuple(Copies((f"L{number}", "NJ")) for number in range(60))


def test_pages_follow_each_other_without_gap(opened: Open) -> None:
    index = opened()
    index.apply([book(f"E{number:02}", "红楼梦", 1990) for number in range(25)], [], 1, since=0)
    pages = [found(index, "红楼梦", limit=10, offset=offset) for offset in (0, 10, 20, 30)]
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert len({key for page in pages for key in page}) == 25
    assert index.search(Search(planned(parsed("红楼梦")), limit=0)).total == 25


def test_many_threads_may_search_while_one_writes(opened: Open) -> None:
    index = opened()
    index.apply([HONGLOU], [], 1, since=0)
    seen: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: seen.extend(found(index, "红楼梦", limit=1) for _ in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for position in range(2, 8):
        index.apply([book(f"N{position}", "水")], [], position, since=position - 1)
    for thread in threads:
        thread.join()
    assert seen == [["E1"]] * 200
