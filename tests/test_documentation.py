"""The documents say what is true: settings, commands, links and words are compared with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.cli.commands import COMMANDS
from hub.config import VARIABLES

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh.md")


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_documented(readme: str) -> None:
    documented = set(re.findall(r"`(TONGJIE_[A-Z0-9_]+)`", (ROOT / readme).read_text("utf-8")))
    assert documented == set(VARIABLES)


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_documented(readme: str) -> None:
    said = (ROOT / readme).read_text("utf-8")
    missing = [
        " ".join(command.words) for command in COMMANDS if f"tongjie {' '.join(command.words)}" not in said
    ]
    assert missing == []


@pytest.mark.parametrize("readme", READMES)
def test_the_two_commands_come_first(readme: str) -> None:
    said = (ROOT / readme).read_text("utf-8")
    assert "make demo" in said
    assert "make test" in said


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")) + sorted((ROOT / "hub").rglob("*.md")), ids=str)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_the_glossary_names_every_package_of_the_domain() -> None:
    glossary = (ROOT / "GLOSSARY.md").read_text("utf-8")
    for word in ("custody", "rota", "tote", "supply", "cluster", "quarantine", "outbox", "promise"):
        assert word in glossary
