"""The state of a volume as a record states it, in the words that items are stored with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from connectors.statuses import CirculationStatus, circulation_status

#: What a stated status is stored as. A word nobody knows is not offered for loan: it may mean anything.
STORED: Final[Mapping[CirculationStatus, str]] = MappingProxyType(
    {
        "available": "available",
        "on_loan": "on_loan",
        "reference_only": "reference",
        "reserved": "on_loan",
        "in_process": "processing",
        "lost": "missing",
        "withdrawn": "missing",
        "unknown": "reference",
    }
)


def status_of(stated: str) -> str:
    """The stored word. Where the record states no status, the volume is on the shelf."""
    return STORED[circulation_status(stated)] if stated.strip() else "available"
