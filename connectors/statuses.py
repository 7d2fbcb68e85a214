"""What systems call the state of a volume, in eight words: for items in records and for live answers alike.

Owns: the vocabulary and its reading (``statuses.yaml`` holds the words met in the field).
Must not: decide whether a volume is lent; the hub's policy does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

import yaml

from hub.kernel.text import fold

CirculationStatus: TypeAlias = Literal[
    "available", "on_loan", "reference_only", "reserved", "in_process", "lost", "withdrawn", "unknown"
]

STATUSES: Final[tuple[CirculationStatus, ...]] = get_args(CirculationStatus)

_BETWEEN: Final = re.compile(r"[\s_]+|(?<=\w)-(?=\w)")
_AROUND: Final = " .,;:!()[]<>{}（）【】〔〕，。；：、\"'“”"
_DENIAL: Final = re.compile(r"\b(?:not|no|non)\b|[不未非无]")
_LONGEST: Final = 200  # of a text; longer ones are no status


def circulation_status(text: str) -> CirculationStatus:
    """The state that a status text means; ``unknown`` for an empty text and for words nobody listed."""
    stated = _plain(text[:_LONGEST])
    known = words()
    if (exact := known.get(stated)) is not None:
        return exact
    if _DENIAL.search(stated):
        return "unknown"
    for end in range(len(stated) - 1, 0, -1):
        if not stated[end].isalpha() and (found := known.get(stated[:end].rstrip(_AROUND))) is not None:
            return found
    return "unknown"


@cache
def words() -> Mapping[str, CirculationStatus]:
    """The words of ``statuses.yaml``, folded, with what they mean."""
    document = yaml.safe_load(files("connectors").joinpath("statuses.yaml").read_text("utf-8"))
    return MappingProxyType(
        {_plain(word): status for status in STATUSES for word in document.get(status, ())}
    )


def _plain(text: str) -> str:
    """Folded, with single spaces, without brackets and stops around it."""
    plain = _BETWEEN.sub(" ", fold(text)).strip(_AROUND)
    return plain or text.strip()
