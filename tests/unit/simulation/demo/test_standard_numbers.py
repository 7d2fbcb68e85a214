from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.identifiers import isbn13, unified_book_number
from hub.simulation.demo.catalogues import DemoNetwork
from hub.simulation.demo.standard_numbers import chinese_isbn, foreign_isbn, unified_number


@given(st.integers(0, 999_999))
def test_check_digits_are_right(serial: int) -> None:
    for number in (chinese_isbn(serial), foreign_isbn(serial)):
        assert isbn13(number) == number


def test_ranges_belong_to_nobody() -> None:
    assert chinese_isbn(0).startswith("978799")
    assert foreign_isbn(0).startswith("9799")


def test_a_serial_beyond_the_range_is_refused() -> None:
    with pytest.raises(ValueError, match="1000000"):
        chinese_isbn(1_000_000)


def test_unified_numbers_are_readable() -> None:
    assert unified_book_number(unified_number(10, 170_027)) == "10997.27"


def test_few_numbers_were_used_for_two_books(network: DemoNetwork) -> None:
    holders: dict[str, set[str]] = {}
    for publication in network.publications:
        for edition in (publication.whole, *publication.volumes):
            for number in filter(None, (edition.isbn, edition.unified_number)):
                holders.setdefault(number, set()).add(publication.whole.key)
    shared = {number for number, keys in holders.items() if len(keys) > 1}
    assert 0 < len(shared) < 0.01 * len(holders)
    assert all(number.startswith("978") for number in shared)


def test_editions_of_one_publisher_lie_four_years_apart(network: DemoNetwork) -> None:
    years: dict[tuple[str, str, str], list[int]] = {}
    for publication in network.publications:
        edition = publication.whole
        years.setdefault((edition.work.key, edition.language, edition.publisher.full), []).append(
            edition.year
        )
    close = [
        (key, found)
        for key, found in years.items()
        if any(later - earlier < 4 for earlier, later in pairwise(sorted(found)))
    ]
    assert close == []
