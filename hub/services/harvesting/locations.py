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
    single: bool = False  #: the member's system has one node only: any code is a place inside it

    def node_of(self, code: str) -> str | None:
        """The node of this code; the member itself where the record names no location; None when unmapped."""
        folded = code.strip().casefold()
        if not folded:
            return self.member
        return self.nodes.get(folded, self.member if self.single else None)


def locations_of(tree: NodeTree, member: str, options: Mapping[str, Any]) -> Locations:
    """The table of a source: codes and aliases of its system's nodes, then its own ``locations``."""
    covered = [node for node in tree if member in {node.system, node.code}]
    found = {code.casefold(): node.code for node in covered for code in (node.code, *node.aliases)}
    stated = options.get("locations", {})
    found.update({str(code).strip().casefold(): str(node) for code, node in dict(stated).items()})
    return Locations(member, found, single=len(covered) == 1)
