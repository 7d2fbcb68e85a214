"""The states of an edition's copies as its page shows them, stored or just asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from hub.web.pages.words import Words

_ANSWERED: Final = frozenset({"live", "recent"})
_SILENT: Final = frozenset({"late", "failed", "resting"})
_SHOWN: Final = ("status", "status_name", "available", "due", "label", "said")


def with_states(holdings: Iterable[Mapping[str, Any]], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The holdings with what ``editions.availability`` says of their copies, and how fresh that is."""
    states = {(one["owner"], one["barcode"]): one for one in now["items"]}
    labels = {one["node"]: one["label"] for one in now["libraries"]}
    found = []
    for holding in holdings:
        items = [_with_state(item, states) for item in holding["items"]]
        available = sum(item["available"] for item in items)
        label = labels.get(holding["node"], "")
        found.append({**holding, "items": items, "available": available, "label": label})
    return found


def _with_state(
    item: Mapping[str, Any], states: Mapping[tuple[str, str], Mapping[str, Any]]
) -> dict[str, Any]:
    state = states.get((item["owner"], item["barcode"]))
    # A copy may have come between the two questions.
    if state is None:
        return {**item, "due": (item["due"] or "")[:10], "label": ""}
    return {**item, **{name: state[name] for name in _SHOWN}}


def can_ask(now: Mapping[str, Any]) -> bool:
    """Whether somebody could be asked who was not."""
    return any(source["state"] == "not_asked" for source in now["sources"])


def state_sentence(words: Words, now: Mapping[str, Any]) -> str:
    """In one sentence, how fresh the states are and who did not answer."""
    sources = now["sources"]
    answered = _members(sources, _ANSWERED)
    silent = _members(sources, _SILENT) - answered
    recorded = {source["library"] for source in sources} - answered
    counts = {"answered": len(answered), "recorded": len(recorded), "silent": len(silent)}
    if answered and silent:
        return words.say("availability.states_partial", **counts)
    if answered:
        return words.say("availability.states_mixed" if recorded else "availability.states_live", **counts)
    if silent:
        return words.say("availability.states_none")
    ages = [(source["as_of"], source["age"]) for source in sources]
    return words.say("availability.states_stored", age=min(ages)[1]) if ages else ""


def _members(sources: Sequence[Mapping[str, Any]], states: frozenset[str]) -> set[str]:
    return {source["library"] for source in sources if source["state"] in states}
