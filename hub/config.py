"""The settings of a hub, read once from the environment.

This module alone looks at environment variables; everything else is handed a ``Settings``. README.md lists
every setting, and a test holds that list to this table.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hub.errors import Refusal

#: what the operating system allows for the address of a local socket, with some room
LONGEST_SOCKET_PATH = 100
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Settings:
    """How this hub runs. Ports are bound on ``host``, which is the loopback unless configured."""

    data: Path = Path("data")
    database_url: str = ""  #: empty: SQLite in the data folder
    host: str = "127.0.0.1"
    port: int = 8080
    z3950_port: int = 9210
    language: str = "zh"
    secure_cookies: bool = False
    log_level: str = "INFO"
    workers: int = 0  #: child processes for parsing and matching; 0 = one less than the cores
    allowed_hosts: frozenset[str] = field(default_factory=frozenset)  #: names browsers may reach the hub by
    targets: frozenset[str] = field(
        default_factory=frozenset
    )  #: hosts and networks sources may be at; empty: any
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)  #: TONGJIE_SECRET_... by their names

    @property
    def command_socket(self) -> Path:
        """Where the running hub listens for commands typed beside it."""
        path = self.data.absolute() / "hub.sock"
        if len(str(path)) < LONGEST_SOCKET_PATH:
            return path
        digest = hashlib.sha256(str(path).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"tongjie-{digest}.sock"


#: Environment variable -> (field, how it is read, what it is for). README.md repeats this table.
VARIABLES: Mapping[str, tuple[str, type, str]] = {
    "TONGJIE_DATA": ("data", Path, "folder that holds everything the hub keeps"),
    "TONGJIE_DATABASE_URL": ("database_url", str, "postgresql+psycopg://... instead of the built-in SQLite"),
    "TONGJIE_HOST": ("host", str, "address the hub listens on"),
    "TONGJIE_PORT": ("port", int, "port of the web pages and the API"),
    "TONGJIE_Z3950_PORT": ("z3950_port", int, "port of the Z39.50 server"),
    "TONGJIE_LANGUAGE": ("language", str, "zh or en: the language of the command line and the first page"),
    "TONGJIE_SECURE_COOKIES": ("secure_cookies", bool, "1 when the hub is reached over HTTPS only"),
    "TONGJIE_LOG_LEVEL": ("log_level", str, "DEBUG, INFO, WARNING or ERROR"),
    "TONGJIE_WORKERS": (
        "workers",
        int,
        "child processes for parsing; 0: one less than the cores",
    ),
    "TONGJIE_ALLOWED_HOSTS": (
        "allowed_hosts",
        frozenset,
        "names browsers may use, with commas; empty: any",
    ),
    "TONGJIE_TARGETS": (
        "targets",
        frozenset,
        "hosts and networks that sources may be at, with commas; empty: any",
    ),
}


#: Variables that begin so hold passwords of members' systems; sources name them as env:TONGJIE_SECRET_...
SECRET_PREFIX = "TONGJIE_SECRET_"


def _read(name: str, kind: type, value: str) -> object:
    if kind is bool:
        return _true_or_false(name, value)
    if kind is frozenset:
        return frozenset(part.strip() for part in value.split(",") if part.strip())
    if kind is int:
        try:
            number = int(value)
        except ValueError:
            raise Refusal("config.not_a_number", field=name, name=name, value=value) from None
        if not 0 <= number <= 65535:
            raise Refusal("config.out_of_range", field=name, name=name, value=value)
        return number
    return kind(value)


def _true_or_false(name: str, value: str) -> bool:
    said = value.strip().lower()
    if said not in TRUE | FALSE:
        raise Refusal("config.not_true_or_false", field=name, name=name, value=value)
    return said in TRUE


def from_environment(environment: Mapping[str, str]) -> Settings:
    """The settings that these environment variables make.

    Raises:
        Refusal: a variable has a value that cannot be used, or a TONGJIE_ variable is unknown (a misspelt
            setting would otherwise be ignored in silence).
    """
    secrets = {name: value for name, value in environment.items() if name.startswith(SECRET_PREFIX)}
    values: dict[str, object] = {"secrets": secrets}
    for name, value in environment.items():
        if not name.startswith("TONGJIE_") or value == "" or name in secrets:
            continue
        if name not in VARIABLES:
            raise Refusal("config.unknown", field=name, name=name, known=", ".join(sorted(VARIABLES)))
        target, kind, _ = VARIABLES[name]
        values[target] = _read(name, kind, value)
    settings = Settings(**values)  # type: ignore[arg-type]  # the table above pairs each field with its type
    if settings.log_level not in LOG_LEVELS:
        known = ", ".join(LOG_LEVELS)
        raise Refusal("config.log_level", field="TONGJIE_LOG_LEVEL", value=settings.log_level, known=known)
    if settings.language not in {"zh", "en"}:
        raise Refusal("config.language", field="TONGJIE_LANGUAGE", value=settings.language)
    return settings
