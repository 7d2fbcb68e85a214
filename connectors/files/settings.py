"""What a folder's options mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from connectors import options as read
from connectors.errors import Misconfigured
from connectors.options import Options

#: Option names and what they mean; a folder needs none.
OPTIONS: Final = {
    "ready": "settled: files are whole when they stop growing; marker: when NAME.done (.ok, .ready) is there",
    "settle": "seconds between two looks at a file written within the last minute",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """A folder, and how one sees that its files are whole."""

    folder: Path  #: or one file
    marked: bool
    settle: float  #: seconds


def settings(address: str, options: Options) -> Settings:
    """Read a source's address, a path or ``file:///path``, and its options.

    Raises:
        Misconfigured: naming the address or the option.
    """
    parts = urlsplit(address)
    if not address or parts.scheme not in ("", "file") or (parts.scheme and parts.netloc):
        raise Misconfigured("bad_address", address, address=address, expected="/folder")
    return Settings(
        folder=Path(unquote(parts.path) if parts.scheme else address),
        marked=read.choice(options, "ready", "settled", ("settled", "marker")) == "marker",
        settle=read.seconds(options, "settle", 1.0, 60.0),
    )
