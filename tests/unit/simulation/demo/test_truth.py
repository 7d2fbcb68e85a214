from __future__ import annotations

from hub.simulation.demo.truth import pairwise


def test_equal_partitions_are_perfect() -> None:
    truth = {"a": 1, "b": 1, "c": 2}
    assert pairwise(truth, {"a": "x", "b": "x", "c": "y"}).f1 == 1.0


def test_a_wrong_merge_costs_precision_and_a_missed_one_recall() -> None:
    truth = {"a": 1, "b": 1, "c": 2}
    merged = pairwise(truth, {"a": "x", "b": "x", "c": "x"})
    assert (merged.right, merged.found, merged.true) == (1, 3, 1)
    split = pairwise(truth, {"a": "x", "b": "y", "c": "z"})
    assert (split.recall, split.f1) == (0.0, 0.0)


def test_records_without_a_cluster_stand_alone() -> None:
    assert pairwise({"a": 1, "b": 1}, {}).found == 0
