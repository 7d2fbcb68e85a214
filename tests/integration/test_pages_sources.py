"""Managing a source, from adding it to its last unmapped code; its pages can be used by everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page
from sqlalchemy import Connection

from hub.bootstrap.serving import web_site
from hub.config import Settings
from hub.services.context import Hub
from hub.services.harvesting.harvest import harvest
from hub.simulation.clock import SettableClock
from hub.storage import harvests
from hub.storage.harvests import QuarantinedRow
from tests.browser import browser, populate, visitor
from tests.catalogues import catalogue
from tests.lived_in import START, opened
from tests.members import MEMBERS

pytestmark = pytest.mark.browser

PAGE = "/coordinator/sources/jlt-opac"
MOST_BYTES = 60_000


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[Hub, str]]:
    data = folder / "data"
    async with opened(data, SettableClock(START)) as hub:
        await populate(hub, folder)
        async with web_site(hub, Settings(data=data, port=0)) as port:
            yield hub, f"http://127.0.0.1:{port}"


def spoil(connection: Connection) -> None:
    """A harvest that quarantined two pieces and met codes that nobody claims."""
    run = harvests.start_run(connection, "jlt-opac", full=True, now=START)
    pieces = [
        QuarantinedRow(b"00046nam  22 <nothing> of the kind\x1d", "bad_directory", "at byte 24", 7),
        QuarantinedRow(b"\xff\xfe\x00", "too_short", "", 8, "b9"),
    ]
    harvests.quarantine_batch(connection, "jlt-opac", run.id, pieces, START)
    harvests.finish_run(
        connection, run.id, state="incomplete", now=START, expected=40, problem="total_changed: before=100"
    )
    harvests.set_unmapped(connection, "jlt-opac", {"X9": 7, "少儿": 12})


async def add(page: Page, address: str) -> None:
    await page.fill("[name=source]", "jlt-opac")
    await page.fill("[name=member]", "jlt")
    await page.select_option("[name=protocol]", "sru")
    await page.fill("[name=address]", address)
    await page.fill("[name=options]", "chunk=10\ntimeout=5")
    await page.click("main form button.primary")


async def test_a_source_is_managed_without_scripts(tmp_path: Path) -> None:
    async with (
        MEMBERS["sru"](catalogue(30, per_day=30), tmp_path / "member") as address,
        running(tmp_path) as (hub, base),
        browser() as started,
    ):
        somebody = await visitor(started, base, scripts=False)
        page = somebody.page
        await somebody.sign_in("coordinator")
        await somebody.open("/coordinator/harvests?lang=zh")
        await page.click("text=添加来源")
        await page.fill("[name=password]", "open-sesame")
        await add(page, address)
        said = await page.inner_text("[role=alert]")
        assert "env:TONGJIE_SECRET_" in said
        assert await page.input_value("[name=source]") == "jlt-opac", "what was typed stays"
        await page.fill("[name=password]", "")
        await add(page, address)
        assert "来源已添加" in await page.inner_text("[role=status]")

        await page.click("button[value=probe]")
        assert "已探测" in await page.inner_text("[role=status]")
        assert "30 条记录" in await page.inner_text("main")
        await page.click("a:has-text('预览馆藏')")
        assert "Book number" in await page.inner_text("table")
        assert await hub.store.read(lambda c: harvests.live_records(c, 0, 9, "jlt-opac")) == []

        await somebody.open(PAGE)
        await page.fill("[aria-label='值：每次取几条'], [aria-label='值：结果集上限']", "7")
        await page.keyboard.press("Enter")
        assert "以此为准" in await page.inner_text("[role=status]")
        assert "人工指定" in await page.inner_text("main")
        await page.click("button[value=unset]")
        assert "撤销" in await page.inner_text("[role=status]")
        assert "人工指定" not in await page.inner_text("main")

        await page.click("summary:has-text('更改地址')")
        await page.fill("[name=options]", "chunk=15")
        await page.click("button[value=change]")
        kept = await hub.store.read(lambda c: harvests.find_source(c, "jlt-opac"))
        assert kept is not None
        assert dict(kept.options) == {"chunk": 15}
        assert somebody.faults == []


async def test_what_went_wrong_is_looked_into_and_codes_are_mapped(tmp_path: Path) -> None:
    async with (
        MEMBERS["sru"](catalogue(30, per_day=30), tmp_path / "member") as address,
        running(tmp_path) as (hub, base),
        browser() as started,
    ):
        somebody = await visitor(started, base)
        page = somebody.page
        await somebody.sign_in("coordinator")
        await somebody.look("new-source", "/coordinator/new-source")
        await somebody.open("/coordinator/new-source?lang=zh")
        await add(page, address)
        await page.click("button[value=probe]")
        await harvest(hub, ["jlt-opac"], full=True)
        await hub.store.write(spoil)
        pieces = await hub.store.read(lambda c: harvests.quarantined(c, "jlt-opac", 9))
        (newest, *_) = await hub.store.read(lambda c: harvests.runs(c, "jlt-opac", 9))
        complete = await hub.store.read(lambda c: harvests.last_complete_run(c, "jlt-opac"))
        assert complete is not None
        pages = {
            "source": (PAGE, "zh", "en"),
            "source-preview": (f"{PAGE}/preview", "en"),
            "source-quarantine": (f"{PAGE}/quarantine", "zh"),
            "source-piece": (f"/coordinator/quarantine/{pieces[0].id}", "en"),
            "source-run": (f"/coordinator/runs/{complete.id}", "zh"),
        }
        for name, (path, *languages) in pages.items():
            assert len((await somebody.look(name, path, languages)).encode()) <= MOST_BYTES, name
        await somebody.open(f"/coordinator/runs/{newest.id}")
        await somebody.open("/coordinator/sources/ingest-JLT")

        await somebody.open(f"/coordinator/quarantine/{pieces[0].id}?lang=zh")
        async with page.expect_download() as coming:
            await page.click("a[download]")
        taken = await (await coming.value).path()
        assert taken.read_bytes() == pieces[0].row.raw

        await somebody.open(f"{PAGE}?lang=zh")
        assert "少儿" in await page.inner_text("main")
        await page.fill("[aria-label='馆：少儿']", "nowhere")
        await page.click("button[value=map]")
        assert "nowhere" in await page.inner_text("[role=alert]")
        await page.fill("[aria-label='馆：少儿']", "xwt")
        await page.click("button[value=map]")
        said = await page.inner_text("[role=alert], [role=status]")
        kept = await hub.store.read(lambda c: harvests.find_source(c, "jlt-opac"))
        assert kept is not None
        assert kept.options["locations"] == {"少儿": "XWT"}, said
        await page.click("button[value=retry]")
        assert "重新读取" in await page.inner_text("[role=status]")
        assert somebody.faults == []
