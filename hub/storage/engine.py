"""Opening the store: the URL says which database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from hub.errors import Broken, Refusal
from hub.storage.postgresql_store import PostgreSQLStore
from hub.storage.sqlite_store import SQLiteStore
from hub.storage.store import Store

FILE = "hub.sqlite"


def embedded_url(data: Path) -> str:
    """The URL of the database that lives in the data folder ``data``."""
    return f"sqlite:///{(data / FILE).absolute()}"


def open_store(url: str, data: Path | None = None, *, durable: bool = True) -> Store:
    """Open the store at ``url``; an empty ``url`` is the embedded database in the folder ``data``.

    ``durable=False`` does not wait for the disk: for databases that are thrown away (tests, simulations).

    Raises:
        Refusal: the URL is neither ``sqlite:///...`` nor ``postgresql+psycopg://...``.
        Broken: the file cannot be opened, or is no SQLite database.
    """
    found = _parsed(url or embedded_url(data or Path.cwd()))
    if found.get_backend_name() == "sqlite" and found.database not in (None, "", ":memory:"):
        return _open_file(Path(str(found.database)), durable=durable)
    if found.drivername == "postgresql+psycopg":
        return PostgreSQLStore(found.render_as_string(hide_password=False))
    raise Refusal("storage.unknown_url", field="url", scheme=found.drivername)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        # The URL itself may hold a password: the refusal does not repeat it.
        raise Refusal("storage.unknown_url", field="url", scheme="?") from None


def _open_file(path: Path, *, durable: bool) -> Store:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return SQLiteStore(path, durable=durable)
    except DBAPIError as problem:
        raise Broken("storage.cannot_open", file=path, problem=problem.orig) from problem
