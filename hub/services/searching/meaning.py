"""Did you mean: titles near to what was typed, looked for only when nothing was found.

Owns: comparing titles with what was typed, by characters and by sound.
"""

from __future__ import annotations

import asyncio
from typing import Any

from rapidfuzz import fuzz

from hub.index.analysis import pinyin, tokens
from hub.index.documents import main_title
from hub.index.port import Search, UnionIndex
from hub.index.query.loosening import SHORTEST_FUZZY_WORD, loosened
from hub.services.context import Hub
from hub.storage import editions
from hub.storage.editions import EditionRow

GATHERED, OFFERED = 50, 3
NEAR_ENOUGH = 65.0  # of 100
SOUND_FACTOR = 0.97  # same sound, other characters: likely a slip of the input method, but less than the same


async def guesses(hub: Hub, index: UnionIndex, typed: str) -> list[dict[str, Any]]:
    """The nearest titles, the likeliest first: what to search for instead, and the edition it would find."""
    page = await asyncio.to_thread(index.search, Search(loosened(typed), limit=GATHERED))
    keys = [hit.key for hit in page.hits]
    found = await hub.store.read(lambda connection: editions.editions(connection, keys))
    scored = [(nearness(typed, found[key]), key) for key in keys if key in found]
    best: dict[str, dict[str, Any]] = {}
    for score, key in sorted(scored, key=lambda pair: -pair[0]):
        title = main_title(found[key].title)
        if score >= NEAR_ENOUGH:
            best.setdefault(title, {"query": title, "edition": key})
    return list(best.values())[:OFFERED]


def nearness(typed: str, edition: EditionRow) -> float:
    """How near an edition's title, with or without its author, is to what was typed; 0 to 100."""
    written = tokens.compact(typed)
    title = tokens.compact(main_title(edition.title))
    author = tokens.compact(edition.authors[0]) if edition.authors else ""
    by_characters = max(fuzz.ratio(written, form) for form in (title, title + author, author + title))
    by_word = max((fuzz.ratio(written, word) for word in _words(edition.title)), default=0.0)
    by_sound = fuzz.ratio(_sound(typed), _sound(main_title(edition.title))) * SOUND_FACTOR
    return float(max(by_characters, by_word, by_sound))


def _words(title: str) -> list[str]:
    return [
        run.text for run in tokens.runs(title) if not run.unspaced and len(run.text) >= SHORTEST_FUZZY_WORD
    ]


def _sound(text: str) -> str:
    return pinyin.sort_key(text).replace(" ", "")
