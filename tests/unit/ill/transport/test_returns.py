from __future__ import annotations

from dataclasses import dataclass

import pytest

from hub.kernel.nodes import Agreement, Level, Node, NodeTree, ReturnRule
from ill.transport.returns import Onward, Purpose, Returned, returned, where_to

HOME, FLOAT, GROUP = ReturnRule.HOME, ReturnRule.FLOAT, ReturnRule.FLOAT_IN_GROUP


@pytest.mark.parametrize(
    ("here", "same_system", "can_keep", "rule", "waiting_at", "expected"),
    [
        ("QH01", True, True, FLOAT, "JNT", Onward(Purpose.HOLD, "JNT", "reader_waiting")),
        ("JNT", False, True, HOME, "JNT", Onward(Purpose.HOLD, "JNT", "reader_waiting")),
        ("QHT", True, True, FLOAT, None, Onward(Purpose.HOME, "QHT", "is_home")),
        ("JNT", False, True, HOME, None, Onward(Purpose.HOME, "QHT", "rule_home")),
        ("JNT", False, True, FLOAT, None, Onward(Purpose.FLOAT, "JNT", "floats")),
        ("QH01", True, True, GROUP, None, Onward(Purpose.FLOAT, "QH01", "floats")),
        ("JNT", False, True, GROUP, None, Onward(Purpose.HOME, "QHT", "outside_group")),
        ("K02", True, False, FLOAT, None, Onward(Purpose.HOME, "QHT", "no_shelves")),
    ],
)
def test_the_four_return_rules(
    here: str, same_system: bool, can_keep: bool, rule: ReturnRule, waiting_at: str | None, expected: Onward
) -> None:
    assert where_to(Returned(here, "QHT", same_system, can_keep, rule, waiting_at)) == expected


@dataclass(frozen=True)
class Piece:
    owner: str
    item_class: str = "book"


@dataclass(frozen=True)
class Town:
    nodes: NodeTree
    agreement: Agreement | None

    def agreement_between(self, first: str, second: str) -> Agreement | None:
        return self.agreement


def node(code: str, system: str, *capabilities: str) -> Node:
    return Node(
        code, None, Level.STREET, code, code, 32.0, 118.8, system, capabilities=frozenset(capabilities)
    )


NODES = NodeTree(
    {
        "QHT": node("QHT", "QHT", "keep"),
        "QH01": node("QH01", "QHT", "keep"),
        "JNT": node("JNT", "JNT", "keep"),
        "K02": node("K02", "QHT"),
    }
)
CITY = Agreement("city", "city", "city", ("QHT", "JNT"), {"": GROUP, "rare": HOME})


@pytest.mark.parametrize(
    ("piece", "here", "agreement", "destination"),
    [
        (Piece("QHT"), "QH01", CITY, "QH01"),
        (Piece("QHT", "rare"), "QH01", CITY, "QHT"),
        (Piece("QHT"), "JNT", CITY, "QHT"),
        (Piece("QHT"), "K02", CITY, "QHT"),
        (Piece("QHT"), "QH01", None, "QHT"),
    ],
)
def test_the_agreement_and_the_node_decide_where_it_belongs(
    piece: Piece, here: str, agreement: Agreement | None, destination: str
) -> None:
    assert where_to(returned(Town(NODES, agreement), piece, "QHT", here)).destination == destination
