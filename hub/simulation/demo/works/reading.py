"""The works from their files."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from hub.simulation.demo.works.values import Audience, Contributor, Original, Work

NAMES = "names.toml"
TRANSLATED = "译"
_RESPONSIBILITY = re.compile(r"(?:\((?P<origin>[^)]+)\))?(?P<name>.+) (?P<role>\S+)")


@cache
def works() -> tuple[Work, ...]:
    """Every work, in the order of the files' names and lines.

    Raises:
        ValueError: a responsibility is not written as ``(origin)name role``.
        KeyError: a name is missing in names.toml.
    """
    names = _load(NAMES)
    folder = files("hub.simulation.demo.works")
    themes = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(
        _work(line, group, names)
        for theme in themes
        if theme != NAMES
        for group in _load(theme)["group"]
        for line in group["works"]
    )


def _load(name: str) -> Mapping[str, Any]:
    return tomllib.loads((files("hub.simulation.demo.works") / name).read_text("utf-8"))


def _work(line: Mapping[str, Any], group: Mapping[str, Any], names: Mapping[str, Any]) -> Work:
    said = {**group, **line}
    return Work(
        key=said["key"],
        title=said["title"],
        pinyin=said["pinyin"],
        by=tuple(_contributors(said["by"], names)),
        clc=said["clc"],
        subjects=tuple(said["subjects"]),
        audience=Audience(said["audience"]),
        traditional=said.get("traditional", ""),
        other_titles=tuple(said.get("other_titles", ())),
        volumes=said.get("volumes", 1),
        translators=tuple(
            tuple(_contributor(name, TRANSLATED, "", names) for name in group_of_names)
            for group_of_names in said.get("translators", ())
        ),
        original=_original(said.get("original")),
        since=said.get("since", 1979),
        popular=said.get("popular", False),
    )


def _contributors(written: list[str], names: Mapping[str, Any]) -> Iterator[Contributor]:
    for text in written:
        match = _RESPONSIBILITY.fullmatch(text)
        if match is None:
            raise ValueError(f"not (origin)name role: {text!r}")
        yield _contributor(match["name"], match["role"], match["origin"] or "", names)


def _contributor(name: str, role: str, origin: str, names: Mapping[str, Any]) -> Contributor:
    known = names[name]
    return Contributor(name, role, origin, known["pinyin"], known.get("traditional", name))


def _original(said: Mapping[str, Any] | None) -> Original | None:
    return Original(said["title"], tuple(said["by"]), said["language"]) if said else None
