"""A source's options as people write them in a form: one ``NAME=VALUE`` to a line."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from hub.errors import Refusal
from hub.services.harvesting.options import stated_value
from hub.services.secrets import HIDDEN


def from_lines(text: str) -> dict[str, Any]:
    """The options of these lines.

    Raises:
        Refusal: a line is no ``NAME=VALUE``.
    """
    found: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise Refusal("harvest.bad_option_form", field="options", option=line)
        if value != HIDDEN:
            found[name.strip()] = stated_value(value.strip())
    return found


def as_lines(options: Mapping[str, Any]) -> str:
    """The options as lines that ``from_lines`` reads."""
    return "\n".join(f"{name}={_written(value)}" for name, value in sorted(options.items()))


def taken_away(before: Mapping[str, Any], after: Collection[str], elsewhere: Collection[str]) -> list[str]:
    """The options that had a line and have none now; not those that are written ``elsewhere`` or hidden."""
    lines = (name for name, value in before.items() if name not in elsewhere and value != HIDDEN)
    return [name for name in lines if name not in after]


def _written(value: Any) -> str:
    # What is text stays as it is, unless it would be read back as something else.
    one_line = isinstance(value, str) and value == value.strip() and len(value.splitlines()) <= 1
    if one_line and stated_value(value) == value:
        return str(value)
    return json.dumps(value)
