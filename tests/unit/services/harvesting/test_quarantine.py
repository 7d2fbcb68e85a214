"""What could not be read: listed with reasons, handed out as it came, stored once readers have improved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.marc.reading import Rejected, read
from hub.errors import NotFound
from hub.services.api import operations
from hub.services.context import Hub, Principal, Role
from hub.services.harvesting import intake, quarantine
from hub.services.harvesting.ingesting import FileOrder, ingest
from hub.services.performing import perform
from hub.storage import harvests
from hub.storage.store import Store
from tests import lived_in
from tests.hubs import hub_over

SOURCE = "ingest-JLT"
BROKEN = b"00046nam  22 nothing of the kind\x1d"
COORDINATOR = Principal("c", Role.COORDINATOR, language="en")


async def ask(hub: Hub, name: str, **data: Any) -> dict[str, Any]:
    return (await perform(hub, operations()[name], COORDINATOR, data, "")).body


async def ingested(store: Store, tmp_path: Path) -> Hub:
    hub = hub_over(store)
    file = tmp_path / "jlt.mrc"
    file.write_bytes(lived_in.marc("JLT", range(3)) + BROKEN)
    await ingest(hub, FileOrder(file, "JLT"))
    return hub


async def test_pieces_are_listed_with_reasons_and_given_as_they_came(
    sqlite_store: Store, tmp_path: Path
) -> None:
    hub = await ingested(sqlite_store, tmp_path)
    listed = await ask(hub, "quarantine.list", source=SOURCE)
    (piece,) = listed["pieces"]
    assert (listed["total"], list(listed["reasons"].values())) == (1, [1])
    assert " " in piece["reason"], "a sentence, not a code"
    shown = await ask(hub, "quarantine.show", piece=piece["piece"])
    assert bytes.fromhex(shown["hexadecimal"]) == BROKEN
    assert "nothing of the kind" in shown["beginning"]
    assert (await ask(hub, "quarantine.list", source=SOURCE, after=piece["piece"]))["pieces"] == []
    with pytest.raises(NotFound):
        await ask(hub, "quarantine.list", source="nowhere")
    with pytest.raises(NotFound):
        await ask(hub, "quarantine.show", piece=piece["piece"] + 1)


async def test_what_can_be_read_now_is_stored_and_nothing_else_changes(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release that could read less stood here before this one."""

    def older(raw: bytes, **how: Any) -> Any:
        return Rejected(raw, "undecodable") if b"JLT0001" in raw else read(raw, **how)

    with monkeypatch.context() as release:
        release.setattr(intake, "read", older)
        hub = await ingested(sqlite_store, tmp_path)
    before = (await sqlite_store.read(harvests.counts))[SOURCE]
    assert (before.live, before.items, before.quarantined) == (2, 2, 2)
    assert await quarantine.retry(hub, SOURCE) == {
        "source": SOURCE, "read": 2, "stored": 1, "quarantined": 1,
    }  # fmt: skip
    after = (await sqlite_store.read(harvests.counts))[SOURCE]
    assert (after.live, after.items, after.quarantined) == (3, 3, 1)
    assert (await quarantine.retry(hub, SOURCE))["stored"] == 0
    with pytest.raises(NotFound):
        await quarantine.retry(hub, "nowhere")
