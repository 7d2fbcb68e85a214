"""The one catalogue of what the hub says to people, in Chinese and English.

One TOML file per area beside this module; a key is ``area.name`` (area = file name) and has ``zh`` and
``en``, both with the same {placeholders}. A test holds the two languages to equal keys and placeholders.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh", "en")


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Every message by its key, with its text per language."""
    found: dict[str, Mapping[str, str]] = {}
    for entry in sorted(files("hub.messages").iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            area = entry.name.removesuffix(".toml")
            for name, texts in tomllib.loads(entry.read_text("utf-8")).items():
                found[f"{area}.{name}"] = texts
    return found


@dataclass(frozen=True, slots=True)
class Phrase:
    """Part of a sentence that is itself said in the language of the whole."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """The words, and the particulars behind them."""
        words = text(self.key, language) if self.key in messages() else self.key.rpartition(".")[2]
        particulars = ", ".join(
            f"{name}={value}" for name, value in self.values.items() if value not in (None, "")
        )
        return f"{words} ({particulars})" if particulars else words


def text(key: str, language: str, /, **values: object) -> str:
    """The sentence ``key`` in ``language`` (``zh`` or ``en``) with its placeholders filled.

    Raises:
        KeyError: the catalogue has no such key: a mistake in the code, caught by the message tests.
    """
    sentence = messages()[key][language if language in LANGUAGES else "en"]
    said = {
        name: value.say(language) if isinstance(value, Phrase) else value for name, value in values.items()
    }
    return sentence.format(**said) if said else sentence


def label(name: str, language: str) -> str:
    """The name of a value as people call it; the name itself where the catalogue has none."""
    key = f"labels.{name}"
    return text(key, language) if key in messages() else name
