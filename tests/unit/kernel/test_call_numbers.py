from __future__ import annotations

import random

import pytest

from hub.kernel.call_numbers import clc_class, clc_path, shelf_key

SHELVES = [
    ["K86/1", "K86/9", "K86/9:2", "K86/9:10", "K86/10"],
    ["K295.31/3", "K295.31-49/1", "K295.311/1", "K295.4/1"],
    ["TP31/2", "TP311.1/1", "TP312/1", "TU1/1", "U1/1"],
    ["I247.57/L083", "I247.57/N2338", "I247.57/N2338(2)", "I247.57/N234"],
    ["J538.2/1", "J538.2(313)/1", "J538.2=41/1", "J538.21/1"],
    ["A1/1", "B0/1", "I2/1", "Z8/1"],
    ["D669/1", "D669.1/1", "D669.12/1", "D669.2/1"],
    ["PS99 .A1", "PS3556 .I8"],
    ["813.5 A1", "813.54 F553", "813.6 A1"],
]


@pytest.mark.parametrize("shelf", SHELVES, ids=lambda shelf: str(shelf[0]))
def test_keys_sort_in_the_order_of_the_shelf(shelf: list[str]) -> None:
    shuffled = random.Random(7).sample(shelf, len(shelf))
    assert sorted(shuffled, key=shelf_key) == shelf


def test_full_width_and_lower_case_stand_in_the_same_place() -> None:
    assert shelf_key("ｋ86／１") == shelf_key("K86/1")


def test_the_dot_is_a_reading_aid() -> None:
    assert shelf_key("K295.31/3") == shelf_key("K29531/3")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I247.57/N2338", "I247.57"),
        ("K295.31-49", "K295.31"),
        ("TP312C", "TP312"),
        ("[G252]", "G252"),
        ("B84；C93", "B84"),
        ("21.2", None),
        ("PS3556", None),
        ("L1", None),
        ("", None),
    ],
)
def test_clc_class_is_the_main_number(text: str, expected: str | None) -> None:
    assert clc_class(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("I247.57", ("I", "I2", "I24")), ("TP312", ("T", "TP", "TP3")), ("K", ("K",)), ("813.54", ())],
)
def test_clc_path_descends_to_the_third_level(text: str, expected: tuple[str, ...]) -> None:
    assert clc_path(text) == expected
