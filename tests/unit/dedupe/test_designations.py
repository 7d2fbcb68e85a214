from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from dedupe.description.designations import peel, volume_token
from hub.kernel.text import fold, fold_letters

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures" / "dedupe"
CASES = tomllib.loads((FIXTURES / "designations.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_what_stands_beside_a_title_is_taken_off(case: dict[str, Any]) -> None:
    peeled = peel(fold(case["title"]))
    assert fold_letters(peeled.base) == fold_letters(case["base"])
    assert peeled.volumes == case.get("volumes", [])
    assert peeled.versions == case.get("versions", [])
    assert peeled.pieces == case.get("pieces")
    assert peeled.companions == set(case.get("companions", []))


@pytest.mark.parametrize(
    ("written", "token"),
    [
        ("第三卷", "3"),
        ("卷三", "3"),
        ("上册", "upper"),
        ("下", "lower"),
        ("3", "3"),
        ("iii", "3"),
        ("bd. 12", "12"),
        ("v. 2", "2"),
        ("十一", "11"),
        ("附录", None),
        pytest.param("9" * 5000, None, id="digits without end"),
        pytest.param("九" * 5000, None, id="numerals without end"),
    ],
)
def test_one_volume_has_one_token_in_any_notation(written: str, token: str | None) -> None:
    assert volume_token(written) == token
