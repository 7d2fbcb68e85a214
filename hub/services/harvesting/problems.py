"""Connectors' codes in words for people."""

from __future__ import annotations

from collections.abc import Mapping

from hub.messages.catalogue import Phrase


def problem_phrase(code: str, values: Mapping[str, object]) -> Phrase:
    """A connector's or harvest's problem with its particulars, to be said in the reader's language."""
    return Phrase(f"harvest.{code}", values)


def say_stored(problem: str, language: str) -> str:
    """The sentence for a problem as a run keeps it: ``code`` or ``code: particulars``."""
    code, _, particulars = problem.partition(": ")
    sentence = Phrase(f"harvest.{code}").say(language)
    return f"{sentence} ({particulars})" if particulars else sentence
