"""What a feature is: one kind of evidence on whether two records describe one edition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dedupe.description import Description

ABSENT = "absent"  #: at least one of the records says nothing about it


@dataclass(frozen=True, slots=True)
class Feature:
    """``compare`` maps what ``extract`` took from two records to one of ``levels``.

    ``levels`` go from most different to most alike; the weights of the model rise along them. ``ABSENT``
    stands outside that order. A feature whose ``conflict`` level is given counts among the contradictions of
    a pair.
    """

    name: str
    levels: tuple[str, ...]
    extract: Callable[[Description], Any]
    compare: Callable[[Any, Any], str]
    conflict: str = ""
    show: Callable[[Any], str] = str  #: the extracted value for a person who asks why
