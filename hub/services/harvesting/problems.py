"""Connectors' codes in words for people."""

from __future__ import annotations

from collections.abc import Mapping

from hub.messages.catalogue import messages, text


def say_problem(code: str, values: Mapping[str, object], language: str = "en") -> str:
    """The sentence for a connector's or harvest's problem, with its particulars."""
    particulars = ", ".join(f"{name}={value}" for name, value in values.items() if value is not None)
    key = f"harvest.{code}"
    sentence = text(key, language) if key in messages() else code
    return f"{sentence} ({particulars})" if particulars else sentence


def say_stored(problem: str, language: str) -> str:
    """The sentence for a problem as a run keeps it: ``code`` or ``code: particulars``."""
    code, _, particulars = problem.partition(": ")
    key = f"harvest.{code}"
    sentence = text(key, language) if key in messages() else code
    return f"{sentence} ({particulars})" if particulars else sentence
