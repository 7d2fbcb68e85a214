"""The agreements of a network document: who lends to whom, and where returned volumes go."""

from __future__ import annotations

from collections.abc import Iterator

from hub.kernel.nodes import Agreement, NodeTree, ReturnRule
from hub.services.network_document.fields import Fields

EVERY_CLASS = "default"


def read_agreements(document: Fields, nodes: NodeTree) -> Iterator[Agreement]:
    """The agreements in the order of the document, which is the order in which they are tried."""
    seen: set[str] = set()
    for entry in document.objects("agreements"):
        agreement = _agreement(entry, nodes)
        if agreement.code in seen:
            entry.wrong("code", "repeated", value=agreement.code)
        seen.add(agreement.code)
        yield agreement


def _agreement(entry: Fields, nodes: NodeTree) -> Agreement:
    entry.only("code", "name_zh", "name_en", "members", "returns", "return_anywhere", "invented")
    members = entry.words("members")
    for position, member in enumerate(members):
        if member not in nodes:
            entry.wrong(f"members[{position}]", "no_such_node", value=member)
    if not members:
        entry.wrong("members", "missing")
    returns: dict[str, ReturnRule] = {"": ReturnRule.HOME}
    for rule in entry.objects("returns", required=True):
        rule.only("item_class", "rule")
        item_class = rule.text("item_class", default=EVERY_CLASS)
        returns["" if item_class == EVERY_CLASS else item_class] = ReturnRule(
            rule.one_of("rule", frozenset(ReturnRule))
        )
    return Agreement(
        code=entry.text("code"),
        name_zh=entry.text("name_zh"),
        name_en=entry.text("name_en"),
        members=members,
        returns=returns,
        return_anywhere=entry.flag("return_anywhere", default=True),
        invented=entry.flag("invented"),
    )
