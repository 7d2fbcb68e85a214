"""Backup and restore: everything comes back, damage is refused, and nothing is overwritten unasked."""

from __future__ import annotations

import json
import os
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from hub.errors import Broken, Conflict, Refusal
from hub.storage import outbox, schema
from hub.storage.backup import backup, restore
from hub.storage.engine import open_store

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
ENVIRONMENT = {"PATH": os.environ["PATH"]}


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.debian("pg_dump")]),
    ]
)
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An upgraded database, and the place of another that does not exist or is empty."""
    if request.param == "sqlite":
        first, second = f"sqlite:///{tmp_path}/first/hub.sqlite", f"sqlite:///{tmp_path}/second/hub.sqlite"
        schema.upgrade(first)
        yield first, second
        return
    server: str = request.getfixturevalue("postgresql_url")
    names = ("test_backup", "test_restore")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in names:
            connection.execute(text(f"CREATE DATABASE {name}"))
    first, second = (
        make_url(server).set(database=name).render_as_string(hide_password=False) for name in names
    )
    schema.upgrade(first)
    yield first, second
    with engine.connect() as connection:
        for name in names:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


async def put(url: str, *keys: str) -> None:
    store = open_store(url, durable=False)
    await store.write(lambda connection: outbox.put(connection, "index", keys))
    store.close()


async def keys(url: str) -> list[str]:
    store = open_store(url, durable=False)
    found = await store.read(lambda connection: outbox.after(connection, "index", 0, 100_000))
    store.close()
    return [entry.key for entry in found]


async def test_everything_comes_back(urls: tuple[str, str], tmp_path: Path) -> None:
    first, second = urls
    await put(first, "红楼梦", "b")
    made = backup(first, tmp_path / "a.zip", NOW, ENVIRONMENT)
    assert (made.made_at, made.revision) == (NOW, schema.newest_revision())
    await put(first, "after the backup")
    assert restore(tmp_path / "a.zip", second, ENVIRONMENT) == made
    assert await keys(second) == ["红楼梦", "b"]
    assert schema.upgrade(second) == (made.revision, made.revision)


async def test_data_are_overwritten_only_when_told(urls: tuple[str, str], tmp_path: Path) -> None:
    first, second = urls
    await put(first, "a")
    backup(first, tmp_path / "a.zip", NOW, ENVIRONMENT)
    schema.upgrade(second)
    restore(tmp_path / "a.zip", second, ENVIRONMENT)  # tables without rows are nothing to lose
    await put(second, "b")
    with pytest.raises(Conflict, match="already holds data"):
        restore(tmp_path / "a.zip", second, ENVIRONMENT)
    assert await keys(second) == ["a", "b"]
    restore(tmp_path / "a.zip", second, ENVIRONMENT, overwrite=True)
    assert await keys(second) == ["a"]


async def test_an_existing_file_is_kept(urls: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"something else")
    with pytest.raises(Conflict, match="another name"):
        backup(urls[0], tmp_path / "a.zip", NOW, ENVIRONMENT)
    assert (tmp_path / "a.zip").read_bytes() == b"something else"


async def test_a_backup_under_way_of_writing_is_one_state(tmp_path: Path) -> None:
    """Each transaction writes a pair: a copy that is not of one moment would hold half of one."""
    url = f"sqlite:///{tmp_path}/hub.sqlite"
    schema.upgrade(url)
    stop = threading.Event()
    engine = create_engine(url)

    def write() -> None:
        number = 0
        while not stop.is_set():
            with engine.begin() as connection:
                outbox.put(connection, "index", [f"{number} first", f"{number} second"])
            number += 1

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(5):
            backup(url, tmp_path / f"{number}.zip", NOW, ENVIRONMENT)
    finally:
        stop.set()
        writing.join()
        engine.dispose()
    for number in range(5):
        copy = f"sqlite:///{tmp_path}/{number}/hub.sqlite"
        restore(tmp_path / f"{number}.zip", copy, ENVIRONMENT)
        assert len(await keys(copy)) % 2 == 0


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def archived(tmp_path: Path) -> Path:
    url = f"sqlite:///{tmp_path}/made/hub.sqlite"
    schema.upgrade(url)
    backup(url, tmp_path / "made.zip", NOW, ENVIRONMENT)
    return tmp_path / "made.zip"


def flipped(good: bytes, at: float) -> bytes:
    position = int(len(good) * at)
    return good[:position] + bytes([good[position] ^ 0xFF]) + good[position + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: b"",
        lambda good: b"not a backup at all",
        lambda good: good[: len(good) // 2],
        lambda good: flipped(good, 0.02),
        lambda good: flipped(good, 0.5),
        lambda good: flipped(good, 0.9),
    ],
    ids=["empty", "other", "cut", "flipped-early", "flipped-middle", "flipped-late"],
)
async def test_a_damaged_archive_is_refused_and_nothing_changed(tmp_path: Path, damage: object) -> None:
    archive = archived(tmp_path)
    archive.write_bytes(damage(archive.read_bytes()))  # type: ignore[operator]  # each is such a function
    url = f"sqlite:///{tmp_path}/hub.sqlite"
    schema.upgrade(url)
    await put(url, "kept")
    with pytest.raises(Refusal, match="damaged"):
        restore(archive, url, ENVIRONMENT, overwrite=True)
    assert await keys(url) == ["kept"]
    assert names(tmp_path) == ["hub.sqlite", "made", "made.zip"]


def rewritten(archive: Path, **changes: object) -> None:
    with zipfile.ZipFile(archive) as old:
        said, content = json.loads(old.read("manifest.json")), old.read("database")
    with zipfile.ZipFile(archive, "w") as new:
        new.writestr("manifest.json", json.dumps({**said, **changes}))
        new.writestr("database", content)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sha256": "0" * 64}, "damaged"),
        ({"bytes": 10}, "damaged"),
        ({"made_at": "yesterday"}, "damaged"),
        ({"format": 2}, "newer program"),
        ({"database": "postgresql"}, "cannot be restored"),
    ],
)
def test_a_manifest_that_says_otherwise_is_refused(
    tmp_path: Path, changes: dict[str, object], reason: str
) -> None:
    archive = archived(tmp_path)
    rewritten(archive, **changes)
    with pytest.raises(Refusal, match=reason):
        restore(archive, f"sqlite:///{tmp_path}/hub.sqlite", ENVIRONMENT)
    assert not (tmp_path / "hub.sqlite").exists()


@pytest.mark.parametrize("manifest", ["5", "null", '"format"', "[]", "[[1, 2]]", "{", "[" * 60_000])
def test_a_manifest_of_another_shape_is_damage(tmp_path: Path, manifest: str) -> None:
    archive = tmp_path / "made.zip"
    with zipfile.ZipFile(archive, "w") as new:
        new.writestr("manifest.json", manifest)
        new.writestr("database", b"")
    with pytest.raises(Refusal, match="damaged"):
        restore(archive, f"sqlite:///{tmp_path}/hub.sqlite", ENVIRONMENT)


async def test_a_database_in_use_is_not_replaced(tmp_path: Path) -> None:
    archive = archived(tmp_path)
    url = f"sqlite:///{tmp_path}/hub.sqlite"
    schema.upgrade(url)
    store = open_store(url, durable=False)
    with pytest.raises(Conflict, match="in use"):
        restore(archive, url, ENVIRONMENT, overwrite=True)
    await store.write(lambda connection: outbox.put(connection, "index", ["still works"]))
    store.close()
    assert await keys(url) == ["still works"]


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no backup file"):
        restore(tmp_path / "none.zip", f"sqlite:///{tmp_path}/hub.sqlite", ENVIRONMENT)
    with pytest.raises(Refusal, match="no database"):
        backup(f"sqlite:///{tmp_path}/none.sqlite", tmp_path / "a.zip", NOW, ENVIRONMENT)


@pytest.mark.postgresql
def test_postgresql_without_its_programs_is_a_clear_error(postgresql_database: str, tmp_path: Path) -> None:
    with pytest.raises(Broken, match="pg_dump is not installed"):
        backup(postgresql_database, tmp_path / "a.zip", NOW, {"PATH": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []
