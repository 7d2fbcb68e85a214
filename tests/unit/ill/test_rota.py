from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ill.rota import Candidate, Prediction, RotaEntry, Weights, entry_from_data, rank

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
HOURS = {"near": 5, "far": 50, "middle": 20}


def predict(node: str) -> Prediction | None:
    return Prediction(NOW + timedelta(hours=HOURS[node]), 2) if node in HOURS else None


def copy(node: str, owner: str = "", **values: object) -> Candidate:
    return replace(Candidate(owner or node.upper(), f"{node}-1", node), **values)


def order(*candidates: Candidate, weights: Weights | None = None) -> list[str]:
    return [entry.lender for entry in rank(candidates, predict, NOW, weights)]


def test_the_soonest_comes_first() -> None:
    assert order(copy("far"), copy("near"), copy("middle")) == ["near", "middle", "far"]


def test_every_copy_is_kept_with_what_speaks_against_it() -> None:
    entries = rank([copy("far"), copy("near", obstacles=("on_loan",)), copy("nowhere")], predict, NOW)
    assert [(entry.lender, entry.obstacles) for entry in entries] == [
        ("far", ()), ("near", ("on_loan",)), ("nowhere", ("unreachable",)),
    ]  # fmt: skip
    assert all(entry.reasons for entry in entries)


def test_the_score_is_the_sum_of_its_reasons() -> None:
    candidate = copy("near", net_lent=3, queue=2, last_copy=True)
    (entry,) = rank([candidate], predict, NOW)
    assert {reason.code: reason.minutes for reason in entry.reasons} == {
        "time": 300, "handling": 60, "fairness": 60, "queue": 30, "last_copy": 2_880,
    }  # fmt: skip
    assert entry.score == 3_330


def test_each_term_can_turn_the_order() -> None:
    assert order(copy("near", last_copy=True), copy("middle")) == ["middle", "near"]
    assert order(copy("near", net_lent=60), copy("middle")) == ["middle", "near"]
    assert order(copy("near", queue=100), copy("middle")) == ["middle", "near"]
    assert order(copy("near"), copy("middle", net_lent=-60)) == ["middle", "near"]


def test_fairness_never_outweighs_everything() -> None:
    (entry,) = rank([copy("near", net_lent=100_000)], predict, NOW)
    assert {reason.code: reason.minutes for reason in entry.reasons}["fairness"] == 1_440


@given(st.permutations([copy("near"), copy("near", owner="B"), copy("far", net_lent=-150), copy("nowhere")]))
def test_the_order_of_the_copies_does_not_matter(candidates: list[Candidate]) -> None:
    assert rank(candidates, predict, NOW) == rank(sorted(candidates, key=repr), predict, NOW)


def test_an_entry_survives_storage() -> None:
    for entry in rank([copy("near", last_copy=True), copy("nowhere")], predict, NOW):
        assert isinstance(entry, RotaEntry)
        assert entry_from_data(entry.as_data()) == entry
