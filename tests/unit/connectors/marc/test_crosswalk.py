from __future__ import annotations

import pytest
from hypothesis import given

from connectors.marc.crosswalk import to_cnmarc, to_marc21
from hub.kernel.record import Field, Flavour, Record, Subfield
from tests.unit.connectors.marc.strategies import records


def field(written: str) -> Field:
    """A field as cataloguers write it: ``200 1  $aTitle$fAuthor``; a control field without ``$``."""
    tag, rest = written[:3], written[4:]
    if "$" not in rest:
        return Field(tag, rest)
    parts = tuple(Subfield(part[0], part[1:]) for part in rest[3:].split("$")[1:])
    return Field(tag, "", rest[:2], parts)


def cnmarc(*written: str) -> Record:
    return Record("00000nam0 2200000   450 ", tuple(map(field, written)), Flavour.CNMARC)


def marc21(*written: str) -> Record:
    return Record("00000nam a2200000 i 4500", tuple(map(field, written)), Flavour.MARC21)


# Pairs that convert into each other in both directions.
BOTH_WAYS = [
    ("010    $a978-7-5000-0001-6$b平装$dCNY28.00", "020    $a978-7-5000-0001-6$q平装$cCNY28.00"),
    ("011    $a1000-0135$dCNY8.00", "022    $a1000-0135$cCNY8.00"),
    ("091    $a9231.47", "024 8  $a9231.47"),
    (
        "200 1  $a城南旧影$e一部散文集$f李示例著$g王范例绘",
        "245 10 $a城南旧影 : $b一部散文集 / $c李示例著 ; 王范例绘",
    ),
    ("200 1  $a江南$dJiangnan$h上册$i春$f李示例著", "245 10 $a江南 = $bJiangnan. $n上册, $p春 / $c李示例著"),
    ("205    $a第2版$b修订本", "250    $a第2版 / $b修订本"),
    ("210    $a南京$c示例出版社$d2019", "264  1 $a南京 : $b示例出版社, $c2019"),
    ("215    $a215页$c图$d21cm$e光盘1张", "300    $a215页 : $b图 ; $c21cm + $e光盘1张"),
    ("225 2  $a示例文库$v3", "490 0  $a示例文库 ; $v3"),
    ("327 1  $a上编$a下编", "505 0  $a上编 -- 下编"),
    ("330    $a内容提要", "520    $a内容提要"),
    ("606 0  $a散文集$x研究$y中国$z当代$j文集", "650  4 $a散文集$x研究$z中国$y当代$v文集"),
    ("607    $a南京$x地方史", "651  4 $a南京$x地方史"),
    ("610 0  $a散文", "653    $a散文"),
    ("690    $aI267", "084    $aI267$2clc"),
    ("512 1  $a封面题名", "246 14 $a封面题名"),
    ("517 1  $a其他题名", "246 30 $a其他题名"),
    ("856 40 $uhttps://example.org/1$z全文", "856 40 $uhttps://example.org/1$z全文"),
    ("410  0 $12001 $a示例丛书$v5", "830  0 $a示例丛书$v5"),
    ("461  0 $1001SET1$12001 $a示例全集$v2", "773 0  $t示例全集$g2$wSET1"),
]


def spaced(fields: list[Field]) -> list[Field]:
    """The fields as written in the table, where a subfield's mark is followed by a space."""
    return [
        Field(
            each.tag,
            each.value,
            each.indicators,
            tuple(Subfield(p.code, p.value.rstrip()) for p in each.subfields),
        )
        for each in fields
    ]


@pytest.mark.parametrize(("chinese", "american"), BOTH_WAYS)
def test_field_to_marc21(chinese: str, american: str) -> None:
    converted = to_marc21(cnmarc(chinese))
    assert spaced([f for f in converted.record.fields if f.tag != "008"]) == spaced([field(american)])
    assert converted.not_carried == ()


@pytest.mark.parametrize(("chinese", "american"), BOTH_WAYS)
def test_field_to_cnmarc(chinese: str, american: str) -> None:
    converted = to_cnmarc(marc21(american))
    assert [f for f in converted.record.fields if f.tag not in ("100", "101", "102")] == [field(chinese)]
    assert converted.not_carried == ()


def tags(record: Record) -> list[str]:
    return [each.tag for each in record.fields]


def test_the_first_name_is_the_main_entry_whatever_its_tag() -> None:
    record = to_marc21(cnmarc("701  0 $a李示例$4著", "702  0 $a王范例$4绘", "711 02 $a示例协会$4编")).record
    assert tags(record) == ["008", "100", "700", "710"]
    assert record.all("100", "ae") == ("李示例", "著")


def test_a_meeting_is_known_by_its_indicator() -> None:
    assert to_marc21(cnmarc("710 12 $a示例会议$d3$f2019$e南京")).record.all("111", "andc") == (
        "示例会议",
        "3",
        "2019",
        "南京",
    )


def test_western_names_are_divided_and_joined() -> None:
    record = to_cnmarc(marc21("100 1  $aDickens, Charles,$d1812-1870,$eauthor.")).record
    assert next(record.every("701")) == field("701  1 $aDickens$bCharles$f1812-1870$4author")
    assert to_marc21(record).record.first("100", "a") == "Dickens, Charles"


def test_secondary_roles_stay_secondary() -> None:
    record = to_cnmarc(marc21("100 1  $a李示例$e著", "700 1  $a王范例$e译", "700 1  $a赵例$e著")).record
    assert [(each.tag, each.first("a")) for each in record.every("701", "702")] == [
        ("701", "李示例"), ("701", "赵例"), ("702", "王范例"),
    ]  # fmt: skip


def test_pinyin_becomes_a_linked_field_and_comes_back() -> None:
    source = cnmarc("200 1  $a城南旧影$9cheng nan jiu ying$f李示例著", "701  0 $a李示例$4著$9li shi li")
    converted = to_marc21(source).record
    assert [each.first("a") for each in converted.every("880")] == ["cheng nan jiu ying", "li shi li"]
    back = to_cnmarc(converted).record
    assert [each for each in back.fields if each.tag in ("200", "701")] == list(source.fields)


def test_the_chinese_of_a_romanised_record_takes_its_place() -> None:
    record = to_cnmarc(
        marc21(
            "245 10 $6880-01$aLi shi :$bzhen zhi /$cDi Yansheng zhu.",
            "880 10 $6245-01$a历史 : $b真知 / $c邸延生著.",
        )
    ).record
    assert next(record.every("200")) == field("200 1  $a历史$9Li shi$e真知$f邸延生著")


def test_an_unlinked_880_stands_for_the_field_it_names() -> None:
    assert to_cnmarc(marc21("880    $6520-00$a内容提要")).record.first("330", "a") == "内容提要"


def test_coded_data_keep_dates_country_language_and_audience() -> None:
    general = "100    $a20200105d2019    d  y0chiy50      ea"
    source = cnmarc(general, "101 1  $achi$ceng", "102    $aCN")
    converted = to_marc21(source).record
    fixed = converted.first("008") or ""
    assert (len(fixed), fixed[:6], fixed[6], fixed[7:11], fixed[15:18], fixed[22], fixed[35:38]) == (
        40, "200105", "s", "2019", "cc ", "c", "chi",
    )  # fmt: skip
    assert list(to_cnmarc(converted).record.fields) == list(source.fields)


def test_a_short_or_absent_field_100_is_tolerated() -> None:
    assert len(to_marc21(cnmarc("100    $a2020")).record.first("008") or "") == 40
    assert len(to_marc21(cnmarc("001 1")).record.first("008") or "") == 40


def test_cataloguing_agencies_keep_their_roles() -> None:
    converted = to_marc21(cnmarc("801  0 $aCN$bBNU$c19980306", "801  2 $aCN$bJLT")).record
    assert converted.all("040", "acd") == ("BNU", "JLT")


def test_manufacture_is_a_second_imprint() -> None:
    record = to_marc21(cnmarc("210    $a南京$c示例出版社$d2019$h2020印")).record
    assert [(each.indicators, each.all("abc")) for each in record.every("264")] == [
        (" 1", ("南京 :", "示例出版社,", "2019")),
        (" 3", ("2020印",)),
    ]


def test_what_has_no_place_is_named() -> None:
    converted = to_marc21(cnmarc("200 1  $a题名$z附注", "690    $aI267$v5", "905    $aTSG$bD001"))
    assert converted.not_carried == ("200$z", "690$v", "905")
    assert to_cnmarc(marc21("003 OCoLC", "336    $atext")).not_carried == ("003", "336")


def test_a_record_of_the_wanted_flavour_comes_back_as_it_is() -> None:
    assert to_marc21(marc21("245 10 $aTitle")).record == marc21("245 10 $aTitle")
    assert to_cnmarc(cnmarc("200 1  $a题名")).not_carried == ()


@given(records())
def test_any_record_converts_both_ways(record: Record) -> None:
    there = to_marc21(record) if record.flavour is not Flavour.MARC21 else to_cnmarc(record)
    back = to_cnmarc(there.record) if there.record.flavour is Flavour.MARC21 else to_marc21(there.record)
    assert len(there.record.leader) == len(back.record.leader) == 24
