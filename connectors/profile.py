"""The target profile: what a target can really do, how that was found, and what an operator says instead.

A finding that bears the name of one of the source's options is how that option is set where the operator has
not set it. So an option is taken from, in this order: the source's own options, the operator's edits of the
profile, what was probed, the default.

Owns: the values and their order of precedence. Must not: ask a target (each protocol's
``probing`` does), or store anything.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from connectors.errors import Misconfigured

Value: TypeAlias = str | int | bool

#: The names of findings and what each means; lists are written with commas. ``attribute.N`` stands for every
#: bib-1 use attribute that was tried.
FINDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "syntaxes": "record syntaxes, schemas or metadata prefixes that bring a record",
        "element_sets": "element set names that bring a record",
        "keys": "partition keys that can be searched in ranges, best first",
        "incremental": "what tells which records changed since a date; empty where nothing does",
        "deletions": "no, transient or persistent: whether it tells what was deleted",
        "everything": "the query that finds every record",
        "max_set": "largest result set that is delivered whole",
        "chunk": "records asked for at once",
        "pipeline": "requests in flight at once",
        "syntax": "record syntax to ask for",
        "query_encoding": "encoding in which search terms are understood",
        "record_encoding": "encoding of the records",
        "auth": "form of signing in that works: none, open or idpass",
        "charset_negotiation": "whether it negotiates a character set",
        "options": "services it offers when a session opens",
        "scan": "the index whose terms it lists; empty where it lists none",
        "sort": "whether it sorts a result",
        "named_sets": "whether it keeps result sets under names",
        "databases": "databases that answer",
        "version": "version of the protocol",
        "schemas": "record schemas it says it has",
        "schema": "record schema to ask for",
        "indexes": "indexes it says it has",
        "packing": "record packing to ask for: xml or string",
        "dates": "form of dates in queries: compact or iso",
        "prefix": "metadata prefix to ask for",
        "prefixes": "metadata prefixes it says it has",
        "sets": "sets it says it has",
        "granularity": "granularity of its dates",
        "earliest": "earliest date of a record",
        "identity": "what tells records apart: identifier, or digest where identifiers lack or repeat",
        "full": "full loads in the folder",
        "delta": "deltas in the folder",
        "deleted": "lists of deletions in the folder",
        "unfinished": "files in the folder that are still being written",
        "unreadable": "files in the folder that cannot be read",
        "attribute": "relations, structures and truncations under which a use attribute finds a record",
    }
)


class How(StrEnum):
    """How a finding came about."""

    ASKED = "asked"  #: it was tried, and the answer showed it
    EXPLAINED = "explained"  #: the target says so of itself
    CONFIGURED = "configured"  #: an operator says so


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing known about a target."""

    value: Value
    how: How = How.ASKED
    evidence: str = ""  #: what was asked and answered, in the terms of the protocol

    def to_dict(self) -> dict[str, Value]:
        """As JSON values."""
        return {"value": self.value, "how": self.how.value, "evidence": self.evidence}


@dataclass(frozen=True, slots=True)
class TargetProfile:
    """What a target can really do."""

    protocol: str
    server: str  #: what it calls itself
    total: int | None  #: records it says it has
    total_exact: bool  #: False where the count is capped or an estimate
    findings: Mapping[str, Finding] = field(default_factory=dict)  #: as probed, by name
    edits: Mapping[str, Value] = field(default_factory=dict)  #: what an operator says instead

    def finding(self, name: str) -> Finding | None:
        """What holds under this name: the operator's word before the probe's; None where nothing is known."""
        if name in self.edits:
            probed = self.findings.get(name)
            instead = f"instead of {probed.value}" if probed is not None else ""
            return Finding(self.edits[name], How.CONFIGURED, instead)
        return self.findings.get(name)

    def text(self, name: str) -> str:
        """The value that holds under this name, as text; empty where nothing is known."""
        found = self.finding(name)
        return "" if found is None else str(found.value)

    def listed(self, name: str) -> tuple[str, ...]:
        """The values of a list."""
        return tuple(one.strip() for one in self.text(name).split(",") if one.strip())

    @property
    def syntaxes(self) -> tuple[str, ...]:
        """Record syntaxes, schemas or metadata prefixes that worked."""
        return self.listed("syntaxes")

    @property
    def keys(self) -> tuple[str, ...]:
        """Partition keys that worked, best first."""
        return self.listed("keys")

    @property
    def incremental(self) -> bool:
        """It can say what changed since a date."""
        return bool(self.text("incremental"))

    @property
    def deletions(self) -> str:
        """no, transient or persistent: whether it tells what was deleted."""
        return self.text("deletions") or "no"

    def settings(self, known: Container[str]) -> dict[str, Value]:
        """The findings that stand for options of these names."""
        names = (name for name in {**self.findings, **self.edits} if name in known)
        return {name: found.value for name in names if (found := self.finding(name)) is not None}

    def edited(self, name: str, value: Value) -> TargetProfile:
        """The profile with an operator's word under a name.

        Raises:
            Misconfigured: ``bad_option``, for a name that no finding has.
        """
        if name not in FINDINGS and name not in self.findings:
            expected = ", ".join(FINDINGS)
            raise Misconfigured("bad_option", name, option=name, value=value, expected=expected)
        return replace(self, edits={**self.edits, name: value})

    def unedited(self, name: str) -> TargetProfile:
        """The profile without an operator's word under a name; what was probed holds again."""
        return replace(self, edits={key: value for key, value in self.edits.items() if key != name})

    def to_dict(self) -> dict[str, object]:
        """As JSON values: what was probed, what was edited, and what follows from both."""
        return {
            "protocol": self.protocol,
            "server": self.server,
            "total": self.total,
            "total_exact": self.total_exact,
            "syntaxes": list(self.syntaxes),
            "keys": list(self.keys),
            "incremental": self.incremental,
            "deletions": self.deletions,
            "findings": {name: found.to_dict() for name, found in self.findings.items()},
            "edits": dict(self.edits),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> TargetProfile:
        """The profile that ``to_dict`` wrote; what an earlier release wrote is read as far as it goes."""
        findings = {
            name: Finding(one["value"], How(one["how"]), one.get("evidence", ""))
            for name, one in stored.get("findings", {}).items()
        }
        return cls(
            protocol=str(stored.get("protocol", "")),
            server=str(stored.get("server", "")),
            total=stored.get("total"),
            total_exact=bool(stored.get("total_exact", False)),
            findings=findings,
            edits=dict(stored.get("edits", {})),
        )


def merged(probed: TargetProfile, edited: TargetProfile | None) -> TargetProfile:
    """A new probe with the operator's words of the earlier profile, which outlive it."""
    return probed if edited is None else replace(probed, edits=dict(edited.edits))


def with_profile(
    options: Mapping[str, object], profile: TargetProfile | None, known: Container[str]
) -> Mapping[str, object]:
    """A source's options, filled up from its profile; what the operator set stands."""
    return options if profile is None else {**profile.settings(known), **options}
