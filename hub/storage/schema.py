"""The schema: creating it, and bringing an older database up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, func, make_url, select
from sqlalchemy.exc import DBAPIError

from hub.errors import Broken
from hub.storage.sqlite_engine import migrating_engine
from hub.storage.tables import metadata

#: any number that nothing else in the database locks
UPGRADE_LOCK = 0x746F6E67


def create(url: str) -> None:
    """Create every table in the empty database at ``url`` as the code has them now: for tests."""
    engine = create_engine(url)
    metadata.create_all(engine)
    engine.dispose()


def upgrade(url: str) -> tuple[str | None, str]:
    """Bring the database at ``url`` to the newest revision: (the one it had or None, the one it has now).

    It happens whole or not at all. Nothing else may use the database meanwhile.

    Raises:
        Broken: the database cannot be reached or opened, is newer than this hub, or an upgrade would leave
            rows that refer to nothing.
    """
    with _transaction(url) as connection:
        _wait_for_others(connection)
        before = revision(connection)
        if before == newest_revision():
            return before, before
        _refuse_newer(before)
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _refuse_dangling(connection)
        return before, newest_revision()


def revision(connection: Connection) -> str | None:
    """The revision of the database, or None for one that was never upgraded (an empty one)."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    """The revision that this hub works with."""
    return str(ScriptDirectory.from_config(configuration()).get_current_head())


def configuration() -> Config:
    """Alembic's configuration: where the revisions are. It needs a connection in its ``attributes``."""
    config = Config()
    folder = str(files("hub.storage.migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    engine = _engine(url)
    try:
        with _connected(engine) as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


def _connected(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except DBAPIError as problem:
        # The URL as SQLAlchemy writes it hides the password.
        said = str(problem.orig).strip().splitlines()[0]
        raise Broken("storage.unreachable", address=str(engine.url), problem=said) from None


def _engine(url: str) -> Engine:
    found = make_url(url)
    if found.get_backend_name() != "sqlite":
        return create_engine(found)
    path = Path(str(found.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    return migrating_engine(path)


def _wait_for_others(connection: Connection) -> None:
    """Hubs may be started at once over one PostgreSQL: the first upgrades, the others find it done."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(UPGRADE_LOCK)))


def _refuse_newer(present: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if present is not None and present not in known:
        raise Broken("storage.newer_schema", revision=present, newest=newest_revision())


def _refuse_dangling(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if dangling:
        tables = ", ".join(sorted({str(row[0]) for row in dangling}))
        raise Broken("storage.dangling_rows", rows=len(dangling), tables=tables)
