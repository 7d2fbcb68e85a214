from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ill.policy import Circumstances, NoRule, Rule, RuleBook, Scope

NOW = datetime(2026, 11, 24, tzinfo=UTC)
BEFORE = NOW - timedelta(days=10)
XUANWU = Circumstances(
    network="Nanjing", agreement="city", owners=("XW01", "XWT", "JLT"), nodes=("GLT", "JLT"),
    item_class="book", reader_class="adult",
)  # fmt: skip


def rule(value: str, at: datetime = BEFORE, version: int = 1, **scope: str) -> Rule:
    return Rule(f"r-{value}-{version}", "loan_days", value, at, Scope(**scope), version)


@pytest.mark.parametrize(
    ("rules", "value"),
    [
        ([rule("30")], "30"),
        ([rule("30"), rule("21", item_class="audio-visual")], "30"),
        ([rule("30"), rule("40", agreement="city")], "40"),
        ([rule("40", owner="JLT"), rule("50", owner="XWT"), rule("60", owner="QHT")], "50"),
        ([rule("50", owner="XWT"), rule("20", node="GLT")], "50"),
        ([rule("50", owner="XWT"), rule("10", item_class="book", reader_class="adult")], "10"),
        ([rule("20", item_class="book"), rule("10", reader_class="adult")], "20"),
        ([rule("30"), rule("31", at=NOW - timedelta(days=1))], "31"),
        ([rule("30"), rule("31", at=NOW + timedelta(days=1))], "30"),
        ([rule("30"), rule("31", version=2)], "31"),
        ([rule("30"), rule("99", network="Elsewhere")], "30"),
    ],
)
def test_the_most_specific_rule_in_force_decides(rules: list[Rule], value: str) -> None:
    for order in (rules, rules[::-1]):
        ruling = RuleBook.of(order).decide("loan_days", XUANWU, NOW)
        assert (ruling.value, ruling.number) == (value, int(value))
        assert ruling.rule.startswith(f"r-{value}")


def test_where_nothing_fits_nothing_is_guessed() -> None:
    for rules in ([], [rule("1", owner="QHT")], [rule("1", at=NOW + timedelta(seconds=1))]):
        with pytest.raises(NoRule) as refused:
            RuleBook.of(rules).decide("loan_days", XUANWU, NOW)
        assert refused.value.name == "loan_days"


def test_a_ruling_says_which_rule_and_why() -> None:
    stated = Rule("r1", "lendable", "yes", BEFORE, Scope(), 3, "council minutes")
    ruling = RuleBook.of([stated]).decide("lendable", XUANWU, NOW)
    assert ruling.yes
    assert ruling.as_data() == {
        "name": "lendable", "value": "yes", "rule": "r1", "version": 3, "source": "council minutes",
    }  # fmt: skip


def test_two_thousand_rules_are_asked_quickly() -> None:
    """Rules are kept by name, so that only those of the asked name are looked at."""
    many = [
        Rule(f"r{number}", f"name{number % 40}", str(number), BEFORE, Scope(owner=f"O{number}"))
        for number in range(2_000)
    ]
    book = RuleBook.of([*many, rule("30")])
    assert max(len(rules) for rules in book.by_name.values()) == 50
    assert book.decide("loan_days", XUANWU, NOW).value == "30"
