"""Writing the next revision: ``python -m hub.storage.migrations.write MESSAGE``; see the README."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from sqlmodel import SQLModel

from hub.storage import schema
from hub.storage.sqlite_engine import migrating_engine
from hub.storage.tables.columns import core

# In the order in which they refer to one another.
AREAS = ("catalogue", "clusters", "lending", "transport", "accounts", "operations")
VERSIONS = Path(__file__).parent / "versions"


def write_revision(message: str, *, area: str | None = None) -> Path:
    """Compare the tables (of one area, or all) with the newest revision and write what is between them."""
    number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "present.sqlite"
        if number != "0001":
            schema.upgrade(f"sqlite:///{path}")
        engine = migrating_engine(path)
        with engine.begin() as connection:
            config = schema.configuration()
            config.attributes["connection"] = connection
            config.attributes["include_object"] = _tables_of(area)
            command.revision(config, message=message, autogenerate=True, rev_id=number)
        engine.dispose()
    [written] = VERSIONS.glob(f"{number}_*.py")
    lines = written.read_text("utf-8").splitlines(keepends=True)
    written.write_text("".join(line for line in lines if not line.lstrip().startswith("# ###")), "utf-8")
    return written


def write_initial() -> list[Path]:
    """Write the history from nothing: one revision for each area of tables.

    Raises:
        FileExistsError: there are revisions already.
    """
    if list(VERSIONS.glob("[0-9]*.py")):
        raise FileExistsError(f"delete the revisions in {VERSIONS} first")
    return [write_revision(f"create the {area} tables", area=area) for area in AREAS]


def _tables_of(area: str | None) -> Callable[..., bool]:
    """Alembic's filter: the tables of one module of ``hub.storage.tables``, with all that is in them."""
    wanted = {
        core(model).name
        for model in SQLModel.__subclasses__()
        if area is None or model.__module__ == f"hub.storage.tables.{area}"
    }

    def include(item: Any, _name: str, kind: str, _reflected: bool, _compared: object) -> bool:
        return item.name in wanted if kind == "table" else True

    return include


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m hub.storage.migrations.write")
    parser.add_argument("message", nargs="?", help="what the revision does, in a few words")
    parser.add_argument(
        "--initial", action="store_true", help="write the history anew, before the first release"
    )
    given = parser.parse_args()
    if given.initial == bool(given.message):
        parser.error("give a message, or --initial")
    for path in write_initial() if given.initial else [write_revision(given.message)]:
        sys.stdout.write(f"{path}\n")
