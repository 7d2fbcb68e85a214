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
    return Record("00000nam  2200000   450 ", tuple(map(field, written)), Flavour.CNMARC)


def marc21(*written: str) -> Record:
    return Record("00000nam a2200000 i 4500", tuple(map(field, written)), Flavour.MARC21)


# Pairs that convert into each other in both directions, row by row of the table of the two formats.
BOTH_WAYS = [
    ("001 012004002367", "001 012004002367"),
    ("005 20240102030405.0", "005 20240102030405.0"),
    ("801  3 $bNLC", "003 NLC"),
    ("010    $a978-7-5000-0001-6$b平装$dCNY28.00", "020    $a978-7-5000-0001-6$q平装$cCNY28.00"),
    ("010    $a7-5000-0002-4$z7-5000-0002-5", "020    $a7-5000-0002-4$z7-5000-0002-5"),
    ("011    $a1000-0135$dCNY8.00$z1000-0136", "022    $a1000-0135$cCNY8.00$z1000-0136"),
    ("020    $aCN$b81-23456", "015    $2CN$a81-23456"),
    ("091    $a9231.47$d0.38元", "024 8  $a9231.47$c0.38元$q统一书号"),
    ("092    $aCN$b88-234", "037    $bCN$a88-234"),
    (
        "200 1  $a城南旧影$e一部散文集$f李示例著$g王范例绘",
        "245 10 $a城南旧影 : $b一部散文集 / $c李示例著 ; 王范例绘",
    ),
    ("200 1  $a江南$dJiangnan$h上册$i春$f李示例著", "245 10 $a江南 = $bJiangnan. $n上册, $p春 / $c李示例著"),
    ("200 1  $a前集$a后集$f李示例著", "245 10 $a前集 ; $b后集 / $c李示例著"),
    ("200 1  $a前集$f李示例著$c别集$f王范例著", "245 10 $a前集 / $c李示例著. 别集 / 王范例著"),
    ("200 1  $a江南$b录音制品$e朗读版", "245 10 $a江南$h录音制品 : $b朗读版"),
    ("200 1  $aCreativity, Inc.$fEd Catmull", "245 10 $aCreativity, Inc. / $cEd Catmull"),
    ("205    $a第2版$b修订本", "250    $a第2版, $b修订本"),
    ("205    $a第2版$f李示例修订", "250    $a第2版 / $b李示例修订"),
    ("207  0 $aVol. 1, no. 1", "362 0  $aVol. 1, no. 1"),
    ("210    $a南京$c示例出版社$d2019", "264  1 $a南京 : $b示例出版社, $c2019"),
    ("210    $a[北京$c出版者不详$d1985.07]", "264  1 $a[北京 : $b出版者不详, $c1985.07]"),
    ("215    $a215页$c图$d21cm$e光盘1张", "300    $a215页 : $b图 ; $c21cm + $e光盘1张"),
    ("215    $a3册$d大32", "300    $a3册 ; $c大32"),
    ("225 2  $a示例文库$v3", "490 0  $a示例文库 ; $v3"),
    (
        "225 2  $a文库$dLibrary$e小说$f李主编$h甲辑$i诗$x1000-0135$v3",
        "490 0  $a文库 = $aLibrary : $a小说 / $a李主编. $a甲辑, $a诗, $x1000-0135 ; $v3",
    ),
    ("300    $a附光盘", "500    $a附光盘"),
    ("302    $a中英对照", "546    $a中英对照"),
    ("310    $a线装", "563    $a线装"),
    ("311    $a续编见另目", "580    $a续编见另目"),
    ("320    $a有书目和索引", "504    $a有书目和索引"),
    ("324    $a据1930年版影印", "534    $n据1930年版影印"),
    ("325    $a缩微品", "533    $n缩微品"),
    ("328    $a硕士论文", "502    $a硕士论文"),
    ("333    $a小学生读物", "521    $a小学生读物"),
    ("337    $a需播放器", "538    $a需播放器"),
    ("327 1  $a上编$a下编", "505 0  $a上编 -- 下编"),
    ("330    $a内容提要", "520    $a内容提要"),
    ("327 0  $a上编", "505 1  $a上编"),
    ("600  0 $a李示例$x传记", "600 14 $a李示例$x传记"),
    ("600  1 $aDickens$bCharles$f1812-1870$jBiography", "600 14 $aDickens, Charles$d1812-1870$vBiography"),
    ("601 02 $a示例大学$x校史$y南京$z民国", "610 24 $a示例大学$x校史$z南京$y民国"),
    ("601 12 $a示例会议$d3$f2019", "611 24 $a示例会议$n3$d2019"),
    ("605    $a红楼梦$x研究", "630 04 $a红楼梦$x研究"),
    ("606 1  $a诗$2ct", "650 17 $a诗$2ct"),
    ("606    $aPoetry$2lc", "650  0 $aPoetry"),
    ("606 0  $a散文集$x研究$y中国$z当代$j文集", "650 04 $a散文集$x研究$z中国$y当代$v文集"),
    ("607    $a南京$x地方史", "651  4 $a南京$x地方史"),
    ("608    $a手稿", "655  4 $a手稿"),
    ("610 0  $a散文$a随笔", "653 0  $a散文$a随笔"),
    ("675    $a82$v中文版", "080    $a82$2中文版"),
    ("676    $a895.1$v21", "082 04 $a895.1$221"),
    ("680    $aPL2727$b.S2", "050  4 $aPL2727$b.S2"),
    ("692    $a38.3", "084    $a38.3$2clcas"),
    ("690    $aI267", "084    $aI267$2clc"),
    ("690    $aI267$v5", "084    $aI267$2clc/5"),
    ("510 1  $aParallel title", "246 31 $aParallel title"),
    ("512 1  $a封面题名", "246 14 $a封面题名"),
    ("513 1  $a附加题名页题名", "246 15 $a附加题名页题名"),
    ("514 1  $a卷端题名", "246 16 $a卷端题名"),
    ("515 1  $a逐页题名", "246 17 $a逐页题名"),
    ("516 1  $a书脊题名", "246 18 $a书脊题名"),
    ("517 1  $a其他题名$e副题", "246 33 $a其他题名$b副题"),
    ("540 1  $a补充题名", "246 3  $a补充题名"),
    ("541 1  $aTranslated title$zeng", "242 10 $aTranslated title$yeng"),
    ("856 40 $uhttps://example.org/1$z全文", "856 40 $uhttps://example.org/1$z全文"),
    ("410  0 $12001 $a示例丛书$v5", "830  0 $a示例丛书$v5"),
    ("410  0 $12001 $a示例丛书$1011  $a1000-0135", "830  0 $a示例丛书$x1000-0135"),
    ("411  0 $12001 $a示例分丛书", "762 0  $t示例分丛书"),
    ("421  0 $12001 $a副刊", "770 0  $t副刊"),
    ("430  0 $12001 $a旧刊", "780 00 $t旧刊"),
    ("436  0 $12001 $a合并前刊", "780 04 $t合并前刊"),
    ("440  0 $12001 $a新刊", "785 00 $t新刊"),
    ("448  0 $12001 $a恢复刊名", "785 08 $t恢复刊名"),
    ("451  0 $12001 $a另一版", "775 0  $t另一版"),
    ("452  0 $12001 $a电子版", "776 0  $t电子版"),
    ("453  0 $12001 $a译本", "767 0  $t译本"),
    ("454  0 $12001 $aOriginal$1010  $a0-19-000000-0", "765 0  $tOriginal$z0-19-000000-0"),
    ("461  0 $1001SET1$12001 $a示例全集$v2", "773 0  $wSET1$t示例全集$g2"),
    ("462  0 $12001 $a分集", "773 0  $i分集:$t分集"),
    ("463  0 $12001 $a单册", "773 0  $i单册:$t单册"),
    ("464  0 $12001 $a篇名$1701 0$a李示例", "774 0  $t篇名$a李示例"),
    ("481  0 $12001 $a合订者", "787 0  $i本册合订:$t合订者"),
    ("488  0 $12001 $a相关文献", "787 0  $t相关文献"),
    ("701  0 $a李示例$c(清)$4著", "100 1  $a李示例$c(清)$e著$4aut"),
    ("701  1 $aDickens$bCharles$f1812-1870$4070", "100 1  $aDickens, Charles$d1812-1870$4aut"),
    ("711 02 $a示例大学$b中文系$4编", "110 2  $a示例大学$b中文系$e编$4edt"),
    ("711 12 $a示例会议$d3$e南京$f2019", "111 2  $a示例会议$n3$c南京$d2019"),
]
CODED = ("100", "101", "102", "105", "106")


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
    assert [f for f in converted.record.fields if f.tag not in CODED] == [field(chinese)]
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
    source = cnmarc("200 1  $a城南旧影$9cheng nan jiu ying$f李示例著", "701  0 $a李示例$9li shi li$4著")
    converted = to_marc21(source).record
    assert [each.first("a") for each in converted.every("880")] == ["cheng nan jiu ying", "li shi li"]
    back = to_cnmarc(converted).record
    assert [each for each in back.fields if each.tag in ("200", "701")] == list(source.fields)


def test_the_chinese_of_a_romanised_record_takes_its_place() -> None:
    record = to_cnmarc(
        marc21(
            "245 10 $6880-01$aLi shi :$bzhen zhi /$cDi Yansheng zhu.",
            "880 10 $6245-01$a历史 : $b真知 / $c邸延生著.",
            "100 1  $6880-02$aDi, Yansheng.",
            "880 1  $6100-02$a邸延生",
        )
    ).record
    assert next(record.every("200")) == field(
        "200 1  $a历史$ALi shi$e真知$Ezhen zhi$f邸延生著$FDi Yansheng zhu"
    )
    assert next(record.every("701")) == field("701  0 $a邸延生$9Di, Yansheng")


def test_an_unlinked_880_stands_for_the_field_it_names() -> None:
    assert to_cnmarc(marc21("880    $6520-00$a内容提要")).record.first("330", "a") == "内容提要"


def test_coded_data_keep_dates_country_language_and_audience() -> None:
    general = "100    $a20200105d2019    dm y0chiy50      ea"
    source = cnmarc(
        "001 1", general, "101 1  $achi$ceng", "102    $aCN$b320100",
        "105    $aab  z   000ay", "106    $ar", "200 1  $a题名",
    )  # fmt: skip
    converted = to_marc21(source).record
    fixed = converted.first("008") or ""
    assert (len(fixed), fixed[:6], fixed[6], fixed[7:11], fixed[15:18], fixed[22], fixed[35:38]) == (
        40, "200105", "s", "2019", "cc ", "c", "chi",
    )  # fmt: skip
    assert fixed[18:35] == "ab  c      000 1 "
    assert converted.all("044", "bc") == ("CN", "320100")
    assert converted.all("385", "b") == ("m",)
    assert list(to_cnmarc(converted).record.fields) == list(source.fields)


def test_a_short_or_absent_field_100_is_tolerated() -> None:
    assert len(to_marc21(cnmarc("100    $a2020")).record.first("008") or "") == 40
    assert len(to_marc21(cnmarc("001 1")).record.first("008") or "") == 40


def test_cataloguing_agencies_keep_their_roles() -> None:
    source = cnmarc("100    $a19980306d1998", "801  0 $aCN$bBNU$c19980306$gBDM", "801  2 $aCN$bJLT")
    converted = to_marc21(source)
    assert converted.record.all("040", "acde") == ("BNU", "BDM", "JLT")
    assert {"801$a"} == {name for name in converted.not_carried if name.startswith("801")}
    assert [each.all("bcg") for each in to_cnmarc(converted.record).record.every("801")] == [
        ("BNU", "19980306", "BDM"),
        ("JLT",),
    ]


def test_manufacture_is_a_second_imprint() -> None:
    record = to_marc21(cnmarc("210    $a南京$c示例出版社$d2019$h2020印")).record
    assert [(each.indicators, each.all("abc")) for each in record.every("264")] == [
        (" 1", ("南京 :", "示例出版社,", "2019")),
        (" 3", ("2020印",)),
    ]


def test_what_has_no_place_is_named() -> None:
    converted = to_marc21(cnmarc("200 1  $a题名$z附注", "306    $a附注", "225 1  $a丛书", "905    $aTSG"))
    assert converted.not_carried == ("200$z", "306/tag", "225/ind1", "905")
    assert to_cnmarc(marc21("336    $atext", "245 10 $aTitle$kform")).not_carried == ("336", "245$k")
    assert to_marc21(Record("00000nam1 2200000   450 ", (), Flavour.CNMARC)).not_carried == ("LDR/08",)
    strange = "100    $a20200105d2019    ay y0chiy0120    eb"
    assert to_marc21(cnmarc(strange)).not_carried == ("100/17-19", "100/26-29", "100/34-35")


def test_a_record_of_the_wanted_flavour_comes_back_as_it_is() -> None:
    assert to_marc21(marc21("245 10 $aTitle")).record == marc21("245 10 $aTitle")
    assert to_cnmarc(cnmarc("200 1  $a题名")).not_carried == ()


@given(records())
def test_any_record_converts_both_ways(record: Record) -> None:
    there = to_marc21(record) if record.flavour is not Flavour.MARC21 else to_cnmarc(record)
    back = to_cnmarc(there.record) if there.record.flavour is Flavour.MARC21 else to_marc21(there.record)
    assert len(there.record.leader) == len(back.record.leader) == 24


def test_a_foreign_field_comes_back_unless_the_record_was_changed_since() -> None:
    source = cnmarc(
        "001 1", "101    $achi", "200 1  $a题名$z附注$f李示例著", "801  0 $aCN$bJLT", "905    $aTSG$bD001"
    )  # fmt: skip
    converted = to_marc21(source, keep_foreign=True).record
    assert converted.all("886", "2")[:1] == ("cnmarc",)
    assert set(source.fields) <= set(to_cnmarc(converted).record.fields)
    edited = Record(
        converted.leader,
        tuple(field("245 10 $a改过的题名 / $c李示例著") if f.tag == "245" else f for f in converted.fields),
    )
    assert to_cnmarc(edited).record.all("200", "az") == ("改过的题名",)
    assert to_cnmarc(marc21("886 2  $2intermarc$a200$b1 $ax", "245 10 $aTitle")).not_carried == ("886",)
