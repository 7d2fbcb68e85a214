from __future__ import annotations

import pytest

from hub.services.harvesting.intake import fen


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("CNY39.80", 3980),
        ("￥0.40", 40),
        ("12.5元", 1250),
        ("39.805", 3980),
        ("9999999.99", 999_999_999),
        ("", None),
        ("赠阅", None),
        ("32010400012345", None),
        pytest.param("9" * 5000, None, id="digits without end"),
    ],
)
def test_a_price_is_read_in_fen(stated: str, expected: int | None) -> None:
    assert fen(stated) == expected
