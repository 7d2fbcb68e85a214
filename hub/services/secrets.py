"""Secrets of members' systems: named where they are needed, kept outside the database, looked up when used.

A reference is ``env:TONGJIE_SECRET_NAME``, ``file:/absolute/path`` or ``secret:NAME`` (a file of that name in
the folder ``secrets`` of the hub's data). ``hub.bootstrap`` hands in what looks them up.

Owns: which options are secrets, what a reference looks like, hiding a secret in a text.
Must not: read the environment or a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from hub.errors import Refusal

#: options whose values are secrets, in every protocol
SECRET_OPTIONS: Final = frozenset({"password"})
#: what stands for a secret wherever options are shown
HIDDEN: Final = "***"

_REFERENCE: Final = re.compile(
    r"env:TONGJIE_SECRET_[A-Z0-9_]+|file:/[^\x00]+|secret:[A-Za-z0-9][A-Za-z0-9_.-]*"
)


class Secrets(Protocol):
    """Where secrets are looked up."""

    def look_up(self, reference: str) -> str:
        """The secret behind a reference.

        Raises:
            Refusal: there is none.
        """
        ...

    def conceal(self, text: str) -> str:
        """The text without any secret that was looked up."""
        ...


class NoSecrets:
    """For hubs whose members ask for none."""

    def look_up(self, reference: str) -> str:
        """There is never one."""
        raise Refusal("sources.no_secret", field="password", reference=reference)

    def conceal(self, text: str) -> str:
        """Nothing was looked up."""
        return text


def is_reference(value: object) -> bool:
    """Whether an option's value only refers to a secret."""
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


def clear_secrets(options: Mapping[str, Any]) -> list[str]:
    """The options that hold a secret itself instead of a reference, by name."""
    return sorted(
        name
        for name, value in options.items()
        if name in SECRET_OPTIONS and value not in (None, "") and not is_reference(value)
    )


def refuse_clear(options: Mapping[str, Any], address: str) -> None:
    """Nothing, when options and address hold no secret in clear.

    Raises:
        Refusal: naming the option, and how to refer to a secret. The secret itself is not repeated.
    """
    for name in clear_secrets(options):
        raise Refusal("sources.clear_secret", field=name, option=name)
    if "@" in urlsplit(address).netloc:
        raise Refusal("sources.secret_in_address", field="address")


def with_secrets(options: Mapping[str, Any], secrets: Secrets) -> dict[str, Any]:
    """The options with the secrets that they refer to: to be used at once, never to be kept or shown.

    Raises:
        Refusal: a secret is not there.
    """
    return {
        name: secrets.look_up(value) if name in SECRET_OPTIONS and is_reference(value) else value
        for name, value in options.items()
    }


def shown(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options for people: references as they are, a secret left in clear by an earlier release hidden."""
    hidden = clear_secrets(options)
    return {name: HIDDEN if name in hidden else value for name, value in options.items()}
