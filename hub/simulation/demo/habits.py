"""How each member catalogues, read from members.toml.

The habits are those met in real exports: what differs between two records of one edition is here, not in
the edition.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

Protocol: TypeAlias = Literal["z3950", "sru", "oai-pmh", "file"]

#: shares of records in every catalogue, whatever the member: slips of the hand
WRONG_ISBN = 0.006
PRINTING_AS_YEAR = 0.04
OTHER_YEAR = 0.01


@dataclass(frozen=True, slots=True)
class Habits:
    """One catalogue of one member."""

    source: str  #: name of the catalogue: a member may keep its Western books in a second one
    member: str  #: node code of the library system
    protocol: Protocol
    flavour: Literal["cnmarc", "marc21"]
    encoding: Literal["utf-8", "gb18030", "marc8"]
    holdings: Literal["repeated", "grouped", "ranges", "985", "852", "949", "952"]
    size: int  #: records wanted
    locations: Mapping[str, str]  #: its location codes -> node codes; "" = a code that means no node
    shares: tuple[float, ...] = ()  #: how the volumes spread over the locations; half and half when empty
    taste: Literal["general", "young", "original"] = "general"
    pinyin: Literal["A", "9", "246", "880", ""] = ""  #: where romanised titles go; NLC writes $A, CALIS $9
    statement: Literal["compact", "spaced", "square", "wide", "joined"] = (
        "compact"  #: (清)曹雪芹著, 曹雪芹 著, ...
    )
    isbn: Literal["hyphens", "plain", "by age"] = (
        "hyphens"  #: by age: ten digits for what appeared before 2007
    )
    identifier: Literal["serial", "prefixed", "nlc", "repeating", "lacking"] = "serial"  #: style of 001
    sets: Literal["whole", "volumes"] = "whole"  #: one record for a set, or one for each volume
    volumes: Literal["number", "chinese", "upper lower", "in title"] = (
        "number"  #: 1, 第一册, 上册, or in the title
    )
    call_number: Literal["running", "author", "corner"] = "running"  #: 种次号, 著者号, 四角号码
    extent: Literal["pages", "spaced", "p", "isbd"] = "pages"
    price: Literal["CNY", "sign", "yuan"] = "CNY"
    date: Literal["month", "year", "bracketed"] = "year"
    barcode: Literal["plain", "prefixed"] = "plain"  #: plain ones are the same numbers in many libraries
    keeps_script: bool = False  #: transcribes traditional script as printed
    missing_isbn: float = 0.03
    missing_year: float = 0.003
    short_publisher: float = field(default=0.1)  #: share of records with the publisher's short form


@cache
def catalogues() -> tuple[Habits, ...]:
    """The habits of every catalogue of the network."""
    said = tomllib.loads((files("hub.simulation.demo") / "members.toml").read_text("utf-8"))
    return tuple(Habits(**{**each, "shares": tuple(each.get("shares", ()))}) for each in said["catalogue"])
