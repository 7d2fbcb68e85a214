"""Reading a source's options: what an operator wrote as ``--option K=V``, checked and typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from connectors.errors import Misconfigured

Options: TypeAlias = Mapping[str, object]


def text(options: Options, name: str, default: str = "") -> str:
    """The option as text."""
    value = options.get(name)
    return default if value is None else str(value)


def optional_text(options: Options, name: str) -> str | None:
    """The option as text; None where it is absent or empty."""
    return text(options, name) or None


def whole(options: Options, name: str, default: int, least: int, most: int) -> int:
    """The option as a whole number within bounds.

    Raises:
        Misconfigured: ``bad_option``.
    """
    value = options.get(name, default)
    try:
        number = int(str(value))
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise Misconfigured("bad_option", name, option=name, value=value, expected=f"{least}..{most}")
    return number


def seconds(options: Options, name: str, default: float, most: float = 3600.0) -> float:
    """The option as a positive number of seconds.

    Raises:
        Misconfigured: ``bad_option``.
    """
    value = options.get(name, default)
    try:
        number = float(str(value))
    except ValueError:
        number = 0.0
    if not 0.0 < number <= most:
        raise Misconfigured("bad_option", name, option=name, value=value, expected=f"0..{most:g} s")
    return number


def choice(options: Options, name: str, default: str, choices: tuple[str, ...]) -> str:
    """The option as one of the given words.

    Raises:
        Misconfigured: ``bad_option``.
    """
    value = text(options, name, default).casefold()
    if value not in choices:
        raise Misconfigured("bad_option", name, option=name, value=value, expected=", ".join(choices))
    return value


def yes(options: Options, name: str, default: bool = False) -> bool:
    """The option as yes or no.

    Raises:
        Misconfigured: ``bad_option``.
    """
    value = options.get(name, default)
    if isinstance(value, bool):
        return value
    return choice(options, name, "no", ("yes", "no", "true", "false", "1", "0")) in ("yes", "true", "1")
