"""Opening the store: the URL says which database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url

from hub.errors import Refusal
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
    """
    found = make_url(url or embedded_url(data or Path.cwd()))
    if found.get_backend_name() == "sqlite" and found.database not in (None, "", ":memory:"):
        path = Path(str(found.database))
        path.parent.mkdir(parents=True, exist_ok=True)
        return SQLiteStore(path, durable=durable)
    if found.drivername == "postgresql+psycopg":
        return PostgreSQLStore(found.render_as_string(hide_password=False))
    raise Refusal("storage.unknown_url", field="url", scheme=found.drivername)
