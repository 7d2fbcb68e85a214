from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.clustering import Decisions, contradiction, partition

RECORDS = [f"r{number}" for number in range(12)]
PAIRS = st.tuples(st.sampled_from(RECORDS), st.sampled_from(RECORDS)).filter(lambda pair: pair[0] < pair[1])
EDGES = st.dictionaries(PAIRS, st.integers(350, 1000), max_size=30)
DECISIONS = st.builds(
    Decisions, st.frozensets(PAIRS, max_size=3), st.frozensets(PAIRS, max_size=3)
)  # contradictions too: "different" wins


@given(EDGES, DECISIONS, st.randoms(use_true_random=False))
def test_any_order_gives_one_partition(
    edges: dict[tuple[str, str], int], decisions: Decisions, chance: random.Random
) -> None:
    listed = [(one, two, score) for (one, two), score in edges.items()]
    expected = partition(RECORDS, listed, decisions)
    turned = [(two, one, score) if chance.random() < 0.5 else (one, two, score) for one, two, score in listed]
    chance.shuffle(turned)
    shuffled = chance.sample(RECORDS, len(RECORDS))
    assert partition(shuffled, turned, decisions) == expected


@given(EDGES, DECISIONS)
def test_every_record_is_in_one_edition_and_decisions_hold(
    edges: dict[tuple[str, str], int], decisions: Decisions
) -> None:
    editions = partition(RECORDS, [(one, two, score) for (one, two), score in edges.items()], decisions)
    assert sorted(record for edition in editions for record in edition) == sorted(RECORDS)
    edition_of = {record: edition for edition in editions for record in edition}
    assert not [pair for pair in decisions.different if edition_of[pair[0]] == edition_of[pair[1]]]
    if not decisions.different:
        assert all(edition_of[one] == edition_of[two] for one, two in decisions.same)


@given(EDGES, DECISIONS)
def test_components_are_partitioned_alone(edges: dict[tuple[str, str], int], decisions: Decisions) -> None:
    listed = [(one, two, score) for (one, two), score in edges.items()]
    others = [f"s{number}" for number in range(5)]
    beside = [("s0", "s1", 900), ("s1", "s2", 800)]
    assert partition([*RECORDS, *others], [*listed, *beside], decisions) == sorted(
        [*partition(RECORDS, listed, decisions), *partition(others, beside)], key=min
    )


def test_a_chain_of_doubtful_pairs_does_not_join_its_ends() -> None:
    chain = [("a", "b", 600), ("b", "c", 600), ("c", "d", 600)]
    assert max(len(edition) for edition in partition("abcd", chain)) == 2


def test_a_component_beyond_the_limit_is_cut_at_its_weakest_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedupe.clustering.partitioning.LARGEST_COMPONENT", 4)
    left = [(one, two, 950) for one, two in [("a", "b"), ("a", "c"), ("b", "c")]]
    right = [(one, two, 950) for one, two in [("x", "y"), ("x", "z"), ("y", "z")]]
    bridge = [(one, two, 520) for one in "abc" for two in "xyz"]
    assert partition("abcxyz", [*left, *right, *bridge]) == [frozenset("abc"), frozenset("xyz")]


def test_contradictory_decisions_are_refused_with_the_chain_between() -> None:
    standing = Decisions(same=frozenset({("a", "b"), ("b", "c")}))
    refused = contradiction(standing, "different", "a", "c")
    assert refused is not None
    assert refused.chain == ("a", "b", "c")
    apart = Decisions(same=frozenset({("a", "b")}), different=frozenset({("a", "c")}))
    assert contradiction(apart, "same", "b", "c") is not None
    assert contradiction(apart, "same", "c", "d") is None
