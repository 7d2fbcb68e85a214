"""Status texts of library systems mean one of eight things."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from connectors.statuses import STATUSES, circulation_status, words

LISTED = yaml.safe_load(files("connectors").joinpath("statuses.yaml").read_text("utf-8"))


def test_every_listed_word_means_what_it_stands_under_and_nothing_else() -> None:
    assert set(LISTED) == set(STATUSES) - {"unknown"}
    stated = [(word, status) for status, listed in LISTED.items() for word in listed]
    assert [(word, circulation_status(f" {word.upper()} ")) for word, _ in stated] == stated
    assert len(words()) == len(stated), "no word stands twice"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("在馆", "available"),
        ("在館（可借）", "available"),
        ("借出", "on_loan"),
        ("借出 2024-05-01", "on_loan"),
        ("借出，应还日期：2024-05-01", "on_loan"),
        ("【阅览】", "reference_only"),
        ("保留", "reserved"),
        ("剔除", "withdrawn"),
        ("丢失", "lost"),
        ("编目中", "in_process"),
        ("DUE 04-12-23", "on_loan"),
        ("Checked-Out", "on_loan"),
        ("On_Loan", "on_loan"),
        ("In transit", "in_process"),
        ("Available at the desk", "available"),
        ("LIB USE ONLY", "reference_only"),
        ("CHECK SHELVES", "available"),
        ("", "unknown"),
        ("在馆不外借本", "unknown"),
        ("available, not for loan", "unknown"),
        ("Inventory", "unknown"),
        ("借出室", "unknown"),
    ],
)
def test_a_text_as_systems_write_it(text: str, status: str) -> None:
    assert circulation_status(text) == status


@given(st.text(max_size=300))
def test_any_text_has_a_meaning(text: str) -> None:
    assert circulation_status(text) in STATUSES
