"""Opening the store: what each URL means, and clear words for those that mean nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from hub.errors import Broken, Refusal
from hub.storage.engine import embedded_url, open_store
from hub.storage.store import Store


@pytest.mark.parametrize(
    "url",
    [
        "mysql://h/d",
        "postgresql://h/d",
        "sqlite://",
        "sqlite:///:memory:",
        "nonsense",
        "postgresql+psycopg2://h/d",
    ],
)
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(Refusal, match="not supported"):
        open_store(url)


async def test_no_url_means_the_data_folder(tmp_path: Path) -> None:
    store = open_store("", tmp_path / "data")
    await store.write(lambda connection: connection.execute(text("CREATE TABLE t (n INTEGER)")))
    store.close()
    again = open_store(embedded_url(tmp_path / "data"))
    assert await again.read(lambda connection: connection.execute(text("SELECT * FROM t")).all()) == []
    again.close()


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "hub.sqlite").write_bytes(b"something else " * 100)
    with pytest.raises(Broken, match="cannot be opened"):
        open_store("", tmp_path)
    assert (tmp_path / "hub.sqlite").read_bytes() == b"something else " * 100


async def test_sqlite_is_durable_and_holds_foreign_keys(sqlite_url: str) -> None:
    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    store: Store = open_store(sqlite_url)
    assert await store.write(pragmas) == ["wal", 2, 1]
    assert (await store.read(pragmas))[2] == 1
    store.close()
