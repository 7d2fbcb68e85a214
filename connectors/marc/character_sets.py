"""The encodings of the trade by the names they have here, and what Python calls them or lacks.

``latin-1-by-cp850`` is Western text that a conversion took for code page 850 when it was Latin-1 already:
every accented letter stands for another one. Union catalogues hold whole files of it.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BY_CP850: Final = "latin-1-by-cp850"

_PYTHON_NAMES: Final[Mapping[str, str]] = MappingProxyType({"big5": "cp950", "latin-1": "cp1252"})
_NO_CHARACTER: Final = "\ufffe"  #: what ``codecs.charmap_decode`` takes for a byte that means nothing


def text_of(data: bytes, name: str, errors: str = "strict") -> str:
    """The text of ``data``. Raises ``UnicodeDecodeError`` if strict, ``LookupError`` for an unknown name."""
    if name == BY_CP850:
        return codecs.charmap_decode(data, errors, _UNCONVERTED)[0]
    return data.decode(_PYTHON_NAMES.get(name, name), errors)


def _unconverted(code: int) -> str:
    """The letter that became this byte on its way through the wrong conversion."""
    if code < 0x80:
        return chr(code)
    wrong = chr(code).encode("cp850", "ignore")
    letter = wrong.decode("latin-1")
    return letter if letter.isprintable() and letter else _NO_CHARACTER


_UNCONVERTED: Final = "".join(map(_unconverted, range(0x100)))
