"""Looking up secrets: in the environment as it was read at the start, or in files of the hub's own user."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from hub import logs
from hub.errors import Refusal
from hub.services.secrets import clear_secrets
from hub.storage import harvests

log = logging.getLogger(__name__)

FOLDER = "secrets"
#: stands in that folder until the database's files hold no secret any more; no reference can name it
UNSCRUBBED = ".unscrubbed"
LONGEST = 4096  #: bytes; a secret is a line, not a document
#: shorter ones would blot out half of every text
SHORTEST_CONCEALED = 4


class ConfiguredSecrets:
    """The secrets of one hub."""

    def __init__(self, environment: Mapping[str, str], data: Path) -> None:
        """``environment`` has the variables TONGJIE_SECRET_...; ``data`` is the hub's folder."""
        self._environment = environment
        self._folder = data / FOLDER
        self._looked_up: set[str] = set()

    def look_up(self, reference: str) -> str:
        """The secret behind a reference; from now on it is hidden in every log.

        Raises:
            Refusal: there is none.
        """
        kind, _, name = reference.partition(":")
        secret = self._environment.get(name, "") if kind == "env" else self._read(kind, name, reference)
        if not secret:
            raise Refusal("sources.no_secret", field="password", reference=reference)
        if len(secret) >= SHORTEST_CONCEALED:
            self._looked_up.add(secret)
            logs.conceal(secret)
        return secret

    def conceal(self, text: str) -> str:
        """The text without any secret that was looked up."""
        return logs.without(text, self._looked_up)

    def _read(self, kind: str, name: str, reference: str) -> str:
        path = Path(name) if kind == "file" else self._folder / name
        try:
            with path.open(encoding="utf-8") as opened:
                return opened.read(LONGEST).strip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise Refusal("sources.no_secret", field="password", reference=reference) from None


def take_out_clear_secrets(connection: Connection, data: Path) -> None:
    """Move secrets that an earlier release kept in the database into files that only the hub's user can read.

    The source refers to its file from now on. Nothing is to be done for a database of this release. What the
    database still holds of them in freed pages is told by ``to_be_scrubbed``.
    """
    for source in harvests.sources(connection):
        for option in clear_secrets(source.options):
            digest = hashlib.sha256(source.name.encode()).hexdigest()[:16]
            name = f"source-{digest}-{option}"
            # First, so that a hub which is killed on the way still knows.
            _write_private(data / FOLDER / UNSCRUBBED, "")
            _write_private(data / FOLDER / name, str(source.options[option]))
            source = replace(source, options={**source.options, option: f"secret:{name}"})
            harvests.change_source(connection, source)
            log.warning("the option %s of source %s now refers to secret:%s", option, source.name, name)


def to_be_scrubbed(data: Path) -> bool:
    """Whether secrets were moved out of the database whose bytes may still stand in its files."""
    return (data / FOLDER / UNSCRUBBED).exists()


def scrubbed(data: Path) -> None:
    """Remember that they do not any more."""
    (data / FOLDER / UNSCRUBBED).unlink()


def _write_private(path: Path, secret: str) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        opened.write(secret)
