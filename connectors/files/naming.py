"""What the names of dropped files say: whether they are whole, what they are, and in which order they apply.

Owns: the conventions of names. Must not: look at a file.
"""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath
from typing import Final

#: Endings of files that are still being written.
_UNFINISHED: Final = (".part", ".partial", ".tmp", ".filepart", ".crdownload", ".writing")
#: Endings of the empty files that say that the file beside them is whole.
MARKERS: Final = (".done", ".ok", ".ready")
#: Ending of the file that says what the columns of the table beside it hold.
MAPPING: Final = ".columns.json"

#: Last words of names that say what a file does; files in a folder of that role need none.
_ROLE_WORDS: Final = {
    "delta": ("delta", "inc", "incremental", "update", "updates", "changes", "增量", "更新"),
    "deleted": ("deleted", "delete", "del", "removed", "withdrawn", "删除", "注销"),
}
_ENDING: Final = re.compile(r"(\.(?!gz|zip)[a-z0-9]{1,8})?(\.(gz|zip))?\Z")
_SEPARATOR: Final = re.compile(r"[-_. ]")
_STAMP: Final = re.compile(r"(?<!\d)(20\d{2})-?(\d{2})-?(\d{2})(?:[-_T ]?(\d{2}):?(\d{2}):?(\d{2})?)?(?!\d)")
_NUMBER: Final = re.compile(r"(\d+)")


class Role(StrEnum):
    """What a file does to the records it names."""

    FULL = "full"
    DELTA = "delta"
    DELETED = "deleted"


def is_unfinished(name: str) -> bool:
    """Whether a name says that the file is still being written."""
    return name.casefold().endswith(_UNFINISHED)


def is_ignored(name: str) -> bool:
    """Whether a file of this name is none of records: hidden, or there for the sake of another."""
    return name.startswith((".", "~")) or name.casefold().endswith((*MARKERS, MAPPING))


def role_of(name: str) -> Role:
    """What a file outside the folders of a role is: ``jlt-delta.mrc`` is a delta; most are full loads."""
    whole = PurePath(name).name.casefold()
    for text in (whole, _ENDING.sub("", whole, count=1)):
        last = _SEPARATOR.split(text)[-1]
        for role, words in _ROLE_WORDS.items():
            # Chinese words are not set off from the rest of the name.
            if last in words or (not last.isascii() and last.endswith(words)):
                return Role(role)
    return Role.FULL


def stamp_of(name: str) -> str | None:
    """The date, with its time where there is one, that a name carries, as sortable digits."""
    found = _STAMP.search(PurePath(name).name)
    if found is None or not ("01" <= found[2] <= "12" and "01" <= found[3] <= "31"):
        return None
    return "".join(part or "00" for part in found.groups())


def in_natural_order(name: str) -> tuple[tuple[int, str], ...]:
    """A sort key by which ``delta-2`` stands before ``delta-10``."""
    pieces = _NUMBER.split(name)
    return tuple((int(piece[:18]) if place % 2 else 0, piece) for place, piece in enumerate(pieces))
