"""How a source writes: its encoding, holdings profile and locations, from its options and what was found."""

from __future__ import annotations

from hub.services.harvesting.intake import Habits
from hub.services.harvesting.locations import locations_of
from hub.services.harvesting.opening import profile_of
from hub.services.network_document.network import Network
from hub.storage.harvests.values import SourceRow


def habits_of(network: Network, source: SourceRow) -> Habits:
    """What intake needs to know of a source; the operator's options before what was found out."""
    holdings = source.options.get("profile") or source.profile.get("holdings") or ""
    target = profile_of(source)
    # Each record shows its encoding more surely than a probe of a few; an operator's word is another matter.
    said = target.edits.get("record_encoding") if target is not None else source.profile.get("encoding")
    return Habits(
        locations_of(network.nodes, source.member, source.options),
        encoding=str(source.options.get("encoding") or said or "auto"),
        profile="" if holdings == "auto" else str(holdings),
    )


def newest_wins(source: SourceRow) -> bool:
    """Whether two records under one identifier are two states of one record: OAI-PMH makes them unique."""
    return source.protocol == "oai-pmh"
