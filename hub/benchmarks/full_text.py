"""The peer of ``search``: SQLite's full-text index FTS5, with the same tokens in the same fields as ours."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from itertools import chain
from pathlib import Path

from hub.benchmarks.searches import FACETS, LIMIT, Found, Query
from hub.index import fields
from hub.index.documents import Document
from hub.index.fields import Facet

_COLUMNS = (*fields.ORDERED_FIELDS, *fields.TOKEN_FIELDS, *fields.VALUE_FIELDS)
_WHOLE = frozenset(fields.VALUE_FIELDS)  #: one value is one token there
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_CREATE = (
    f"CREATE VIRTUAL TABLE editions USING fts5 ({_NAMES}, content = '', "
    "tokenize = 'unicode61 remove_diacritics 0')"
)
_ADD = f"INSERT INTO editions (rowid, {_NAMES}) VALUES (?{', ?' * len(_COLUMNS)})"
_FIND = "SELECT rowid FROM editions WHERE editions MATCH ? ORDER BY rank"
#: what FTS5 does not cut, whichever Unicode it knows
_KEPT_WHOLE = re.compile("[a-z0-9\u4e00-\u9fff]+")


def is_here() -> bool:
    """Whether this SQLite was built with FTS5."""
    with closing(sqlite3.connect(":memory:")) as connection:
        return ("ENABLE_FTS5",) in connection.execute("PRAGMA compile_options").fetchall()


class FullTextIndex:
    """One table of tokens; keys and facets are kept in memory, the quickest place for them."""

    def __init__(self, folder: Path) -> None:
        """Make an empty index in a new folder."""
        folder.mkdir()
        self._connection = sqlite3.connect(folder / "index.sqlite", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(_CREATE)
        self._keys: list[str] = []
        self._facets: list[tuple[tuple[Facet, str], ...]] = []

    def add(self, documents: Iterable[Document]) -> None:
        """Index documents in one transaction."""
        self._connection.execute("BEGIN")
        self._connection.executemany(_ADD, map(self._row, documents))
        self._connection.execute("COMMIT")

    def _row(self, document: Document) -> tuple[object, ...]:
        self._keys.append(document.key)
        self._facets.append(tuple((facet, value) for facet in FACETS for value in document.facets[facet]))
        return len(self._keys) - 1, *(_spelled_texts(document, name) for name in _COLUMNS)

    def count(self) -> int:
        """How many documents it holds."""
        number: int = self._connection.execute("SELECT count(*) FROM editions").fetchone()[0]
        return number

    def find(self, query: Query) -> Found:
        """The documents with all tokens of the query, the best first, and what there is of each facet."""
        wanted = " AND ".join(f'"{spelled(token)}"' for token in query)
        found = [row for (row,) in self._connection.execute(_FIND, (f"{fields.TEXT} : ({wanted})",))]
        counts = Counter(chain.from_iterable(map(self._facets.__getitem__, found)))
        counted: dict[Facet, dict[str, int]] = {facet: {} for facet in FACETS}
        for (facet, value), number in counts.items():
            counted[facet][value] = number
        return Found(len(found), tuple(self._keys[row] for row in found[:LIMIT]), counted)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def spelled(token: str) -> str:
    """The token as FTS5 keeps it whole: in hexadecimal where signs or rare characters would cut it."""
    return token if _KEPT_WHOLE.fullmatch(token) else "x" + token.encode().hex()


def _spelled_texts(document: Document, name: str) -> str:
    texts = document.texts.get(name, ())
    tokens = texts if name in _WHOLE else chain.from_iterable(text.split() for text in texts)
    return " ".join(map(spelled, tokens))
