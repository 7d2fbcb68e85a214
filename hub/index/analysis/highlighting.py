"""Where a query's tokens stand in the text as it is shown.

Owns: folding with an offset map, so that 紅樓夢 is marked when 红楼梦 was asked for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from hub.index.analysis.tokens import Run, runs_of_folded
from hub.kernel.text import fold


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, and for each of its characters the stretch of the original it came from."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def folded_with_offsets(text: str) -> Folded:
    """Fold ``text``, remembering where each folded character came from.

    A letter is folded together with the combining marks that follow it, since they may become one.
    """
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        piece = fold(text[start:end])
        pieces.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))
        start = end
    return Folded("".join(pieces), tuple(starts), tuple(ends))


def highlights(text: str, wanted: Collection[str]) -> tuple[tuple[int, int], ...]:
    """The stretches of ``text`` (start, end) that wanted tokens cover, in order, joined where they touch."""
    folded = folded_with_offsets(text)
    covered: set[int] = set()
    for run in runs_of_folded(folded.text):
        for start, end in _matches(run, wanted):
            covered.update(range(folded.starts[start], folded.ends[end - 1]))
    return _stretches(sorted(covered))


def _matches(run: Run, wanted: Collection[str]) -> list[tuple[int, int]]:
    if not run.unspaced:
        return [(run.start, run.start + len(run.text))] if run.text in wanted else []
    return [
        (run.start + at, run.start + at + length)
        for length in (1, 2)
        for at in range(len(run.text) - length + 1)
        if run.text[at : at + length] in wanted
    ]


def _stretches(places: list[int]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for place in places:
        if found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return tuple(found)
