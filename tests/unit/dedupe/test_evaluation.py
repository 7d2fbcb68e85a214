from __future__ import annotations

import pytest

from dedupe.evaluation import LabelledPair, evaluate, read_pairs, samples
from dedupe.features.feature import ABSENT
from dedupe.model.fitting import ORDERS, fit
from tests.short_records import record

RECORDS = {
    "a": record(
        "cnmarc", {"010": "$a978-7-02-000220-7", "200": "$a红楼梦$f曹雪芹著", "210": "$c人民文学$d2008"}
    ),
    "b": record("marc21", {"020": "$a702000220X", "245": "$a红楼梦$c曹雪芹著", "260": "$b人民文学$c2008"}),
    "c": record("cnmarc", {"200": "$a西游记$f吴承恩著", "210": "$c人民文学$d2008"}),
}


def test_pairs_are_counted_by_stratum_and_missing_ones_told() -> None:
    pairs = read_pairs(
        ["id1\tid2\tlabel\tstratum\n", "a\tb\t1\tp\n", "a\tc\t0\tn\n", "b\tc\tx\tn\n", "a\tz\t0\tn\n"]
    )
    found = evaluate(RECORDS, pairs)
    assert (found.pairs, found.missing) == (2, 1)
    assert found.to_dict()["f1"] == 1.0
    assert found.by_stratum["p"].true_positives == 1
    assert found.by_stratum["n"].true_negatives == 1


def test_wrong_judgements_are_named() -> None:
    found = evaluate(RECORDS, [LabelledPair("a", "b", False), LabelledPair("a", "c", True)])
    assert found.false_positives == (("a", "b"),)
    assert found.false_negatives == (("a", "c"),)
    assert (found.counts.precision, found.counts.recall, found.counts.f1) == (0.0, 0.0, 0.0)


def test_a_rate_needs_a_timer() -> None:
    ticks = iter([10.0, 12.0])
    assert (
        evaluate(RECORDS, [LabelledPair("a", "b", True)], timer=lambda: next(ticks)).pairs_per_second == 0.5
    )
    assert evaluate(RECORDS, [LabelledPair("a", "b", True)]).pairs_per_second == 0.0


@pytest.mark.parametrize("line", ["a\tb\n", "a\tb\tmaybe\tn\n"])
def test_a_malformed_line_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        list(read_pairs(["a\tb\t1\tp\n", line]))


def test_the_fit_is_monotone_and_explains_its_samples() -> None:
    [(script, like, _)] = samples(RECORDS, [LabelledPair("a", "b", True)])
    assert script == "han"
    unlike = {**like, "isbn": "different", "publisher": "different", "conflicts": "2"}
    # One level against the order: the fit must pool it rather than reward disagreement.
    odd = {**like, "publisher": "like"}
    rows = [(like, True, 20.0), (unlike, False, 20.0), (odd, False, 3.0)]
    start, weights = fit(rows)
    for name, order in ORDERS.items():
        along = [weights[name][level] for level in order]
        assert along == sorted(along), name
        assert ABSENT in weights[name]
    assert start + sum(weights[name][level] for name, level in like.items()) > 0
    assert start + sum(weights[name][level] for name, level in unlike.items()) < 0
