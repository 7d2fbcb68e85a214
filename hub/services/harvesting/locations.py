"""Location codes to nodes. A code that no node claims is reported, never given to the parent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.kernel.nodes import NodeTree


@dataclass(frozen=True, slots=True)
class Locations:
    """Which node each location code of one source means."""

    member: str
    nodes: Mapping[str, str] = field(default_factory=dict)  #: folded code -> node code

    def node_of(self, code: str) -> str | None:
        """The node of this code; the member itself where the record names no location; None when unmapped."""
        folded = code.strip().casefold()
        return self.member if not folded else self.nodes.get(folded)


def locations_of(tree: NodeTree, member: str, options: Mapping[str, Any]) -> Locations:
    """The table of a source: codes and aliases of its system's nodes, then its own ``locations``."""
    found: dict[str, str] = {}
    for node in tree:
        if node.system == member:
            for code in (node.code, *node.aliases):
                found[code.casefold()] = node.code
    stated = options.get("locations", {})
    found.update({str(code).strip().casefold(): str(node) for code, node in dict(stated).items()})
    return Locations(member, found)
