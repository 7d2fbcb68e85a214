"""What an OAI-PMH source's options mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors import options as read
from connectors.options import Options
from connectors.transport import HttpPolicy, http_address

#: Option names and what they mean, for help texts and validation.
OPTIONS: Final = {
    "prefix": "metadata prefix; by default the first MARC format offered",
    "set": "harvest only this set",
    "identifier": "header: the whole OAI identifier; tail: what follows its last colon or slash",
    "timeout": "seconds for one answer",
    "attempts": "attempts at the list that breaks off",
    "user": "user name",
    "password": "password",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """A repository's address and the way to talk to it."""

    address: str
    prefix: str | None
    set: str | None
    tail_identifiers: bool
    attempts: int
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
        attempts=read.whole(options, "attempts", 4, 1, 100),
        policy=HttpPolicy(seconds=read.seconds(options, "timeout", 120.0)),
        credentials=None if user is None else (user, read.text(options, "password")),
    )
