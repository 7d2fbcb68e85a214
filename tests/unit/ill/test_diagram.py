from __future__ import annotations

from pathlib import Path

import pytest

import ill
from ill.diagram import diagrams

README = (Path(ill.__file__).parent / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", diagrams())
def test_the_pictures_are_the_tables(name: str) -> None:
    """Print them anew with ``python -m ill.diagram``."""
    assert f"```mermaid\n{diagrams()[name]}\n```" in README


def test_every_state_and_event_is_drawn() -> None:
    drawn = diagrams()["supply"]
    assert "asked --> picking: accepted" in drawn
    assert "lost --> [*]" in drawn
