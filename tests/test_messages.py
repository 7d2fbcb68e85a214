"""The catalogue of messages: both languages complete, every key used in code known."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

from hub.messages.catalogue import LANGUAGES, messages, text

ROOT = Path(__file__).resolve().parent.parent
AREAS = sorted(path.stem for path in (ROOT / "hub" / "messages").glob("*.toml"))
#: keys written in code: "area.key" in quotes, where the area exists
USED = re.compile(rf"""["']((?:{"|".join(AREAS)})\.[a-z0-9_]+)["']""")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", sorted(messages()))
def test_both_languages_say_it_with_the_same_values(key: str) -> None:
    said = messages()[key]
    assert set(said) == set(LANGUAGES), key
    assert placeholders(said["zh"]) == placeholders(said["en"]), key
    assert all(said[language].strip() for language in LANGUAGES), key


def test_chinese_sentences_are_chinese_and_english_ones_are_not() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    # 演示 and 荐购 are terms that English readers of this network meet too.
    wrong = [
        key
        for key, said in messages().items()
        if han.search(said["en"].replace("演示", "").replace("荐购", "").replace("统一书号", ""))
    ]
    assert wrong == []


def test_every_key_used_in_code_is_in_the_catalogue() -> None:
    operation_names = re.compile(r"""Operation\(\s*["']([a-z_.]+)["']""")
    unknown: set[str] = set()
    for path in sorted((ROOT / "hub").rglob("*.py")):
        source = path.read_text("utf-8")
        names = set(operation_names.findall(source))
        for key in USED.findall(source):
            file_name = key.rpartition(".")[2] in {"toml", "json", "py", "csv", "html"}
            if key not in messages() and key not in names and not file_name:
                unknown.add(f"{path.relative_to(ROOT)}: {key}")
    known_operations = {
        name
        for path in (ROOT / "hub").rglob("*.py")
        for name in operation_names.findall(path.read_text("utf-8"))
    }
    assert sorted(entry for entry in unknown if entry.partition(": ")[2] not in known_operations) == []


def test_no_area_is_parsed_differently_than_written() -> None:
    for area in AREAS:
        for name in tomllib.loads((ROOT / "hub" / "messages" / f"{area}.toml").read_text("utf-8")):
            assert f"{area}.{name}" in messages()


def test_an_unknown_language_is_answered_in_english() -> None:
    assert text("common.sign_in_first", "fr") == text("common.sign_in_first", "en")
