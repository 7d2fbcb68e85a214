"""What a Z39.50 source's options mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors import options as read
from connectors.errors import Misconfigured
from connectors.harvesting import patience
from connectors.harvesting.patience import Patience
from connectors.options import Options
from connectors.transport import TcpAddress, tcp_address
from connectors.z3950.apdu import Credentials
from connectors.z3950.oids import SYNTAXES

#: Option names and what they mean, for help texts and validation.
OPTIONS: Final = {
    "syntax": f"record syntax to ask for: {', '.join(SYNTAXES)}",
    "element_set": "element set name, usually F",
    "chunk": "records asked for at once",
    "max_set": "largest result set the target delivers whole",
    "timeout": "seconds for one answer",
    "pipeline": "Presents in flight at once",
    "query_encoding": "encoding of search terms",
    "auth": "idpass, open, anonymous or none",
    "user": "user name",
    "group": "group for idpass",
    "password": "password",
    "message_size": "preferred message size in bytes",
    "character_set": "character set to propose, such as utf-8; most targets do not negotiate",
    "segments": "yes: let the target divide its answers",
    "cql": "yes: send CQL as it is to a target that takes it",
    "keys": "partition keys to use, in order, with commas",
    **patience.OPTIONS,
}

_PATIENCE: Final = Patience(9_000)


@dataclass(frozen=True, slots=True)
class Settings:
    """A target's address and the way to talk to it."""

    address: TcpAddress
    database: str
    syntax: str = "usmarc"
    element_set: str | None = "F"
    chunk: int = 100
    #: A usual cap is 10,000; below it counts are exact and checkpoints frequent.
    patience: Patience = _PATIENCE
    seconds: float = 60.0
    pipeline: int = 1  #: many targets are not concurrent
    query_encoding: str = "utf-8"
    credentials: Credentials | None = None
    message_size: int = 16 * 1024 * 1024
    character_set: str = ""  #: proposed where it is given
    segments: bool = False
    cql: bool = False
    keys: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The peer's name in errors."""
        return str(self.address)


def settings(address: str, options: Options) -> Settings:
    """Read a source's address and options.

    Raises:
        Misconfigured: naming the address or the option.
    """
    where = tcp_address(address)
    chunk = read.whole(options, "chunk", 100, 1, 10_000)
    return Settings(
        address=where,
        database=where.path or "Default",
        syntax=read.choice(options, "syntax", "usmarc", tuple(SYNTAXES)),
        element_set=read.text(options, "element_set", "F") or None,
        chunk=chunk,
        patience=patience.patience(
            options, limit=read.whole(options, "max_set", 9_000, 1, 10_000_000), chunk=chunk
        ),
        seconds=read.seconds(options, "timeout", 60.0),
        pipeline=read.whole(options, "pipeline", 1, 1, 8),
        query_encoding=_encoding(read.text(options, "query_encoding", "utf-8")),
        credentials=_credentials(options),
        message_size=read.whole(options, "message_size", 16 * 1024 * 1024, 1024, 1 << 30),
        character_set=read.text(options, "character_set").casefold(),
        segments=read.yes(options, "segments"),
        cql=read.yes(options, "cql"),
        keys=tuple(key.strip() for key in read.text(options, "keys").split(",") if key.strip()),
    )


def _encoding(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        raise Misconfigured(
            "bad_option", "query_encoding", option="query_encoding", value=name, expected="utf-8, gb18030 ..."
        ) from None
    return name


def _credentials(options: Options) -> Credentials | None:
    user = read.optional_text(options, "user")
    password = read.optional_text(options, "password")
    group = read.optional_text(options, "group")
    form = read.choice(options, "auth", "idpass", ("idpass", "open", "anonymous", "none"))
    if form == "anonymous":
        return Credentials(anonymous=True)
    if form == "none" or (user is None and group is None):
        return None
    if form == "open":
        return Credentials(open=f"{user or ''}/{password or ''}")
    return Credentials(group=group, user=user, password=password)
