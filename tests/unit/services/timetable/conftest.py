"""One source with a timetable, over SQLite."""

from __future__ import annotations

import pytest

from hub.services.harvesting import opening
from hub.storage.store import Store
from tests.nights import Night
from tests.scripted_member import ScriptedMember


@pytest.fixture
def member(monkeypatch: pytest.MonkeyPatch) -> ScriptedMember:
    made = ScriptedMember()
    monkeypatch.setattr(opening, "open_harvester", made.open)
    return made


@pytest.fixture
def night(sqlite_store: Store, member: ScriptedMember) -> Night:
    return Night(sqlite_store, member)
