"""Policies: dated values found by most specific match, and why that one (P10).

A rule states a value for a scope; an empty field of the scope speaks for any. Of the rules in force whose
whole scope fits, the one that states most fields decides; among equals the one whose owner, then node, is
nearest in the tree, then by item class, reader class, agreement and network; then the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a rule speaks; "" is anybody."""

    network: str = ""
    agreement: str = ""
    owner: str = ""
    node: str = ""
    item_class: str = ""
    reader_class: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated value of policy."""

    id: str
    name: str
    value: str
    effective_from: datetime
    scope: Scope = Scope()
    version: int = 1
    source: str = ""  #: who decided it and where it is written


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision is about. Owner and node come with their ancestors, nearest first, and inherit."""

    network: str = ""
    agreement: str = ""
    owners: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    item_class: str = ""
    reader_class: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A value with the rule that gave it."""

    name: str
    value: str
    rule: str
    version: int
    source: str

    @property
    def number(self) -> int:
        """The value as a whole number. Raises ValueError when the rule states none."""
        return int(self.value)

    @property
    def yes(self) -> bool:
        """Whether the value is "yes"."""
        return self.value == "yes"

    def as_data(self) -> dict[str, object]:
        """For answers and the ledger."""
        return {
            "name": self.name,
            "value": self.value,
            "rule": self.rule,
            "version": self.version,
            "source": self.source,
        }


class NoRule(LookupError):
    """No rule of this name fits: the decision must be refused, never guessed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


_Rank: TypeAlias = tuple[int, int, int, bool, bool, bool, bool, datetime, int, str]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules of a network by name."""

    by_name: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> RuleBook:
        """A book of these rules."""
        found: dict[str, list[Rule]] = {}
        for rule in rules:
            found.setdefault(rule.name, []).append(rule)
        return cls({name: tuple(stated) for name, stated in found.items()})

    def decide(self, name: str, circumstances: Circumstances, at: datetime) -> Ruling:
        """What the policy called ``name`` says at this instant.

        Raises:
            NoRule: no rule in force fits.
        """
        best: Rule | None = None
        best_rank: _Rank | None = None
        for rule in self.by_name.get(name, ()):
            if rule.effective_from > at:
                continue
            rank = _rank(rule, circumstances)
            if rank is not None and (best_rank is None or rank > best_rank):
                best, best_rank = rule, rank
        if best is None:
            raise NoRule(name)
        return Ruling(name, best.value, best.id, best.version, best.source)


def _rank(rule: Rule, circumstances: Circumstances) -> _Rank | None:
    """How specific a fitting rule is; None when it does not fit."""
    scope = rule.scope
    exact = (
        (scope.network, circumstances.network),
        (scope.agreement, circumstances.agreement),
        (scope.item_class, circumstances.item_class),
        (scope.reader_class, circumstances.reader_class),
    )
    if any(stated and stated != actual for stated, actual in exact):
        return None
    owner, node = _nearness(scope.owner, circumstances.owners), _nearness(scope.node, circumstances.nodes)
    if owner is None or node is None:
        return None
    stated = sum(map(bool, astuple(scope)))
    return (
        stated,
        owner,
        node,
        bool(scope.item_class),
        bool(scope.reader_class),
        bool(scope.agreement),
        bool(scope.network),
        rule.effective_from,
        rule.version,
        rule.id,
    )


def _nearness(stated: str, path: tuple[str, ...]) -> int | None:
    """0 when nothing is stated, higher the nearer the stated node is, None when it is not on the path."""
    if not stated:
        return 0
    return len(path) - path.index(stated) if stated in path else None
