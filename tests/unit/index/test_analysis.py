from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from hub.index.analysis import dictionary, numbers, pinyin, syllables, tokens
from hub.index.analysis.highlighting import highlights
from hub.kernel.text import fold


@pytest.mark.parametrize(
    ("text", "in_order", "pairs", "asked"),
    [
        ("红楼梦", "红 楼 梦", "红楼 楼梦", "红楼 楼梦"),
        ("紅樓夢", "红 楼 梦", "红楼 楼梦", "红楼 楼梦"),
        ("水", "水", "", "水"),
        ("阿Q正传", "阿 q 正 传", "正传", "阿 q 正传"),
        ("C++ 与 C#", "c++ 与 c#", "", "c++ 与 c#"),
        ("Les Misérables", "les miserables", "", "les miserables"),
        ("窓ぎわ", "窓 ぎ わ", "窓ぎ ぎわ", "窓ぎ ぎわ"),
        ("《》 ——", "", "", ""),
    ],
)
def test_text_is_cut_into_characters_pairs_and_words(
    text: str, in_order: str, pairs: str, asked: str
) -> None:
    cut = tokens.runs(text)
    assert tokens.sequence(cut) == tuple(in_order.split())
    assert tokens.bigrams(cut) == tuple(pairs.split())
    assert tokens.required(cut) == tuple(asked.split())


@given(st.text(max_size=60))
def test_what_a_query_needs_is_what_a_document_with_the_same_text_has(text: str) -> None:
    cut = tokens.runs(text)
    assert set(tokens.required(cut)) <= set(tokens.sequence(cut)) | set(tokens.bigrams(cut))
    assert tokens.compact(text) == "".join(tokens.sequence(cut))


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("nanjingdaxue", {"nan jing da xue", "nan jing da xu e"}),
        ("xian", {"xian", "xi an"}),
        ("fangan", {"fan gan", "fang an"}),
        ("lvse", {"lu se"}),
        ("hlm", set()),
        ("dream", set()),
        ("", set()),
    ],
)
def test_pinyin_is_divided_every_way_there_is(typed: str, ways: set[str]) -> None:
    assert {" ".join(way) for way in syllables.divide(typed)} == ways


@given(st.lists(st.sampled_from(sorted(syllables.syllables())), min_size=1, max_size=9))
def test_divisions_are_whole_and_few(parts: list[str]) -> None:
    ways = syllables.divide("".join(parts))
    assert 1 <= len(ways) <= syllables.MOST_WAYS
    for way in ways:
        assert "".join(way) == syllables.plain("".join(parts))


def test_long_input_is_not_divided() -> None:
    assert syllables.divide("xian" * 100) == ()


@pytest.mark.parametrize(
    ("text", "supplied", "token"),
    [
        ("红楼梦", "", "hong.lou"),
        ("曾国藩", "", "zeng.guo"),
        ("曾国藩", "", "ceng.guo"),
        ("六合县志", "", "lu.he"),
        ("乾隆皇帝", "", "qian.long"),
        ("六合縣志", "", "=luhexianzhi"),
        ("单于", "", "chan.yu"),
        ("行香子", "heng xiang zi", "heng.xiang"),
        ("绿野仙踪", "", "lu.ye"),
    ],
)
def test_titles_are_found_by_each_reading(text: str, supplied: str, token: str) -> None:
    assert token in pinyin.tokens(text, supplied)


def test_a_catalogue_knows_better_how_its_title_is_read() -> None:
    assert pinyin.sort_key("长恨歌") == "chang hen ge"
    assert pinyin.sort_key("长恨歌", "Zhang hen ge") == "zhang hen ge"
    assert pinyin.sort_key("长恨歌", "chang hen") == "chang hen ge", "one syllable for each character or none"


def test_titles_in_all_scripts_are_filed_in_one_alphabet() -> None:
    titles = ["水浒传", "Beloved", "阿Q正传", "1984", "红楼梦", "Zadig"]
    ordered = ["1984", "阿Q正传", "Beloved", "红楼梦", "水浒传", "Zadig"]
    assert sorted(titles, key=pinyin.sort_key) == ordered


@pytest.mark.parametrize(
    ("text", "letters"),
    [("红楼梦", {"=hlm", "hlm"}), ("活着", {"=hz"}), ("南京大学", {"=njdx", "njd", "jdx", "njdx"})],
)
def test_initials_of_whole_titles_and_of_parts(text: str, letters: set[str]) -> None:
    assert set(pinyin.initials(text)) == letters


@pytest.mark.parametrize(
    ("text", "wanted", "marked"),
    [
        ("《紅樓夢》研究", {"红楼", "楼梦"}, ["紅樓夢"]),
        ("Les Mise\u0301rables", {"miserables"}, ["Mise\u0301rables"]),
        ("水与水", {"水"}, ["水", "水"]),
        ("ﬁne print", {"fine"}, ["ﬁne"]),
        ("红楼梦", set(), []),
    ],
)
def test_matches_are_marked_in_the_text_as_it_is_shown(
    text: str, wanted: set[str], marked: list[str]
) -> None:
    assert [text[start:end] for start, end in highlights(text, wanted)] == marked


@given(st.text(max_size=40))
def test_marks_stay_inside_the_text_and_in_order(text: str) -> None:
    stretches = highlights(text, set(tokens.sequence(tokens.runs(text))))
    ends = [place for stretch in stretches for place in stretch]
    assert ends == sorted(ends)
    assert not ends or (ends[0] >= 0 and ends[-1] <= len(text))


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("7-02-000220-X", "9787020002207"),
        ("ISBN：978-7-02-000220-7", "9787020002207"),
        ("10019-2269", "10019.2269"),
        ("10019·2269", "10019.2269"),
        ("1001-8263", "1001-8263"),
        ("9787112000009", "9787112000009"),
    ],
)
def test_numbers_are_recognised_however_they_are_written(typed: str, form: str) -> None:
    assert form in numbers.asked(typed)
    assert form in numbers.standard(typed.replace("-2269", ".2269"))


@pytest.mark.parametrize("typed", ["1984", "红楼梦", "12", "python 3", ""])
def test_what_is_no_number_is_not_taken_for_one(typed: str) -> None:
    assert numbers.asked(typed) == ()


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [
        ("I247.57/N2338", True), ("TP312", True), ("k295.31", True), ("I242.4 80", True), ("B2", True),
        ("python 3", False), ("红楼梦", False), ("1984", False), ("A Tale", False), ("covid19", False),
    ],
)  # fmt: skip
def test_call_numbers_are_told_from_words(typed: str, is_one: bool) -> None:
    assert numbers.looks_like_call_number(typed) is is_one


def test_a_class_stands_under_every_shorter_one() -> None:
    assert numbers.class_steps("I247.57/N2338") == ("i", "i2", "i24", "i247", "i2475", "i24757")
    assert numbers.facet_classes("TP312") == ("T", "TP")
    assert numbers.class_steps("PS3556") == ()


def test_folding_is_the_kernels() -> None:
    assert tokens.compact("Ｔｈｅ 紅樓 夢") == fold("the红楼梦")


@pytest.mark.parametrize(
    "text", ["红楼梦", "重庆银行", "长大成人", "𠀀龘", "万俟卨与曹操", "乐山大佛音乐节", "中華民國史"]
)
def test_readings_are_those_of_the_dictionary(text: str) -> None:
    known = lazy_pinyin(text, style=Style.NORMAL, errors=list)
    assert dictionary.read(text) == [syllables.plain(syllable) for syllable in known]
