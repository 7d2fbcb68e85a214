"""What an OAI-PMH source's options mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors import options as read
from connectors.harvesting import patience
from connectors.harvesting.patience import Patience
from connectors.options import Options
from connectors.transport import HttpPolicy, http_address

_WINDOW: Final = 50_000
_PAGE: Final = 100  # records that a page usually brings

#: Option names and what they mean, for help texts and validation.
OPTIONS: Final = {
    "prefix": "metadata prefix; by default the first MARC format offered",
    "set": "harvest only this set",
    "identifier": "header: the whole OAI identifier; tail: what follows its last colon or slash",
    "max_set": "longest list followed in one go; longer ones are asked for in windows of dates",
    "timeout": "seconds for one answer",
    "user": "user name",
    "password": "password",
    **patience.OPTIONS,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """A repository's address and the way to talk to it."""

    address: str
    prefix: str | None
    set: str | None
    tail_identifiers: bool
    patience: Patience
    policy: HttpPolicy
    credentials: tuple[str, str] | None


def settings(address: str, options: Options) -> Settings:
    """Read a source's address and options.

    Raises:
        Misconfigured: naming the address or the option.
    """
    user = read.optional_text(options, "user")
    return Settings(
        address=http_address(address),
        prefix=read.optional_text(options, "prefix"),
        set=read.optional_text(options, "set"),
        tail_identifiers=read.choice(options, "identifier", "header", ("header", "tail")) == "tail",
        patience=patience.patience(
            options, limit=read.whole(options, "max_set", _WINDOW, 1, 10_000_000), chunk=_PAGE
        ),
        policy=HttpPolicy(seconds=read.seconds(options, "timeout", 120.0)),
        credentials=None if user is None else (user, read.text(options, "password")),
    )
