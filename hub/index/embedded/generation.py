"""One index on disk: a folder with tantivy's files and the outbox position they stand at.

Owns: writing and reading one folder. The position is written after the commit it belongs to, so that a crash
between the two leaves an older position, whose replay changes nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from tantivy import Index, IndexWriter, Searcher

from hub.index import fields
from hub.index.documents import Document
from hub.index.embedded.schema import VERSION, schema, tantivy_document

POSITION_FILE = "position.json"
WRITER_BYTES = 64_000_000
WRITER_THREADS = 1  # analysis in Python is the slower half; one thread keeps document order


class Generation:
    """An open index folder. Searching is for any thread, writing for one at a time."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, creating an empty index where there is none."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._index = Index(schema(), str(folder))
        self._writer: IndexWriter | None = None
        self._closed = False
        self.position, self.usable = _read_position(folder)

    @property
    def writer(self) -> IndexWriter:
        """The writer, taken when it is first needed: readers leave the lock to whoever writes."""
        if self._closed:
            raise ValueError(f"the index in {self.folder.name} was closed")
        if self._writer is None:
            self._writer = self._index.writer(WRITER_BYTES, WRITER_THREADS)
        return self._writer

    def searcher(self) -> Searcher:
        """A view of the last commit that does not change."""
        return self._index.searcher()

    def add(self, documents: Iterable[Document]) -> int:
        """Add documents with new keys to the next commit; how many."""
        number = 0
        for document in documents:
            self.writer.add_document(tantivy_document(document))
            number += 1
        return number

    def delete(self, keys: Iterable[str]) -> None:
        """Delete the documents with these keys in the next commit."""
        for key in keys:
            self.writer.delete_documents_by_term(fields.KEY, key)

    def commit(self, position: int) -> None:
        """Make everything since the last commit durable and visible, at ``position``."""
        self.writer.commit()
        _write_durably(self.folder / POSITION_FILE, json.dumps({"position": position, "version": VERSION}))
        self.position, self.usable = position, True
        self._index.reload()

    def close(self) -> None:
        """Let go of the writer's lock. What was not committed is gone."""
        self._closed = True
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None


def write_pointer(file: Path, name: str) -> None:
    """Say durably which folder is the live one."""
    _write_durably(file, name)


def _read_position(folder: Path) -> tuple[int, bool]:
    """The position, and whether the folder holds an index of this version."""
    try:
        stated = json.loads((folder / POSITION_FILE).read_text("utf-8"))
        return int(stated["position"]), stated["version"] == VERSION
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return 0, False


def _write_durably(file: Path, text: str) -> None:
    beside = file.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
