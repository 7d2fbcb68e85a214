"""The truth table is worth something only if a good matcher agrees with it, but not everywhere."""

from __future__ import annotations

from collections import defaultdict

from dedupe.clustering import partition
from dedupe.description import describe
from dedupe.features.table import prepare
from dedupe.keys import MatchKey, candidate_pairs, keys_of
from dedupe.verdict import score_pairs
from hub.simulation.demo.catalogues import DemoNetwork
from hub.simulation.demo.truth import pairwise


def test_the_matcher_finds_the_editions(network: DemoNetwork) -> None:
    records = [record for catalogue in network.catalogues for record in catalogue.records]
    descriptions = [describe(record.record) for record in records]
    blocks: dict[str, list[tuple[int, MatchKey]]] = defaultdict(list)
    for number, description in enumerate(descriptions):
        for key in keys_of(description):
            blocks[key.value].append((number, key))
    prepared = {number: prepare(description) for number, description in enumerate(descriptions)}
    scored = score_pairs(prepared, candidate_pairs(blocks))
    truth = {str(number): record.edition.key for number, record in enumerate(records)}
    editions = partition(truth, [(str(one), str(other), score) for one, other, score, _ in scored])
    clusters = {record: number for number, members in enumerate(editions) for record in members}
    count = pairwise(truth, clusters)
    assert count.f1 >= 0.97
    assert count.f1 < 1, "catalogues without a single trap would prove nothing"
