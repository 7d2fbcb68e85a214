"""The nodes of a network: every place that lends, keeps, sorts or hands over volumes.

Owns: the node value and what follows from the tree alone.
Must not: know timetables, policies or storage.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """What kind of place a node is."""

    CITY = "city"
    CHILDREN = "city-children"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    KIOSK = "kiosk"
    MOBILE = "mobile"
    METRO = "metro"
    METRO_COUNTY = "metro-county"
    STORE = "store"
    SORTING_HUB = "sorting-hub"


@dataclass(frozen=True, slots=True)
class Node:
    """One place. ``system`` is the node whose catalogue and barcodes cover it (itself for most)."""

    code: str
    parent: str | None
    level: Level
    name_zh: str
    name_en: str
    latitude: float
    longitude: float
    system: str
    gb2260: str = ""
    hours: str = "standard"  #: name of an opening pattern of the network's calendar document
    capabilities: frozenset[str] = frozenset({"lend", "pickup", "return"})
    aliases: tuple[str, ...] = ()  #: other codes for it: ISIL, 905$a codes, agency codes
    slots: int | None = None  #: how many volumes a kiosk can hold ready; None where shelves set no limit
    invented: bool = False  #: shown as 演示

    def name(self, language: str) -> str:
        """The name shown to a person."""
        return self.name_zh if language == "zh" else self.name_en


class ReturnRule(StrEnum):
    """Where a returned volume goes when no reader is waiting for it: a waiting reader always comes first."""

    HOME = "home"  #: back to its permanent location
    FLOAT = "float"  #: it stays where it was returned
    FLOAT_IN_GROUP = "float-in-group"  #: it stays inside its own library system and goes home from outside


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a group of libraries agreed on lending to each other's readers."""

    code: str
    name_zh: str
    name_en: str
    members: tuple[str, ...]  #: nodes that signed; each speaks for everything below it
    returns: Mapping[str, ReturnRule]  #: by item class; "" is the rule for every other class
    return_anywhere: bool = True  #: False: only to the owner or the reader's own library
    invented: bool = False

    def return_rule(self, item_class: str) -> ReturnRule:
        """The rule for volumes of this class."""
        return self.returns.get(item_class) or self.returns[""]


@dataclass(frozen=True, slots=True)
class NodeTree:
    """All nodes of a network by code."""

    nodes: Mapping[str, Node] = field(default_factory=dict)

    def __getitem__(self, code: str) -> Node:
        """The node with this code. Raises KeyError when there is none."""
        return self.nodes[code]

    def __contains__(self, code: object) -> bool:
        """Whether a node has this code."""
        return code in self.nodes

    def __iter__(self) -> Iterator[Node]:
        """The nodes in the order of their document."""
        return iter(self.nodes.values())

    def find(self, name: str) -> Node | None:
        """The node with this code or, failing that, the only one with this alias (case-blind)."""
        if name in self.nodes:
            return self.nodes[name]
        wanted = name.casefold()
        found = [
            node
            for node in self
            if wanted == node.code.casefold() or wanted in (alias.casefold() for alias in node.aliases)
        ]
        return found[0] if len(found) == 1 else None

    def path(self, code: str) -> tuple[str, ...]:
        """The node and its ancestors, nearest first."""
        found: list[str] = []
        current: str | None = code
        while current is not None:
            found.append(current)
            current = self.nodes[current].parent
        return tuple(found)

    def within(self, code: str, subtree: str) -> bool:
        """Whether ``code`` is ``subtree`` or lies below it."""
        return subtree in self.path(code)

    def kilometres(self, first: str, second: str) -> float:
        """Great-circle distance between two nodes."""
        a, b = self.nodes[first], self.nodes[second]
        p1, p2 = math.radians(a.latitude), math.radians(b.latitude)
        dp, dl = p2 - p1, math.radians(b.longitude - a.longitude)
        h = math.sin(dp / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin(dl / 2) ** 2
        return 2 * 6371.0 * math.asin(math.sqrt(h))
