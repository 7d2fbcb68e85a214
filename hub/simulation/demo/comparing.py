"""The hub's editions against the truth that the catalogues were generated from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hub.services.clustering.exporting import export
from hub.services.context import Hub
from hub.simulation.demo.catalogues import DemoNetwork, MemberCatalogue
from hub.simulation.demo.truth import pairwise


async def truth_figures(hub: Hub, network: DemoNetwork) -> dict[str, Any]:
    """Pairwise precision, recall and F1 of the clusters; ``unseen`` counts records the hub does not have."""
    truth = {name: edition for catalogue in network.catalogues for name, edition in _named(catalogue)}
    lines = [line.rstrip("\n").split("\t") for line in await export(hub)]
    clusters = {name: cluster for name, cluster in lines if name in truth}
    count = pairwise(truth, clusters)
    return {
        "records": len(truth),
        "unseen": len(truth) - len(clusters),
        "pairs": count.true,
        "precision": round(count.precision, 4),
        "recall": round(count.recall, 4),
        "f1": round(count.f1, 4),
    }


def _named(catalogue: MemberCatalogue) -> Iterator[tuple[str, str]]:
    """The name under which the hub exports each record, with its edition.

    That is its 001; where there is none, or an earlier record of the source has the same, the digest of
    its bytes takes part in the name.
    """
    seen: set[str] = set()
    for record in catalogue.records:
        name = record.identifier or f"digest:{record.digest[:32]}"
        if name in seen:
            name = f"{name}#{record.digest[:16]}"
        seen.add(name)
        yield f"{catalogue.habits.member}:{name}", record.edition.key
