"""Holdings profiles: where one library's records keep their items.

Owns: the shape of a profile and the list of known ones (``holdings_profiles.yaml``).
Must not: read records; ``connectors.marc.holdings`` applies a profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Places:
    """Where a field states each attribute: subfield codes, the first present wins; empty = nowhere."""

    tags: tuple[str, ...]
    barcode: str = ""
    location: str = ""
    shelf: str = ""
    call_number: str = ""
    call_parts: str = ""
    call_join: str = "/"
    volume: str = ""
    status: str = ""
    price: str = ""
    flags: Mapping[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> str:
        """Every subfield code that says something about an item."""
        item = self.barcode + self.location + self.shelf + self.volume + self.status + self.price
        return item + self.call_number + self.call_parts + "".join(self.flags)


@dataclass(frozen=True, slots=True)
class HoldingsProfile:
    """One practice of stating items. The keys are explained in ``holdings_profiles.yaml``."""

    name: str
    summary: Mapping[str, str]
    places: Places
    group_start: str = ""
    copies: bool = False
    ranges: bool = False
    ignored: str = ""
    holding: Places | None = None
    link_item: str = ""
    link_holding: str = ""

    @property
    def tags(self) -> tuple[str, ...]:
        """Every field that says something about items."""
        return self.places.tags if self.holding is None else (*self.places.tags, *self.holding.tags)


@cache
def profiles() -> Mapping[str, HoldingsProfile]:
    """The known profiles by name, in order of preference."""
    text = files("connectors.marc").joinpath("holdings_profiles.yaml").read_text("utf-8")
    return parse_profiles(text)


def parse_profiles(text: str) -> Mapping[str, HoldingsProfile]:
    """Profiles from YAML text, so that an operator can hold their own. Raises ``ValueError``."""
    document = yaml.safe_load(text)
    if not isinstance(document, dict):
        raise ValueError("a mapping of profile names is expected")
    return MappingProxyType({name: _profile(name, entry) for name, entry in document.items()})


def _profile(name: str, entry: Mapping[str, Any]) -> HoldingsProfile:
    holding: Mapping[str, Any] = entry.get("holding") or {}
    try:
        return HoldingsProfile(
            name=name,
            summary=MappingProxyType(dict(entry["summary"])),
            places=_places(entry),
            group_start=entry.get("group_start", ""),
            copies=entry.get("copies", False),
            ranges=entry.get("ranges", False),
            ignored=entry.get("ignored", ""),
            holding=_places(holding) if holding else None,
            link_item=holding.get("link_item", ""),
            link_holding=holding.get("link_holding", ""),
        )
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"profile {name}: {problem!r}") from None


def _places(entry: Mapping[str, Any]) -> Places:
    names = (
        "barcode",
        "location",
        "shelf",
        "call_number",
        "call_parts",
        "call_join",
        "volume",
        "status",
        "price",
        "flags",
    )
    return Places(tuple(entry["field"].split()), **{name: entry[name] for name in names if name in entry})
