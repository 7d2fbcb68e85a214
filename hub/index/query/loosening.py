"""What a reader may have meant when nothing was found.

Owns: the plan that gathers titles near to what was typed: most of its characters, the same sounds, few edits.
It is only for gathering; whoever asks compares the titles themselves.
"""

from __future__ import annotations

import math

from hub.index import fields
from hub.index.analysis import pinyin, tokens
from hub.index.query.plan import AnyOf, Near, Plan, Term, any_of

LOOSE_SHARE = 0.5
SHORTEST_FUZZY_WORD, LONG_WORD = 4, 8
MOST_TOKENS = 24


def loosened(text: str) -> Plan:
    """Titles that come near to ``text``."""
    cut = tokens.runs(text)
    characters = tuple(dict.fromkeys(character for run in cut if run.unspaced for character in run.text))
    pairs = tuple(token for token in pinyin.tokens(text) if not token.startswith(pinyin.WHOLE))
    words = [run.text for run in cut if not run.unspaced and len(run.text) >= SHORTEST_FUZZY_WORD]
    near: list[Plan] = [Near(fields.TITLE, word, _edits(word)) for word in words[:MOST_TOKENS]]
    near += [Near(fields.TITLE_PINYIN, pinyin.WHOLE + word, _edits(word)) for word in words[:MOST_TOKENS]]
    return any_of((*_most(fields.TITLE, characters), *_most(fields.TITLE_PINYIN, pairs), *near))


def _most(field: str, wanted: tuple[str, ...]) -> tuple[Plan, ...]:
    kept = wanted[:MOST_TOKENS]
    if not kept:
        return ()
    return (AnyOf(tuple(Term(field, token) for token in kept), max(1, math.ceil(len(kept) * LOOSE_SHARE))),)


def _edits(word: str) -> int:
    return 2 if len(word) >= LONG_WORD else 1
