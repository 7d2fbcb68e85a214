from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.availability.dates import due_date

TWELFTH = date(2023, 3, 12)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2023-03-12", "", TWELFTH),
        ("2023-03-12T23:59:00+08:00", "", TWELFTH),
        ("20230312", "", TWELFTH),
        ("2023/3/12", "", TWELFTH),
        ("应还日期 2023年3月12日", "", TWELFTH),
        ("Due: Mar 12, 2023", "", TWELFTH),
        ("12 March 2023", "", TWELFTH),
        ("DUE 03-25-23", "", date(2023, 3, 25)),
        ("25.03.2023", "", date(2023, 3, 25)),
        ("03/03/2023", "", date(2023, 3, 3)),
        ("DUE 03-12-23", "", None),  # March or December
        ("DUE 03-12-23", "mdy", TWELFTH),
        ("DUE 12-03-23", "dmy", TWELFTH),
        ("13-13-2023", "", None),
        ("2023-02-30", "", None),
        ("Checked out", "", None),
        ("31437000069572", "", None),
        ("", "", None),
    ],
)
def test_days_are_read(text: str, order: str, day: date | None) -> None:
    assert due_date(text, order) == day


@given(st.text("0123456789-/. 年月日ADMadm", max_size=40))
def test_no_text_is_too_strange(text: str) -> None:
    due_date(text)
