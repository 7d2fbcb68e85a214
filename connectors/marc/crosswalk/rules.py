"""The table of fields that convert subfield by subfield, and its application in either direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from connectors.marc.crosswalk import vocabularies
from connectors.marc.crosswalk.punctuation import last_mark, without_mark, without_stop
from hub.kernel.record import Field, Subfield


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of ``fields.yaml``, where the keys are explained."""

    cnmarc: tuple[str, ...]
    marc21: str
    pairs: tuple[tuple[str, str], ...]
    marc21_indicators: str = "  "
    cnmarc_indicators: str = "  "
    constant: Mapping[str, str] = field(default_factory=dict)
    edition: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    heading: bool = False
    only: str = ""


@cache
def _rules() -> tuple[Rule, ...]:
    text = files("connectors.marc.crosswalk").joinpath("fields.yaml").read_text("utf-8")
    return tuple(map(_rule, yaml.safe_load(text)))


def _rule(entry: Mapping[str, Any]) -> Rule:
    pairs = tuple((pair[0], pair[2]) for pair in entry["pairs"].split())
    given = {name: value for name, value in entry.items() if name not in ("cnmarc", "marc21", "pairs")}
    return Rule(tuple(entry["cnmarc"].split()), entry["marc21"], pairs, **given)


@cache
def _by_cnmarc_tag() -> Mapping[str, Rule]:
    return {tag: rule for rule in _rules() if rule.only != "to_cnmarc" for tag in rule.cnmarc}


def to_marc21(source: Field) -> tuple[Field, ...]:
    """The MARC 21 field for a CNMARC field of the table; none when the table does not know it."""
    rule = _by_cnmarc_tag().get(source.tag)
    if rule is None:
        return ()
    parts = _marked(source.subfields, rule)
    if not parts:
        return ()
    parts += [Subfield(code, _constant(source, rule, value)) for code, value in rule.constant.items()]
    target = Field(rule.marc21, "", _indicators(rule.marc21_indicators, source), tuple(parts))
    return (vocabularies.to_marc21(target) if rule.heading else target,)


def to_cnmarc(source: Field) -> tuple[Field, ...]:
    """The CNMARC field for a MARC 21 field of the table; none when the table does not know it."""
    rule = next(_candidates(source), None)
    if rule is None:
        return ()
    found = vocabularies.to_cnmarc(source) if rule.heading else source
    parts = _unmarked(found.subfields, rule)
    if not parts:
        return ()
    if rule.edition and (edition := (source.first("2") or "").partition("/")[2]):
        parts.append(Subfield(rule.edition, edition))
    return (Field(rule.cnmarc[0], "", _indicators(rule.cnmarc_indicators, source), tuple(parts)),)


def _candidates(source: Field) -> Iterator[Rule]:
    """The rules for this tag: those that ask most first, then those whose fixed indicators agree."""
    known = [
        rule
        for rule in _rules()
        if rule.marc21 == source.tag and rule.only != "to_marc21" and _has_constants(source, rule)
    ]
    yield from sorted(known, key=lambda rule: (-len(rule.constant), -_agreeing(rule, source.indicators)))


def _agreeing(rule: Rule, indicators: str) -> int:
    """How well the indicators agree; the second says more about a title than the first."""
    first, second = map(str.__eq__, rule.marc21_indicators, indicators)
    return first + 2 * second


def _has_constants(source: Field, rule: Rule) -> bool:
    return all((source.first(code) or "").partition("/")[0] == value for code, value in rule.constant.items())


def _constant(source: Field, rule: Rule, value: str) -> str:
    edition = source.first(rule.edition) if rule.edition else None
    return f"{value}/{edition}" if edition else value


def _indicators(template: str, source: Field) -> str:
    return "".join(
        kept if wanted == "=" else wanted for wanted, kept in zip(template, source.indicators, strict=True)
    )


def _marked(source: Sequence[Subfield], rule: Rule) -> list[Subfield]:
    """The MARC 21 subfields, each with the mark of the next at its end."""
    codes = dict(rule.pairs)
    parts: list[Subfield] = []
    for part in source:
        if part.code not in codes:
            continue
        if parts and part.code in rule.marks:
            last = parts.pop()
            parts.append(Subfield(last.code, last.value + rule.marks[part.code]))
        parts.append(Subfield(codes[part.code], part.value))
    return parts


def _unmarked(source: Sequence[Subfield], rule: Rule) -> list[Subfield]:
    """The CNMARC subfields, the marks dropped after they told which subfield they introduce."""
    bare = without_stop if rule.heading else str
    parts: list[Subfield] = []
    mark = ""
    for part in source:
        codes = [cnmarc for cnmarc, marc21 in rule.pairs if marc21 == part.code]
        if codes:
            introduced = (code for code in codes if mark and rule.marks.get(code, "").strip() == mark)
            text = part.value if part.code in rule.constant else bare(without_mark(part.value))
            parts.append(Subfield(next(introduced, codes[0]), text))
        mark = last_mark(part.value)
    return _without_introducing_stop(parts, rule)


def _without_introducing_stop(parts: list[Subfield], rule: Rule) -> list[Subfield]:
    """The full stop that introduces a part number goes as the other marks do."""
    stops = {code for code, mark in rule.marks.items() if mark == "."}
    for place, part in enumerate(parts[1:]):
        before = parts[place].value.rstrip()
        if part.code in stops and before.endswith("."):
            parts[place] = Subfield(parts[place].code, before[:-1])
    return parts
