from __future__ import annotations

import json
import random

import pytest

from dedupe.description import Description, describe
from dedupe.merging import Source, display_record
from dedupe.works import EditionOfWork, sets_of, work_key
from tests.short_records import record


def source(key: str, priority: int = 0, **fields: str) -> Source:
    return Source(
        key, describe(record("cnmarc", {name[1:]: text for name, text in fields.items()})), priority
    )


SOURCES = [
    source("city:1", _200="$a红楼梦$f曹雪芹著", _210="$a北京$c人民文学出版社$d2008", _330="$a短"),
    source("city:2", 1, _200="$a红楼梦$f(清)曹雪芹著", _210="$c人民文学$d2008", _010="$a978-7-02-000220-7"),
    source("town:3", 2, _200="$a红楼萝$f曹雪芹", _210="$c人民文学出版社$d2009", _330="$a一部长篇小说"),
]


def test_each_field_comes_from_the_best_source_and_says_which() -> None:
    shown = display_record(SOURCES)
    assert shown["title"] == "红楼梦"
    assert shown["authors"] == ["曹雪芹"]
    assert (shown["publisher"], shown["year"], shown["place"]) == ("人民文学出版社", 2008, "北京")
    assert shown["isbns"] == ["9787020002207"]
    assert shown["abstract"] == "一部长篇小说"
    assert shown["other_titles"] == ["红楼萝"]
    assert shown["sources"] == ["city:1", "city:2", "town:3"]
    assert shown["provenance"]["isbns"] == "city:2"
    assert shown["provenance"]["abstract"] == "town:3"


def test_an_original_title_is_shown_among_the_other_titles() -> None:
    translated = [
        source("city:1", _200="$a悲惨世界$f雨果著", _500="$aLes misérables"),
        source("town:1", _200="$a悲惨世界$f雨果", _510="$aLes misérables"),
    ]
    assert display_record(translated)["other_titles"] == ["Les misérables"]


def test_the_order_of_the_sources_does_not_matter_and_the_record_is_json() -> None:
    expected = display_record(SOURCES)
    for seed in range(5):
        shuffled = random.Random(seed).sample(SOURCES, len(SOURCES))
        assert display_record(shuffled) == expected
    assert json.loads(json.dumps(expected)) == expected


def test_an_edition_needs_a_record() -> None:
    with pytest.raises(ValueError, match="without records"):
        display_record([])


def test_a_record_that_could_not_be_read_is_still_shown() -> None:
    shown = display_record([Source("city:9", Description())])
    assert (shown["title"], shown["authors"], shown["year"]) == ("", [], None)


def test_editions_of_one_work_share_its_key() -> None:
    first = describe(record("cnmarc", {"200": "$a红楼梦$h上册$f曹雪芹著", "210": "$d1982"}))
    second = describe(record("marc21", {"245": "$a紅樓夢 /$c(清)曹雪芹著", "260": "$c2008"}))
    assert work_key(first) == work_key(second)
    assert work_key(Description()) == ""


def test_volumes_are_linked_to_the_nearest_set_of_their_publisher() -> None:
    editions = [
        EditionOfWork("E-set-old", "", 2, "人民文学", 1982),
        EditionOfWork("E-set-new", "", 2, "人民文学", 2008),
        EditionOfWork("E-other", "", 2, "岳麓", 2007),
        EditionOfWork("E-volume", "上册", None, "人民文学", 2007),
        EditionOfWork("E-alone", "", None, "中华", 2007),
    ]
    assert sets_of(editions) == {"E-volume": "E-set-new"}
