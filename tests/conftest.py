"""What all tests share: two databases, async tests, markers that skip with a reason, a clean environment."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text

from hub.storage import schema
from hub.storage.engine import open_store
from hub.storage.store import Store

if TYPE_CHECKING:
    from tests.demo_run import Base, Shown, Undisturbed

ROOT = Path(__file__).resolve().parent.parent

# How long one example takes says more of the machine than of the code; speed is measured in benchmarks. In CI
# the examples are the same each time, so that a red run means a change.
settings.register_profile("tongjie", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("tongjie")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long proofs too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--soak"):
        return
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.skip(reason="a long proof: run with --soak"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    programs = [name for marker in item.iter_markers("debian") for name in marker.args]
    if item.get_closest_marker("browser"):
        programs.append("chromium")
    for name in programs:
        if shutil.which(name) is None and not Path("/usr/sbin", name).exists():
            absent(f"the program {name} is not installed")


def absent(reason: str) -> None:
    """Skip for want of something; in CI everything is there, so that its absence is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI must have it")
    pytest.skip(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run ``async def test_...`` in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames  # the fixtures that the test itself asks for
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TONGJIE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real records and networks that stand beside the repository; never copied into it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no shared/data beside the repository")
    return folder


@pytest.fixture(scope="session")
def _empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every table and no row, copied for each test: creating it takes longer."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.sqlite"
    schema.create(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(_empty_sqlite: Path, tmp_path: Path) -> str:
    """The URL of a SQLite database of the test's own, with every table."""
    path = tmp_path / "hub.sqlite"
    shutil.copyfile(_empty_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """A store on SQLite alone, for tests that gain nothing from a second database."""
    store = open_store(sqlite_url, durable=False)
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The maintenance database of a private server, started once for the whole run."""
    server = _postgresql_server()
    if server.programs() is None:
        absent("the PostgreSQL server programs are not installed")
    with server.running_server() as url:
        yield url


@pytest.fixture(scope="session")
def _postgresql_template(postgresql_url: str) -> str:
    """A database with every table and no row, copied by the server for each test."""
    _administer(postgresql_url, "CREATE DATABASE template_hub")
    schema.create(_database(postgresql_url, "template_hub"))
    return "template_hub"


@pytest.fixture
def postgresql_database(postgresql_url: str, _postgresql_template: str) -> Iterator[str]:
    """The URL of a PostgreSQL database of the test's own, with every table."""
    name = f"test_{uuid4().hex}"
    _administer(postgresql_url, f"CREATE DATABASE {name} TEMPLATE {_postgresql_template} STRATEGY FILE_COPY")
    yield _database(postgresql_url, name)
    _administer(postgresql_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgresql_database(postgresql_url: str) -> Iterator[str]:
    """The URL of a PostgreSQL database of the test's own without any table."""
    name = f"empty_{uuid4().hex}"
    _administer(postgresql_url, f"CREATE DATABASE {name}")
    yield _database(postgresql_url, name)
    _administer(postgresql_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database of the test's own with every table: the test runs on each kind."""
    url: str = request.getfixturevalue(
        {"sqlite": "sqlite_url", "postgresql": "postgresql_database"}[request.param]
    )
    return url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store with every table and no row: the test runs on each kind of database."""
    store = open_store(database_url, durable=False)
    yield store
    store.close()


def _postgresql_server() -> ModuleType:
    """``tests/postgresql_server.py``: tests are no package, so that it is loaded from its file."""
    name = "tests_postgresql_server"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "tests" / "postgresql_server.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def _database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _administer(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def demo_base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """The demonstration before its day: copied by every test that plays on it."""
    from tests.demo_run import make_base  # the whole hub: only for tests that need it

    folder = tmp_path_factory.mktemp("demonstration")
    return make_base(folder / "base", folder / "drops")


@pytest.fixture(scope="session")
def demo_shown(demo_base: Base, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demonstration after its day."""
    from tests.demo_run import show  # as above

    return show(demo_base, tmp_path_factory.mktemp("shown") / "data")


@pytest.fixture(scope="session")
def demo_short_day(demo_base: Base, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Some of the day's stories, played in process."""
    from tests.demo_run import short_day  # as above

    return short_day(demo_base, tmp_path_factory.mktemp("short") / "data")
