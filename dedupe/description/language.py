"""Languages: of the text, and of the original where it is a translation."""

from __future__ import annotations

from dataclasses import dataclass

from dedupe.description.fields import Fields

_UNTOLD = frozenset({"und", "mul", "zxx", "|||", "   ", ""})
_SAME = {"zho": "chi", "deu": "ger", "fra": "fre", "cze": "ces"}


@dataclass(frozen=True, slots=True)
class Language:
    """Codes of ISO 639-2 in their bibliographic form."""

    text: str = ""
    original: str = ""


def read_language(fields: Fields) -> Language:
    """Read the language codes of the record."""
    if fields.unimarc:
        text, original = fields.first("101", "a"), fields.first("101", "c")
    else:
        text, original = fields.control("008")[35:38] or fields.first("041", "a"), fields.first("041", "h")
        if _code(text) == "":
            text = fields.first("041", "a")
    return Language(_code(text), _code(original))


def _code(text: str) -> str:
    code = text.strip().lower()[:3]
    return "" if code in _UNTOLD else _SAME.get(code, code)
