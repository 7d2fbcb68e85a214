"""Links to other records: CNMARC 4XX and MARC 21 76X to 78X and 830.

CNMARC embeds the fields of the other record (``$1 2001 $aTitle``); plain subfields are read as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

from connectors.marc.crosswalk.punctuation import without_mark, without_stop
from hub.kernel.record import Field, Subfield

_SERIES: Final = "830"
# What stands in an embedded field, or in a plain subfield, and the subfield of MARC 21 that says it.
_EMBEDDED: Final = {
    ("001", ""): "w", ("010", "a"): "z", ("011", "a"): "x", ("200", "a"): "t", ("200", "h"): "n",
    ("200", "i"): "p", ("200", "v"): "g", ("205", "a"): "b", ("210", "c"): "d", ("500", "a"): "s",
    ("700", "a"): "a", ("701", "a"): "a", ("710", "a"): "a", ("711", "a"): "a",
}  # fmt: skip
_PLAIN: Final = {
    "a": "a", "t": "t", "v": "g", "h": "n", "i": "p", "x": "x", "y": "z", "3": "w", "0": "w",
}  # fmt: skip
_IN_SERIES: Final = {"t": "a", "n": "n", "p": "p", "g": "v", "x": "x", "w": "w"}
_HEADS: Final = {
    "010": "010  ",
    "011": "011  ",
    "200": "2001 ",
    "205": "205  ",
    "210": "210  ",
    "500": "50010",
}
_AUTHOR: Final = "701 0"
_ORDER: Final = {"001": 0, "200": 1}


@dataclass(frozen=True, slots=True)
class Link:
    """One line of ``links.yaml``."""

    cnmarc: str
    marc21: str
    indicator: str
    relation: str = ""


@cache
def _links() -> tuple[Link, ...]:
    text = files("connectors.marc.crosswalk").joinpath("links.yaml").read_text("utf-8")
    return tuple(Link(**entry) for entry in yaml.safe_load(text))


@cache
def cnmarc_tags() -> frozenset[str]:
    """The CNMARC fields that link."""
    return frozenset(link.cnmarc for link in _links())


@cache
def marc21_tags() -> frozenset[str]:
    """The MARC 21 fields that link."""
    return frozenset(link.marc21 for link in _links())


def link_to_marc21(source: Field) -> tuple[Field, ...]:
    """A link as the entry of the other record; nothing where it names no title."""
    link = next(one for one in _links() if one.cnmarc == source.tag)
    parts = [Subfield(code, value) for _, code, value in stated(source) if code]
    if all(part.code != "t" for part in parts):
        # Plain subfields of a title alone stand in $a; with $t beside it, $a is the author.
        parts = [Subfield("t" if part.code == "a" else part.code, part.value) for part in parts]
    if all(part.code != "t" for part in parts):
        return ()
    if link.marc21 == _SERIES:
        parts = [Subfield(_IN_SERIES[p.code], p.value) for p in parts if p.code in _IN_SERIES]
        return (Field(_SERIES, "", f" {link.indicator}", tuple(parts)),)
    relation = (Subfield("i", link.relation),) if link.relation else ()
    return (Field(link.marc21, "", f"0{link.indicator}", (*relation, *parts)),)


def stated(source: Field) -> Iterator[tuple[str, str, str]]:
    """What a CNMARC link says, embedded or plain: its own code, that of MARC 21 (empty: none), the text."""
    embedded = ""
    for part in source.subfields:
        if part.code == "1":
            embedded = part.value[:3]
            if embedded == "001":
                yield "1", "w", part.value[3:].strip()
            continue
        code = _EMBEDDED.get((embedded, part.code)) if embedded else _PLAIN.get(part.code)
        yield part.code, code or "", part.value


def link_to_cnmarc(source: Field) -> tuple[Field, ...]:
    """The link by the embedded-field technique, as Chinese libraries write it."""
    series = source.tag == _SERIES
    back = {marc21: stated for stated, marc21 in _IN_SERIES.items()} if series else {}
    said = [
        (back.get(part.code, "" if series else part.code), _bare(part.value)) for part in source.subfields
    ]
    if not any(code == "t" for code, _ in said):
        return ()
    places = {code: place for place, code in reversed(_EMBEDDED.items())}
    found = [(places[code], value) for code, value in said if code in places]
    parts: list[Subfield] = []
    head = ""
    for (tag, code), value in sorted(found, key=lambda one: _ORDER.get(one[0][0], 2)):
        if tag == "001":
            parts.append(Subfield("1", f"001{value}"))
            continue
        if tag != head or code == "a":
            parts.append(Subfield("1", _HEADS.get(tag, _AUTHOR)))
            head = tag
        parts.append(Subfield(code, value))
    return (Field(_cnmarc_tag(source), "", " 0", tuple(parts)),)


def _cnmarc_tag(source: Field) -> str:
    relation = source.first("i") or ""
    known = [link for link in _links() if link.marc21 == source.tag]
    agreeing = sorted(
        known, key=lambda link: (link.relation != relation, link.indicator != source.indicators[1])
    )
    return agreeing[0].cnmarc


def _bare(text: str) -> str:
    return without_stop(without_mark(text))
