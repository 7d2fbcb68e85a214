"""Peers that misbehave on purpose, shipped so that anyone can try a harvest against them.

A peer answers honestly from a catalogue and passes every answer through faults, one after another. A fault
sees the exchange (which request it is, what was asked, the honest answer) and returns it changed.
"""

from __future__ import annotations

from connectors.testing.http_peers import HttpFault, Reply, http_peer
from connectors.testing.listening import Then, Traffic, unanswering
from connectors.testing.z3950_faults import (
    bottomless,
    capped,
    drop,
    drop_in_the_middle,
    endless,
    enormous,
    hang,
    hang_in_the_middle,
    indefinite,
    lying_count,
    negative_count,
    nonsense,
    refusing,
    segmented,
    short_presents,
    take_leave,
    with_indefinite_lengths,
    wrong_kind,
)
from connectors.testing.z3950_peers import Exchange, Fault, at, every, z3950_peer

__all__ = [
    "Exchange",
    "Fault",
    "HttpFault",
    "Reply",
    "Then",
    "Traffic",
    "at",
    "bottomless",
    "capped",
    "drop",
    "drop_in_the_middle",
    "endless",
    "enormous",
    "every",
    "hang",
    "hang_in_the_middle",
    "http_peer",
    "indefinite",
    "lying_count",
    "negative_count",
    "nonsense",
    "refusing",
    "segmented",
    "short_presents",
    "take_leave",
    "unanswering",
    "with_indefinite_lengths",
    "wrong_kind",
    "z3950_peer",
]
