from __future__ import annotations

import json

import pytest

from dedupe.description import Description, describe, from_dict, to_dict, without
from hub.kernel.text import fold_letters
from tests.short_records import record

CHINESE = {
    "010": "$a978-7-02-000220-7$d59.70元",
    "091": "$a10019·1234",
    "100": "$a20080924d2008    em y0chiy50      ea",
    "101": "$achi",
    "200": "$a紅樓夢$9hong lou meng$h上册$f(清)曹雪芹著$g高鹗续",
    "205": "$a第3版",
    "210": "$a北京$c人民文学出版社$d2008.07$h2012年重印",
    "215": "$a12,600页$d21cm",
    "225": "$a中国古典文学读本丛书",
    "690": "$aI242.4$v5",
    "701": "$a曹雪芹$9cao xue qin$c(清)$4著",
}


def test_cnmarc_is_described() -> None:
    found = describe(record("cnmarc", CHINESE))
    assert found.titles.forms == ("红楼梦",)
    assert found.titles.romanised == "hong lou meng"
    assert found.volumes.numbers == ("upper",)
    assert found.people.forms("author")[0] == "曹雪芹"
    assert found.publication.publisher_form == "人民文学"
    assert (found.publication.years, found.publication.printings) == ((2008,), (2012,))
    assert found.edition.number == 3
    assert found.extent.numbers == (12, 600)
    assert found.identifiers.isbns == ("9787020002207",)
    assert found.identifiers.unified == ("10019.1234",)
    assert found.subjects.classes == ("I242.4",)
    assert (found.material.kind, found.material.carrier, found.language.text) == ("text", "print", "chi")


def test_marc21_gives_the_same_match_forms() -> None:
    western = {
        "008": "080924s2008    cc            000 1 chi d",
        "020": "$a9787020002207",
        "024": "$a10019.1234",
        "084": "$aI242.4$2clc",
        "100": "$a曹雪芹$c(清)$e著",
        "245": "$a红楼梦.$n上 /$c(清)曹雪芹著 ; 高鹗续",
        "250": "$a3版.",
        "264": "$a北京 :$b人民文学,$c2008.07 | $c2012年重印",
        "300": "$axii, 600 p. ;$c21cm",
    }
    ours, theirs = describe(record("cnmarc", CHINESE)), describe(record("marc21", western))
    assert ours.titles.forms == theirs.titles.forms
    assert ours.volumes.numbers == theirs.volumes.numbers
    assert ours.identifiers == theirs.identifiers
    assert ours.publication.publisher_form == theirs.publication.publisher_form
    assert ours.publication.years == theirs.publication.years
    assert ours.edition.number == theirs.edition.number
    assert ours.extent.numbers == theirs.extent.numbers
    assert ours.people.forms("author") == theirs.people.forms("author")


@pytest.mark.parametrize("dialect", ["cnmarc", "marc21"])
def test_nothing_is_needed(dialect: str) -> None:
    found = describe(record(dialect, {}, leader=""))
    assert found.titles.forms == ()
    assert to_dict(found) == {}


def test_a_description_survives_json() -> None:
    found = describe(record("cnmarc", CHINESE))
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    assert from_dict({}) == Description()


def test_the_original_script_comes_before_its_romanisation() -> None:
    found = describe(
        record(
            "marc21",
            {
                "100": "$6880-01$aShen, Congwen",
                "245": "$6880-02$aBian cheng /$cShen Congwen zhu",
                "880": "$6100-01/$1$a沈从文 | $6245-02/$1$a边城 /$c沈从文著",
            },
        )
    )
    assert found.titles.proper == "边城"
    assert found.titles.sound == "biancheng"
    assert found.people.forms("author") == ("沈从文",)


@pytest.mark.parametrize(
    ("dialect", "title", "said"),
    [
        ("cnmarc", "悲惨世界", {"500": "$aLes misérables"}),
        ("cnmarc", "悲惨世界", {"510": "$aLes misérables$zfre"}),
        ("cnmarc", "悲惨世界", {"200": "$a悲惨世界$dLes misérables"}),
        ("cnmarc", "悲惨世界", {"454": "$12001 $aLes misérables"}),
        ("unimarc", "悲惨世界", {"454": "$tLes misérables"}),
        ("marc21", "悲惨世界", {"240": "$aLes misérables.$lChinese"}),
        ("marc21", "悲惨世界", {"246": "$aBei can shi jie | $aLes misérables"}),
        ("marc21", "悲惨世界", {"765": "$tLes misérables"}),
        ("marc21", "悲惨世界", {"765": "$tLes misérables", "240": "$aLes Misérables :"}),
        ("marc21", "悲惨世界", {"130": "$aLes misérables.$lChinese"}),
        ("marc21", "The wretched", {"240": "$aLes misérables"}),
        ("marc21", "The story of the stone", {"240": "$a红楼梦"}),
    ],
)
def test_an_original_title_is_kept_and_never_compared(dialect: str, title: str, said: dict[str, str]) -> None:
    main = "245" if dialect == "marc21" else "200"
    plain = describe(record(dialect, {main: f"$a{title}"}))
    found = describe(record(dialect, {main: f"$a{title}"} | said))
    assert [fold_letters(one) for one in found.titles.access] in (["lesmiserables"], ["红楼梦"])
    assert found.titles.forms == plain.titles.forms


@pytest.mark.parametrize(
    ("latin", "romanised"),
    [
        ("Bei can shi jie", "Bei can shi jie"),
        ("Nü'er guo", "Nü'er guo"),
        ("Les misérables", ""),
        ("Python crash course", ""),
        ("an" * 150 + "x", ""),
    ],
)
def test_an_original_title_is_not_taken_for_a_romanisation(latin: str, romanised: str) -> None:
    found = describe(record("marc21", {"245": "$a悲惨世界", "246": f"$a{latin}"}))
    assert found.titles.romanised == romanised
    assert found.titles.access == (() if romanised else (latin,))


def test_sets_and_volumes_are_told_apart_by_their_isbns() -> None:
    found = describe(record("cnmarc", {"010": "$a9787020002207$b上册 | $a9787020002214(全套)"}))
    assert found.identifiers.isbns == ("9787020002207",)
    assert found.identifiers.set_isbns == ("9787020002214",)


def test_a_wrong_check_digit_is_no_identifier() -> None:
    assert describe(record("cnmarc", {"010": "$a978-7-02-000220-8"})).identifiers.isbns == ()


def test_a_disc_beside_a_book_leaves_it_a_book() -> None:
    found = describe(record("cnmarc", {"200": "$a听力教程", "215": "$a320页 + 1光盘$d26cm"}))
    assert found.material.kind == "text"


def test_the_mark_of_invented_data_is_not_part_of_a_publishers_name() -> None:
    found = describe(record("cnmarc", {"200": "$a我与地坛", "210": "$a上海$c豫园古籍出版社（演示）$d2012"}))
    assert found.publication.publisher_form == "豫园古籍"
    assert found.demo


@pytest.mark.parametrize("field", ["$a家谱(演示)", "$a城市记忆$e(演示)数据"])
def test_the_mark_of_invented_data_is_kept(field: str) -> None:
    assert describe(record("cnmarc", {"200": field})).demo
    assert not describe(record("cnmarc", {"200": "$aPPT演示文稿制作"})).demo


def test_evidence_can_be_hidden() -> None:
    found = without(describe(record("cnmarc", CHINESE)), frozenset({"215", "price", "series"}))
    assert (found.extent.pages, found.publication.price, found.subjects.series) == (None, "", "")
    with pytest.raises(ValueError, match="cannot hide"):
        without(found, frozenset({"title"}))


def test_six_hundred_authors_and_a_huge_title_are_read_in_part() -> None:
    crowd = " | ".join(f"$aMann, Heinrich {number}" for number in range(600))
    found = describe(record("marc21", {"245": f"$a{'Wissen ' * 13000}", "700": crowd}))
    assert len(found.people.people) <= 24
    assert len(found.titles.proper) <= 400
