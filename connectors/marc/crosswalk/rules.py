"""The table of fields that convert subfield by subfield, and its application in either direction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from hub.kernel.record import Field, Subfield

# ISBD punctuation that MARC 21 leaves at the end of a subfield and CNMARC does not write.
_TRAILING = re.compile(r"\s*[/:;=+,]\s*$")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of ``fields.yaml``, where the keys are explained."""

    cnmarc: tuple[str, ...]
    marc21: str
    pairs: tuple[tuple[str, str], ...]
    marc21_indicators: str = "  "
    cnmarc_indicators: str = "  "
    constant: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    only: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a field became, and the subfield codes that have no place on the other side."""

    fields: tuple[Field, ...]
    not_carried: tuple[str, ...] = ()


@cache
def _rules() -> tuple[Rule, ...]:
    text = files("connectors.marc.crosswalk").joinpath("fields.yaml").read_text("utf-8")
    return tuple(map(_rule, yaml.safe_load(text)))


def _rule(entry: Mapping[str, Any]) -> Rule:
    pairs = tuple((pair[0], pair[2]) for pair in entry["pairs"].split())
    names = ("marc21_indicators", "cnmarc_indicators", "constant", "before", "only")
    given = {name: entry[name] for name in names if name in entry}
    return Rule(tuple(entry["cnmarc"].split()), entry["marc21"], pairs, **given)


@cache
def _by_cnmarc_tag() -> Mapping[str, Rule]:
    return {tag: rule for rule in _rules() if rule.only != "to_cnmarc" for tag in rule.cnmarc}


def to_marc21(source: Field) -> Outcome | None:
    """The MARC 21 field for a CNMARC field of the table; None when the table does not know it."""
    rule = _by_cnmarc_tag().get(source.tag)
    if rule is None:
        return None
    found, lost = _mapped(source, dict(rule.pairs))
    punctuated = _punctuated(found, rule.before)
    if not punctuated:
        return Outcome((), lost)
    constants = [Subfield(code, value) for code, value in rule.constant.items()]
    indicators = _indicators(rule.marc21_indicators, source)
    return Outcome((Field(rule.marc21, "", indicators, (*punctuated, *constants)),), lost)


def to_cnmarc(source: Field) -> Outcome | None:
    """The CNMARC field for a MARC 21 field of the table; None when the table does not know it."""
    rule = next(_candidates(source), None)
    if rule is None:
        return None
    backwards = {marc21: cnmarc for cnmarc, marc21 in reversed(rule.pairs)}
    found, lost = _mapped(source, backwards, ignored=rule.constant)
    bare = tuple(Subfield(part.code, without_punctuation(part.value)) for part in found)
    if not bare:
        return Outcome((), lost)
    return Outcome((Field(rule.cnmarc[0], "", _indicators(rule.cnmarc_indicators, source), bare),), lost)


def without_punctuation(text: str) -> str:
    """A MARC 21 value without the ISBD mark that introduces the next one."""
    return _TRAILING.sub("", text)


def _candidates(source: Field) -> Iterator[Rule]:
    """The rules for this tag, those first whose fixed indicators agree."""
    known = [
        rule
        for rule in _rules()
        if rule.marc21 == source.tag and rule.only != "to_marc21" and _has_constants(source, rule)
    ]
    yield from sorted(known, key=lambda rule: rule.marc21_indicators != source.indicators)


def _has_constants(source: Field, rule: Rule) -> bool:
    return all(source.first(code) == value for code, value in rule.constant.items())


def _indicators(template: str, source: Field) -> str:
    return "".join(
        kept if wanted == "=" else wanted for wanted, kept in zip(template, source.indicators, strict=True)
    )


def _mapped(
    source: Field, codes: Mapping[str, str], ignored: Mapping[str, str] | None = None
) -> tuple[list[Subfield], tuple[str, ...]]:
    found: list[Subfield] = []
    lost: list[str] = []
    for part in source.subfields:
        if part.code in codes:
            found.append(Subfield(codes[part.code], part.value))
        elif part.code not in (ignored or {}):
            lost.append(part.code)
    return found, tuple(lost)


def _punctuated(parts: list[Subfield], before: Mapping[str, str]) -> list[Subfield]:
    """The subfields with the mark that introduces a subfield at the end of the one before it."""
    marked: list[Subfield] = []
    for part in parts:
        if marked and part.code in before:
            last = marked.pop()
            marked.append(Subfield(last.code, last.value + before[part.code]))
        marked.append(part)
    return marked
