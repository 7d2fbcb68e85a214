"""Roles of names: words or UNIMARC numbers in CNMARC $4, words in $e and codes in $4 of MARC 21."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

import yaml

from hub.kernel.record import Subfield

_NUMBER: Final = re.compile(r"\d{3}")
_AROUND: Final = re.compile(r"^[(（\[]|[)）\]]$|等$|\.$")


def to_marc21(stated: str) -> tuple[Subfield, ...]:
    """CNMARC $4: a number becomes the code, a word stays in $e with its code beside it where there is one."""
    numbers, words = _numbers(), _words()
    if _NUMBER.fullmatch(stated):
        return (Subfield("4", numbers.get(stated, stated)),)
    code = words.get(_AROUND.sub("", stated.strip()))
    return (Subfield("e", stated), *((Subfield("4", code),) if code else ()))


def to_cnmarc(words: Sequence[str], codes: Sequence[str]) -> tuple[Subfield, ...]:
    """MARC 21 $e and $4: the words; the codes that no word stands for as numbers, or as they are."""
    explained = {part.value for word in words for part in to_marc21(word) if part.code == "4"}
    back = {code: number for number, code in reversed(_numbers().items())}
    others = (code.rpartition("/")[2] for code in codes)
    return (
        *(Subfield("4", word) for word in words),
        *(Subfield("4", back.get(code, code)) for code in others if code not in explained),
    )


@cache
def _table() -> Mapping[str, Mapping[str, Sequence[str]]]:
    text = files("connectors.marc.crosswalk").joinpath("roles.yaml").read_text("utf-8")
    return MappingProxyType(yaml.safe_load(text))


@cache
def _words() -> Mapping[str, str]:
    return {word: code for code, entry in _table().items() for word in entry["words"]}


@cache
def _numbers() -> dict[str, str]:
    return {number: code for code, entry in _table().items() for number in entry["numbers"]}
