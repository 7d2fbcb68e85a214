"""Texts as comparable words: the same for what is stored and what is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from hub.kernel.identifiers import isbn13
from hub.kernel.text import fold

_WORD: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u9fff\uf900-\ufaff]+")


def words(values: Iterable[str]) -> tuple[str, ...]:
    """The words of some texts, folded: runs of letters and digits, and each Chinese character by itself.

    Single characters let any run of a title be found without a dictionary.
    """
    return tuple(word for value in values for word in _WORD.findall(fold(value)))


def isbn(value: str) -> str:
    """An ISBN in its 13 digits; what is none, as it stands without hyphens and blanks."""
    return isbn13(value) or re.sub(r"[\s-]", "", value).upper()
