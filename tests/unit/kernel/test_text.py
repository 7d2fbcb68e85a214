from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.text import fold, fold_letters, simplify


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("紅樓夢", "红楼梦"),
        ("ＡＢＣ１２３", "abc123"),
        ("Montréal", "MONTREAL"),
        ("Łódź", "lodz"),
        ("Straße", "STRASSE"),
        ("Ærø", "aero"),
        ("Chekhov, I\ufe20U\ufe21. T\u0361S", "chekhov, iu. ts"),
        ("㈱", "(株)"),
        ("瞭解", "了解"),
        ("ｶﾞｽ", "ガス"),
    ],
)
def test_texts_that_mean_the_same_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("ガス", "カス"), ("南京", "南宁"), ("C++", "C"), ("第1卷", "第2卷"), ("é", "f")]
)
def test_texts_that_differ_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_equals_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_letters_only_holds_no_punctuation(text: str) -> None:
    assert all(character.isalnum() for character in fold_letters(text))


def test_letters_only_ignores_spacing_and_punctuation() -> None:
    assert fold_letters("《红楼梦》：全三册") == fold_letters("紅樓夢 (全三冊)")


def test_simplify_leaves_everything_else_untouched() -> None:
    assert simplify("《紅樓夢》 Ａé") == "《红楼梦》 Ａé"
