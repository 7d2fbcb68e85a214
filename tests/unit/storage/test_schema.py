"""Upgrading: from nothing to exactly the tables, whole or not at all, and never backwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, make_url, text

from hub.errors import Broken
from hub.storage import schema
from hub.storage.tables import metadata


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data/hub.sqlite"
        return
    server: str = request.getfixturevalue("postgresql_url")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE test_upgrade"))
    yield make_url(server).set(database="test_upgrade").render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE test_upgrade WITH (FORCE)"))
    engine.dispose()


def test_upgrading_an_empty_database_gives_exactly_the_tables(empty_url: str) -> None:
    assert schema.upgrade(empty_url) == (None, schema.newest_revision())
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_upgrading_again_changes_nothing(empty_url: str) -> None:
    newest = schema.newest_revision()
    schema.upgrade(empty_url)
    assert schema.upgrade(empty_url) == (newest, newest)


def test_the_upgraded_definitions_are_those_of_the_tables_to_the_letter(tmp_path: Path) -> None:
    """Also what a comparison by reflection does not see: conditions of partial indexes, AUTOINCREMENT."""
    upgraded, created = f"sqlite:///{tmp_path}/upgraded", f"sqlite:///{tmp_path}/created"
    schema.upgrade(upgraded)
    schema.create(created)
    assert definitions(upgraded) == definitions(created)


def definitions(url: str) -> dict[str, list[str]]:
    """Of each table and index its parts, sorted: the order of constraints means nothing."""
    engine = create_engine(url)
    with engine.connect() as connection:
        statement = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'"
        found = {name: re.sub(r"\s+", " ", sql) for name, sql in connection.execute(text(statement))}
    engine.dispose()
    return {name: sorted(sql.removesuffix(" )").split(", CONSTRAINT ")) for name, sql in found.items()}


def test_a_database_from_the_future_is_refused(empty_url: str) -> None:
    schema.upgrade(empty_url)
    execute(empty_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Broken, match="newer than this program"):
        schema.upgrade(empty_url)


def test_an_upgrade_that_fails_leaves_nothing(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_connection: Connection) -> None:
        raise Broken("storage.dangling_rows", rows=1, tables="item")

    monkeypatch.setattr(schema, "_refuse_dangling", fail)
    with pytest.raises(Broken):
        schema.upgrade(empty_url)
    monkeypatch.undo()
    assert schema.upgrade(empty_url) == (None, schema.newest_revision())


def test_rows_that_refer_to_nothing_stop_an_upgrade(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/hub.sqlite"
    bring_to(url, "0005")
    execute(url, "INSERT INTO session VALUES ('d', 'nobody', '2026-05-01', '2026-05-02')")
    with pytest.raises(Broken, match="session"):
        schema.upgrade(url)


def test_a_database_that_is_up_to_date_opens_whatever_it_lacks(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/hub.sqlite"
    schema.upgrade(url)
    execute(url, "INSERT INTO session VALUES ('d', 'nobody', '2026-05-01', '2026-05-02')")
    assert schema.upgrade(url) == (schema.newest_revision(), schema.newest_revision()), (
        "the doctor must see it"
    )


def bring_to(url: str, revision: str) -> None:
    """As an earlier release left it."""
    engine = create_engine(url)
    with engine.begin() as connection:
        configuration = schema.configuration()
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, revision)
    engine.dispose()


def execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
