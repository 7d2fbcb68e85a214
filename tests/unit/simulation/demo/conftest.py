from __future__ import annotations

import pytest

from hub.simulation.demo.catalogues import DemoNetwork, generate
from hub.simulation.demo.chance import seeded


@pytest.fixture(scope="session")
def network() -> DemoNetwork:
    return generate(seeded(1))
