"""A hub over a test's own database, on a clock that stands still, without index or outside world."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from hub.services import networks
from hub.services.context import Hub
from hub.simulation.clock import SettableClock, SimulatedSleeper
from hub.storage.store import Store

#: a Tuesday, ten in the morning in Nanjing
TUESDAY = datetime(2026, 11, 24, 2, tzinfo=UTC)
NETWORK = networks.parse(networks.shipped(), 1)


def clock() -> SettableClock:
    return SettableClock(TUESDAY)


def hub_over(store: Store, clock: SettableClock | None = None, **parts: Any) -> Hub:
    """The hub; ``parts`` replace what it is made of."""
    own = clock or SettableClock(TUESDAY)
    return Hub(
        store=store,
        clock=own,
        sleeper=SimulatedSleeper(own),
        randomness=random.Random(1),
        network=lambda: NETWORK,
        **parts,
    )
