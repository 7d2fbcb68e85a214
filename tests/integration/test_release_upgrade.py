"""A database of every earlier release comes up to date, and the doctor finds nothing wrong with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from hub.services.api import operations
from hub.services.context import Principal, Role
from hub.services.doctor.examination import examine
from hub.services.indexing import feed
from hub.services.performing import perform
from hub.simulation.clock import SettableClock
from hub.storage import schema
from tests import lived_in

MORNING_AFTER = lived_in.START + timedelta(days=1)
RELEASES = Path(__file__).parents[2] / "fixtures" / "releases"


def _restored(statements: Path, data: Path) -> str:
    """The URL of a database in which a release's rows stand as it left them."""
    data.mkdir()
    file = data / "hub.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(statements.read_text("utf-8"))
    return f"sqlite:///{file}"


@pytest.mark.parametrize("statements", sorted(RELEASES.glob("*.sql")), ids=lambda path: path.stem)
async def test_a_database_of_a_release_comes_up_to_date(statements: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    url = _restored(statements, data)
    before, after = schema.upgrade(url)
    assert before is not None
    assert after == schema.newest_revision()
    async with lived_in.opened(data, SettableClock(MORNING_AFTER)) as hub:
        examined = await examine(hub, lambda _task, _done, _total=None: None)
        await feed(hub)
        reader = Principal("RD-li", Role.READER, "XWT", language="en")
        found = await perform(hub, operations()["editions.search"], reader, {"q": "红楼梦"}, None)
    assert examined.violations == ()
    assert [hit["title"] for hit in found.body["hits"]] == ["红楼梦"]
