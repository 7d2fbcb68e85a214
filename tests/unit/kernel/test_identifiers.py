from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.identifiers import isbn10, isbn13, isbn_forms, isbn_hyphenated, issn, unified_book_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("978-7-02-000220-7", "9787020002207"),
        ("7-02-000220-X", "9787020002207"),
        ("702000220x", "9787020002207"),
        ("９７８７０２０００２２０７", "9787020002207"),
        ("9787020002207 (平装) : CNY39.80", "9787020002207"),
        ("ISBN 978 7 02 000220 7", "9787020002207"),
        ("9787020002207 51200", "9787020002207"),
        ("ISBN7-02-000220-X", "9787020002207"),
        ("isbn702000220X", "9787020002207"),
        ("LSBN7-02-000220-X", None),
        ("978–7–02–000220–7", "9787020002207"),
        ("0-306-40615-2(pbk.)", "9780306406157"),
        ("978-7-02-000220-8", None),
        ("7-02-000220-7", None),
        ("CNY39.80", None),
        ("", None),
        ("1234567890123456", None),
    ],
)
def test_isbn_is_found_and_checked(text: str, expected: str | None) -> None:
    assert isbn13(text) == expected


@given(st.integers(0, 10**9 - 1))
def test_both_lengths_name_the_same_isbn(body: int) -> None:
    digits = f"978{body:09d}"
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
    isbn = f"{digits}{check}"
    assert isbn13(isbn) == isbn
    assert isbn13(isbn10(isbn) or "") == isbn
    assert {isbn13(form) for form in isbn_forms(isbn)} == {isbn}


def test_an_isbn_outside_978_has_no_short_form() -> None:
    assert isbn10("9791234567896") is None
    assert isbn_forms("9791234567896") == ("9791234567896",)


@pytest.mark.parametrize(
    ("isbn", "hyphenated"),
    [
        ("9787020002207", "978-7-02-000220-7"),
        ("9787305000003", "978-7-305-00000-3"),
        ("9787544700009", "978-7-5447-0000-9"),
        ("9787807000006", "978-7-80700-000-6"),
        ("9787900000002", "978-7-900000-00-2"),
        ("9780306406157", "978-0306406157"),
    ],
)
def test_chinese_isbn_is_divided_by_publisher_range(isbn: str, hyphenated: str) -> None:
    assert isbn_hyphenated(isbn) == hyphenated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0378-5955", "0378-5955"),
        ("03785955", "0378-5955"),
        ("2434-561x", "2434-561X"),
        ("ISSN 0378-5955 = Hearing research", "0378-5955"),
        ("0378-5956", None),
        ("978-7-02-000220-7", None),
    ],
)
def test_issn_is_found_and_checked(text: str, expected: str | None) -> None:
    assert issn(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9231.47", "9231.47"),
        ("10019·1234", "10019.1234"),
        ("１００１９・１２３４", "10019.1234"),
        ("统一书号：10019.1234 (上)", "10019.1234"),
        ("10019.0047", "10019.47"),
        ("18019.1", None),
        ("231.47", None),
    ],
)
def test_unified_book_number_is_normalised(text: str, expected: str | None) -> None:
    assert unified_book_number(text) == expected
