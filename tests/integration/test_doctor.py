"""The doctor: nothing is wrong with a hub that was lived in, and every planted fault is named by its row."""

from __future__ import annotations

import shutil
import sqlite3
import tomllib
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from hub.messages.catalogue import text
from hub.services import networks
from hub.services.doctor.examination import every_check, examine, look
from hub.services.doctor.report import PROMISES, Examination
from hub.simulation.clock import SettableClock
from hub.storage.engine import FILE
from hub.storage.promises.violation import Violation
from tests import lived_in
from tests.command_line import tongjie

ROOT = Path(__file__).resolve().parents[2]
NOW = lived_in.START + timedelta(days=1)
NETWORK = networks.parse(networks.shipped(), 1)


@dataclass(frozen=True)
class Fault:
    """What is done to the database, and what must be said of it."""

    promise: str
    code: str
    table: str
    row: str
    plant: list[str]
    without_keys: str = ""
    without_index: str = ""


FAULTS = tuple(
    Fault(**entry)
    for entry in tomllib.loads((ROOT / "fixtures" / "doctor" / "faults.toml").read_text("utf-8"))["fault"]
)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a hub that has seen some days."""
    import asyncio

    folder = tmp_path_factory.mktemp("lived")
    asyncio.run(lived_in.live(folder / "data", folder / "files"))
    return folder / "data"


@pytest.fixture
def copy(lived: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    shutil.copytree(lived, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def database(lived: Path, tmp_path: Path) -> Path:
    """A copy of its database alone."""
    path = tmp_path / FILE
    shutil.copyfile(lived / FILE, path)
    return path


def planted(database: Path, fault: Fault) -> str:
    """Spoil a database; the key of the row that must be named."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(fault.row).fetchone()
        assert found is not None, f"the hub has not lived through anything like {fault.row}"
        if fault.without_index:
            connection.execute(f"DROP INDEX {fault.without_index}")
        if fault.without_keys:
            without_constraints(connection, fault.without_keys)
        for statement in fault.plant:
            bound = {"row": found[0]} if ":row" in statement else {}
            assert connection.execute(statement, bound).rowcount > 0, statement
        connection.commit()
    return str(found[0])


def without_constraints(connection: sqlite3.Connection, table: str) -> None:
    """The same rows in a table that lost its keys, as a hand-made copy may have."""
    connection.execute(f"ALTER TABLE {table} RENAME TO was")
    connection.execute(f"CREATE TABLE {table} AS SELECT * FROM was")
    connection.execute("DROP TABLE was")


def found_in(database: Path) -> list[Violation]:
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        found = look(connection, NOW, every_check(NETWORK))
    engine.dispose()
    return found


async def test_nothing_is_wrong_with_a_hub_that_was_lived_in(copy: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    async with lived_in.opened(copy, SettableClock(NOW)) as hub:
        examined = await examine(hub, lambda task, done, total=None: steps.append((done, total)))
    assert examined.violations == ()
    assert steps[-1][0] == steps[-1][1]


def test_the_hub_has_lived_through_what_the_faults_need(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        states = {row[0] for row in connection.execute("SELECT state FROM request")}
    assert states >= {"asked", "picking", "returning", "cancelled"}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.promise}-{fault.code}-{fault.table}")
def test_a_planted_fault_is_named_by_promise_table_and_row(database: Path, fault: Fault) -> None:
    row = planted(database, fault)
    found = found_in(database)
    named = {(one.promise, one.table, one.row, one.problem) for one in found}
    assert (fault.promise, fault.table, row, fault.code) in named
    for language in ("zh", "en"):
        said = [one["problem"] for one in Examination(tuple(found)).to_dict(language)["violations"]]
        assert len(said) == len(found)
        assert all(said)


async def test_editions_that_the_index_lacks_or_has_too_much_are_named(copy: Path) -> None:
    with closing(sqlite3.connect(copy / FILE)) as connection:
        (gone,) = connection.execute("SELECT min(cluster) FROM cluster_member").fetchone()
        connection.execute(
            "INSERT INTO cluster SELECT 'E-NEW', display, work, set_of, redirect, created_at, changed_at "
            "FROM cluster WHERE id = ?",
            (gone,),
        )
        connection.execute("UPDATE cluster_member SET cluster = 'E-NEW' WHERE cluster = ?", (gone,))
        connection.commit()
    async with lived_in.opened(copy, SettableClock(NOW)) as hub:
        found = {(one.promise, one.row, one.problem) for one in (await examine(hub)).violations}
    assert found >= {("P5", "E-NEW", "not_indexed"), ("P5", gone, "indexed_but_gone")}


def test_every_promise_has_a_fault_that_was_planted() -> None:
    assert {fault.promise for fault in FAULTS} == set(PROMISES)


def test_the_command_prints_one_object_and_fails_when_a_promise_is_broken(copy: Path) -> None:
    row = planted(copy / FILE, next(fault for fault in FAULTS if fault.code == "no_reason"))
    done = tongjie(copy, "doctor", "--json")
    assert done.code == 1
    answer = done.answer
    assert set(answer) == {"promises", "violations"}
    assert [entry["promise"] for entry in answer["promises"]] == list(PROMISES)
    expected = {
        "promise": "P8", "table": "quarantine", "row": row, "code": "no_reason",
        "problem": text("doctor.no_reason", "en"),
    }  # fmt: skip
    assert expected in answer["violations"]
    assert "P8" in done.err, "the reason stands on stderr"
