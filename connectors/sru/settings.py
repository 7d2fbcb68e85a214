"""What an SRU source's options mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors import options as read
from connectors.harvesting import patience
from connectors.harvesting.patience import Patience
from connectors.options import Options
from connectors.sru.versions import VERSIONS, Version
from connectors.transport import HttpPolicy, http_address

#: Option names and what they mean, for help texts and validation.
OPTIONS: Final = {
    "version": "1.1, 1.2 or 2.0",
    "schema": "record schema to ask for",
    "chunk": "records asked for at once",
    "max_set": "largest result set the target delivers whole",
    "timeout": "seconds for one answer",
    "packing": "xml or string",
    "dates": "compact (20260131) or iso (2026-01-31) in queries",
    "user": "user name",
    "password": "password",
    "auth": "basic, or parameter for x-username and x-password",
    "keys": "partition keys to use, in order, with commas",
    **patience.OPTIONS,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """A target's address and the way to talk to it."""

    address: str
    version: Version
    schema: str
    chunk: int
    patience: Patience
    packing: str
    iso_dates: bool
    keys: tuple[str, ...]
    policy: HttpPolicy
    credentials: tuple[str, str] | None  #: for basic authentication
    parameters: tuple[tuple[str, str], ...]  #: sent with every request


def settings(address: str, options: Options) -> Settings:
    """Read a source's address and options.

    Raises:
        Misconfigured: naming the address or the option.
    """
    chunk = read.whole(options, "chunk", 50, 1, 1_000)
    credentials, parameters = _authentication(options)
    return Settings(
        address=http_address(address),
        version=VERSIONS[read.choice(options, "version", "1.2", tuple(VERSIONS))],
        schema=read.text(options, "schema", "marcxml"),
        chunk=chunk,
        patience=patience.patience(
            options, limit=read.whole(options, "max_set", 9_000, 1, 10_000_000), chunk=chunk
        ),
        packing=read.choice(options, "packing", "xml", ("xml", "string")),
        iso_dates=read.choice(options, "dates", "compact", ("compact", "iso")) == "iso",
        keys=tuple(key.strip() for key in read.text(options, "keys").split(",") if key.strip()),
        # The harvest counts attempts step by step; the second one here is for "try later".
        policy=HttpPolicy(seconds=read.seconds(options, "timeout", 60.0), attempts=2),
        credentials=credentials,
        parameters=parameters,
    )


def _authentication(options: Options) -> tuple[tuple[str, str] | None, tuple[tuple[str, str], ...]]:
    user, password = read.optional_text(options, "user"), read.text(options, "password")
    if user is None:
        return None, ()
    if read.choice(options, "auth", "basic", ("basic", "parameter")) == "basic":
        return (user, password), ()
    return None, (("x-username", user), ("x-password", password))
