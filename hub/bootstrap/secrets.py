"""Looking up secrets: in the environment as it was read at the start, or in files of the hub's own user."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hub import logs
from hub.errors import Refusal

FOLDER = "secrets"
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
