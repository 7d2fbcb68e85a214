from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from dedupe.description import Description, describe
from dedupe.features.feature import ABSENT
from dedupe.features.table import FEATURES
from dedupe.model.fitting import ORDERS
from dedupe.model.scoring import model
from dedupe.verdict import compare, explain
from tests.short_records import record

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures" / "dedupe"
PAIRS = tomllib.loads((FIXTURES / "pairs.toml").read_text("utf-8"))["pair"]


def description(short: dict[str, str]) -> Description:
    return describe(record(short["dialect"], {tag: text for tag, text in short.items() if tag != "dialect"}))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["name"])
def test_pairs_are_judged_as_a_cataloguer_would(pair: dict[str, Any]) -> None:
    first, second = description(pair["first"]), description(pair["second"])
    verdict = compare(first, second)
    assert (verdict.score >= 500) is pair["same"], verdict
    assert pair["reason"] in {reason.code for reason in verdict.reasons}
    assert compare(second, first).score == verdict.score


def test_an_explanation_names_every_feature_even_after_a_veto() -> None:
    pair = next(pair for pair in PAIRS if pair["reason"] == "veto.volume")
    codes = [reason.code for reason in explain(description(pair["first"]), description(pair["second"]))]
    assert codes[0] == "veto.volume"
    assert {code.split(".")[0] for code in codes} >= {feature.name for feature in FEATURES}


def test_contributions_and_start_add_up_to_the_score() -> None:
    pair = PAIRS[0]
    first, second = description(pair["first"]), description(pair["second"])
    verdict = compare(first, second)
    total = model().columns["han"].start + sum(reason.weight for reason in explain(first, second))
    assert verdict.score == round(1000 / (1 + 2.718281828459045**-total))


def test_a_record_without_a_title_is_like_nothing() -> None:
    empty = description({"dialect": "cnmarc", "010": "$a978-7-02-000220-7"})
    other = description({"dialect": "cnmarc", "010": "$a978-7-02-000220-7", "200": "$a红楼梦"})
    assert compare(empty, other).tier == "different"
    assert compare(empty, empty).tier == "different"


@pytest.mark.parametrize("script", ["han", "other"])
def test_weights_rise_with_agreement(script: str) -> None:
    weights = model().columns[script].weights
    for name, order in ORDERS.items():
        assert {*order, ABSENT} == set(weights[name]), name
        along = [weights[name][level] for level in order]
        assert along == sorted(along), name


def test_tiers_are_in_order() -> None:
    for column in model().columns.values():
        assert 0 < column.review <= column.same < column.automatic
