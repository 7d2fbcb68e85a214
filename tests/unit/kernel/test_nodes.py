from __future__ import annotations

import pytest

from hub.kernel.nodes import Agreement, Level, Node, NodeTree, ReturnRule


def node(
    code: str, parent: str | None, latitude: float = 32.0, longitude: float = 118.8, *names: str
) -> Node:
    return Node(code, parent, Level.DISTRICT, code, code, latitude, longitude, code, aliases=names)


TREE = NodeTree(
    {
        "JLT": node("JLT", None, 32.0010, 118.7270, "CN-320105-1-JLT"),
        "QHT": node("QHT", "JLT", 32.0391, 118.7948, "Qinhuai"),
        "QH01": node("QH01", "QHT", 32.0206, 118.7886, "fuzimiao"),
        "HAT": node("HAT", None, 33.5511, 119.1132),
    }
)


def test_a_path_leads_to_the_root() -> None:
    assert TREE.path("QH01") == ("QH01", "QHT", "JLT")
    assert TREE.within("QH01", "JLT")
    assert not TREE.within("HAT", "JLT")


@pytest.mark.parametrize(
    ("name", "code"),
    [("QHT", "QHT"), ("qinhuai", "QHT"), ("cn-320105-1-jlt", "JLT"), ("qh01", "QH01"), ("nowhere", None)],
)
def test_a_node_is_found_by_code_or_alias(name: str, code: str | None) -> None:
    found = TREE.find(name)
    assert (found.code if found else None) == code


def test_distances_are_great_circles() -> None:
    assert TREE.kilometres("JLT", "JLT") == 0
    assert TREE.kilometres("JLT", "HAT") == pytest.approx(176, abs=1)
    assert TREE.kilometres("QHT", "JLT") == TREE.kilometres("JLT", "QHT")


def test_the_return_rule_of_a_class_comes_before_the_rule_for_all() -> None:
    agreement = Agreement("a", "a", "a", ("JLT",), {"": ReturnRule.FLOAT, "rare": ReturnRule.HOME})
    assert agreement.return_rule("rare") is ReturnRule.HOME
    assert agreement.return_rule("book") is ReturnRule.FLOAT
