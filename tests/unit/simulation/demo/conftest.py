from __future__ import annotations

import json
from importlib.resources import files

import pytest

from hub.kernel.nodes import Level, Node, NodeTree
from hub.simulation.demo.catalogues import DemoNetwork, generate
from hub.simulation.demo.chance import seeded


@pytest.fixture(scope="session")
def network() -> DemoNetwork:
    return generate(seeded(1))


@pytest.fixture(scope="session")
def nodes() -> NodeTree:
    said = json.loads((files("hub.services") / "data" / "nanjing.json").read_text("utf-8"))["nodes"]
    return NodeTree(
        {
            each["code"]: Node(
                each["code"],
                each.get("parent"),
                Level(each["level"]),
                each["name_zh"],
                each["name_en"],
                each["latitude"],
                each["longitude"],
                each["system"],
                capabilities=frozenset(each["capabilities"]),
            )
            for each in said
        }
    )
