"""Comparisons with what is kept, told to people: the counts, and the first records of each kind."""

from __future__ import annotations

from collections.abc import Iterable

from hub.cli.command import Answer
from hub.cli.saying import labelled, table
from hub.messages.catalogue import text

#: records named in a row of a table; the JSON answer has more
_EXAMPLES = 3
_TABLES = frozenset({"differences", "quarantine"})


def say_compared(answer: Answer, language: str) -> Iterable[str]:
    """One source's comparison."""
    yield from labelled({name: value for name, value in answer.items() if name not in _TABLES}, language)
    yield ""
    rows = [
        {
            **one,
            "kind": text(f"sources.records_{one['kind']}", language),
            "examples": [f"{example['record']} {example['title']}".strip() for example in one["examples"]][
                :_EXAMPLES
            ],
        }
        for one in answer["differences"]
    ]
    yield from table(rows, language)
    reasons = [
        {"reason": said, "records": number} for said, number in answer["quarantine"]["reasons"].items()
    ]
    if reasons:
        yield ""
        yield from table(reasons, language)
    yield ""
    yield text("sources.compared", language)


def say_all_compared(answer: Answer, language: str) -> Iterable[str]:
    """Several sources' comparisons, one after the other."""
    for one in answer["sources"]:
        yield from say_compared(one, language)
        yield ""
