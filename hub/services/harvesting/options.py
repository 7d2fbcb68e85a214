"""The options of a source that are the hub's own, checked before a source is kept.

A misspelt option would otherwise be ignored in silence, and a wrong one found at night.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from connectors.marc.holdings import profiles
from connectors.registry import OPTIONS
from hub.errors import Refusal
from hub.kernel.nodes import NodeTree
from hub.messages.catalogue import Phrase

AUTOMATIC = "auto"
#: encodings of the trade that Python does not know
LIBRARY_ENCODINGS = frozenset({AUTOMATIC, "marc8", "iso5426", "latin-1-by-cp850"})
RHYTHMS = ("full", "incremental")


def refuse_impossible(tree: NodeTree, protocol: str, options: Mapping[str, Any]) -> None:
    """Nothing, when the options can be used.

    Raises:
        Refusal: naming the option and what it may be.
    """
    spoken = OPTIONS.get(protocol, {})
    for name, value in options.items():
        check = CHECKS.get(name)
        if check is not None:
            check(tree, value)
        elif name not in spoken:
            known = ", ".join(sorted({*spoken, *CHECKS}))
            raise Refusal("harvest.unknown_option", field=name, option=name, protocol=protocol, known=known)


def stated_value(written: str) -> Any:
    """An option's value as somebody wrote it: what reads as JSON (a number, true, an object) is that."""
    try:
        return json.loads(written)
    except json.JSONDecodeError:
        return written


def refuse_unknown_profile(value: Any) -> None:
    """Raises Refusal unless the value names a holdings profile or ``auto``."""
    if value != AUTOMATIC and value not in profiles():
        known = ", ".join(sorted(profiles()))
        raise Refusal("harvest.unknown_profile", field="profile", profile=value, known=known)


def refuse_unknown_encoding(value: Any) -> None:
    """Raises Refusal unless the value names an encoding or ``auto``."""
    name = str(value).lower()
    if name in LIBRARY_ENCODINGS:
        return
    try:
        codecs.lookup(name)
    except LookupError:
        raise Refusal("harvest.unknown_encoding", field="encoding", encoding=value) from None


def _rhythm(tree: NodeTree, value: Any) -> None:
    del tree
    if value not in RHYTHMS:
        raise _bad("rhythm", value, ", ".join(RHYTHMS))


def _largest_deletion(tree: NodeTree, value: Any) -> None:
    del tree
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _bad("largest_deletion", value, "0..1")


def _locations(tree: NodeTree, value: Any) -> None:
    if not isinstance(value, dict):
        raise _bad("locations", value, '{"CODE": "NODE"}')
    for node in value.values():
        if node not in tree:
            raise _bad("locations", node, "CODE")


def _bad(name: str, value: Any, expected: str) -> Refusal:
    problem = Phrase("harvest.bad_option", {"option": name, "value": value, "expected": expected})
    return Refusal("harvest.bad_source", field=name, problem=problem)


#: Each of the hub's own options and what refuses a wrong value of it.
CHECKS: Mapping[str, Callable[[NodeTree, Any], None]] = MappingProxyType(
    {
        "profile": lambda tree, value: refuse_unknown_profile(value),
        "encoding": lambda tree, value: refuse_unknown_encoding(value),
        "rhythm": _rhythm,
        "largest_deletion": _largest_deletion,
        "locations": _locations,
    }
)
