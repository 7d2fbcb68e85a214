from __future__ import annotations

import pytest

from hub.services.harvesting.volumes import volume_name


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("第七册", "7"), ("7", "7"), ("卷七", "7"), ("v.7", "7"), ("Bd. 7", "7"), ("(7)", "7"), ("VII", "7"),
        ("上", "上"), ("上册", "上"), ("下冊", "下"), ("", ""),
    ],
)  # fmt: skip
def test_one_volume_has_one_name(stated: str, name: str) -> None:
    assert volume_name(stated) == name


@pytest.mark.parametrize("stated", ["2003:1-6", "2003年1-6月", "索引", "附图一函四册全套"])
def test_what_says_more_is_left_as_it_is(stated: str) -> None:
    assert volume_name(stated) == stated
