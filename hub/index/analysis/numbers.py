"""Numbers as tokens: ISBN, ISSN, 统一书号, call numbers and classes, however they were written.

Owns: recognising them in what a reader typed, and the one form under which each is indexed.
"""

from __future__ import annotations

import re

from hub.kernel.call_numbers import clc_class, clc_path
from hub.kernel.identifiers import isbn13, issn, unified_book_number
from hub.kernel.text import fold

_STANDARD_SHAPE = re.compile(r"(?:isbn|issn|ean)?[:\s]*([\dx\s-]{8,})", re.ASCII)
_UNIFIED_SHAPE = re.compile(r"(\d{4,5})[.·•・‧∙-](\d{1,5})")
_CALL_NUMBER_SHAPE = re.compile(r"[a-z]{1,2}\d[\d.]*(?:[-(\"=<+:][^/\s]*)?(?:[/ ][\w.:()=\-/]+)?", re.ASCII)
_SPACES = re.compile(r"\s+")
SHORTEST_ISBN, ISSN_LENGTH = 10, 8


def standard(text: str) -> tuple[str, ...]:
    """The forms under which a standard number of a record is indexed.

    A number with a wrong check digit is kept as it stands: what is printed on the book still finds it.
    """
    found = isbn13(text) or issn(text) or unified_book_number(text)
    bare = re.sub(r"[^\dxX]", "", text).lower()
    return tuple(dict.fromkeys(form.lower() for form in (found, bare) if form))


def asked(text: str) -> tuple[str, ...]:
    """The forms to look up when all of ``text`` is a standard number; nothing when it is not one."""
    plain = fold(text).strip()
    found: tuple[str, ...] = ()
    # 1001-8263 may be meant as either: an ISSN has the shape of a 统一书号 written with a hyphen.
    if unified := _UNIFIED_SHAPE.fullmatch(plain):
        found = standard(".".join(unified.groups()))
    shaped = _STANDARD_SHAPE.fullmatch(plain)
    bare = re.sub(r"[\s-]", "", shaped[1]) if shaped else ""
    if shaped and (len(bare) == ISSN_LENGTH or len(bare) >= SHORTEST_ISBN):
        found += standard(shaped[1])
    return tuple(dict.fromkeys(found))


def call_number(text: str) -> str:
    """A call number without spaces and case."""
    return _SPACES.sub("", fold(text))


def looks_like_call_number(text: str) -> bool:
    """Whether a reader may have typed a call number or a class: a letter or two, then digits."""
    return _CALL_NUMBER_SHAPE.fullmatch(fold(text).strip()) is not None


def class_steps(text: str) -> tuple[str, ...]:
    """A class and every shorter one above it, without dots: I247.57 is under i, i2, i24, i247, i2475."""
    found = clc_class(text)
    if found is None:
        return ()
    bare = found.replace(".", "").lower()
    return tuple(bare[:length] for length in range(1, len(bare) + 1))


def facet_classes(text: str) -> tuple[str, ...]:
    """The first two levels of 中图法 that a number belongs to."""
    return clc_path(text)[:2]
