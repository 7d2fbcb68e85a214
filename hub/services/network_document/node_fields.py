"""The nodes of a network document."""

from __future__ import annotations

from collections.abc import Collection

from hub.kernel.nodes import Level, Node, NodeTree
from hub.services.network_document.fields import Fields

#: "keep": it has shelves on which a floating volume may stay
CAPABILITIES = frozenset({"lend", "pickup", "return", "keep", "sort"})
CODE = "[A-Z0-9]{2,8}"
CODE_FORM = "2-8 A-Z 0-9"


def read_nodes(document: Fields, patterns: Collection[str]) -> NodeTree:
    """All nodes, checked each by itself and against each other; ``patterns`` are the opening patterns."""
    read: list[tuple[Fields, Node]] = [
        (entry, _node(entry, patterns)) for entry in document.objects("nodes", required=True)
    ]
    nodes: dict[str, Node] = {}
    for entry, node in read:
        if node.code in nodes:
            entry.wrong("code", "repeated", value=node.code)
        nodes[node.code] = node
    for entry, node in read:
        if node.parent is not None and node.parent not in nodes:
            entry.wrong("parent", "no_such_node", value=node.parent)
        if node.system not in nodes:
            entry.wrong("system", "no_such_node", value=node.system)
        elif nodes[node.system].system != node.system:
            entry.wrong("system", "not_a_system", value=node.system)
        if _in_a_circle(node, nodes):
            entry.wrong("parent", "circle", value=node.parent)
    _check_aliases(read, nodes)
    return NodeTree(nodes)


def _node(entry: Fields, patterns: Collection[str]) -> Node:
    entry.only(
        "code", "parent", "level", "name_zh", "name_en", "latitude", "longitude", "system", "gb2260", "hours",
        "capabilities", "aliases", "slots", "invented", "basis",
    )  # fmt: skip
    code = entry.text("code", pattern=CODE, form=CODE_FORM)
    return Node(
        code=code,
        parent=entry.text("parent", pattern=CODE, form=CODE_FORM) if entry.has("parent") else None,
        level=Level(entry.one_of("level", frozenset(Level))),
        name_zh=entry.text("name_zh"),
        name_en=entry.text("name_en"),
        latitude=entry.number("latitude", -90, 90),
        longitude=entry.number("longitude", -180, 180),
        system=entry.text("system", default=code),
        gb2260=entry.text("gb2260", default="", pattern=r"\d{6}", form="320105"),
        hours=entry.one_of("hours", patterns or {""}, default="standard" if "standard" in patterns else None),
        capabilities=frozenset(entry.words("capabilities", CAPABILITIES)),
        aliases=entry.words("aliases"),
        slots=entry.whole("slots", 1, 10_000) if entry.has("slots") else None,
        invented=entry.flag("invented"),
    )


def _in_a_circle(node: Node, nodes: dict[str, Node]) -> bool:
    seen: set[str] = set()
    current: Node | None = node
    while current is not None and current.code not in seen:
        seen.add(current.code)
        current = nodes.get(current.parent) if current.parent else None
    return current is not None


def _check_aliases(read: list[tuple[Fields, Node]], nodes: dict[str, Node]) -> None:
    claimed: dict[str, str] = {code.casefold(): code for code in nodes}
    for entry, node in read:
        for position, alias in enumerate(node.aliases):
            holder = claimed.setdefault(alias.casefold(), node.code)
            if holder != node.code:
                entry.wrong(f"aliases[{position}]", "alias_taken", value=alias, node=holder)
