"""Copying a PostgreSQL database with its own programs, pg_dump and pg_restore."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL, create_engine, inspect, text

from hub.errors import Broken
from hub.storage import schema


def dump(url: URL, copy: Path, environment: Mapping[str, str]) -> str | None:
    """Write a consistent state of the database into ``copy`` (custom format); the revision of its schema.

    Raises:
        Broken: pg_dump is not installed, or failed.
    """
    engine = create_engine(url)
    with engine.connect() as connection:
        revision = schema.revision(connection)
    engine.dispose()
    _run(url, environment, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")
    return revision


def check(copy: Path, environment: Mapping[str, str]) -> None:
    """Have pg_restore read the contents of ``copy``.

    Raises:
        Broken: pg_restore is not installed, or cannot read it.
    """
    _run(None, environment, "pg_restore", "--list", str(copy))


def is_empty(url: URL) -> bool:
    """Whether there is nothing to lose: no row in any table."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        rows = (connection.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1')).first() for name in tables)
        empty = not any(rows)
    engine.dispose()
    return empty


def put_in_place(copy: Path, url: URL, environment: Mapping[str, str]) -> None:
    """Replace everything in the database by what ``copy`` has, in one transaction.

    Raises:
        Broken: pg_restore is not installed, or failed and changed nothing.
    """
    whole = (
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
    )
    _run(url, environment, "pg_restore", *whole, str(copy))


def _run(url: URL | None, environment: Mapping[str, str], name: str, *options: str) -> None:
    program = shutil.which(name, path=environment.get("PATH"))
    if program is None:
        raise Broken("storage.no_program", program=name)
    where: list[str] = []
    secret: dict[str, str] = {}
    if url is not None:
        plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
        where = [f"--dbname={plain.render_as_string()}"]
        secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(
        [program, *where, *options],
        env={**environment, **secret},  # a password among the arguments could be read by every user
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Broken("storage.program_failed", program=name, problem=done.stderr.strip())
