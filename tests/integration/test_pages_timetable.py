"""The timetable page: every state of a source seen, in both languages and widths, and every action done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from hub.bootstrap.serving import web_site
from hub.config import Settings
from hub.services.context import THE_HUB, Hub, Transaction
from hub.services.harvesting.claimed import job_of
from hub.services.timetable.setting import SetInput, set_timetable
from hub.simulation.clock import SettableClock
from hub.storage import harvests, jobs, timetables
from hub.storage.harvests.values import SourceRow
from tests.browser import browser, populate, visitor
from tests.lived_in import START, opened

pytestmark = pytest.mark.browser

PAGE = "/coordinator/harvests/timetable"
RULES = {
    "jlt-opac": ("02:30", "every", "5 open days", "22:00-06:00"),
    "xwt-sru": ("03:00, 23:15", "working", "sun", "22:00-06:00"),
    "qht-oai": ("01:00", "mon, wed, fri", "7 days", "22:00-06:00"),
    "nse-files": ("08:30", "open", "always", ""),
}
LEASE = timedelta(minutes=1)


def furnish(tx: Transaction) -> None:
    """A source in each state."""
    connection = tx.connection
    for name in (*RULES, "by-hand", "running"):
        member = name.partition("-")[0].upper()
        known = member if member in tx.network.nodes else "JLT"
        row = SourceRow(name, known, "sru", f"http://127.0.0.1/{name}", {}, {}, tx.now)
        harvests.add_source(connection, row)
    for name, (times, days, full, window) in RULES.items():
        rules = SetInput(source=name, times=times, days=days, full=full, window=window)
        set_timetable(tx, THE_HUB, rules)
    _ran(connection, tx, "jlt-opac", "done", "", hours=7)
    _ran(connection, tx, "xwt-sru", "failed", "timed_out: seconds=30, during=search", hours=6)
    timetables.set_breaker(connection, "xwt-sru", 5, tx.now + timedelta(hours=4))
    claim = jobs.begin(connection, job_of("qht-oai"), tx.now - timedelta(hours=8), "a/1", tx.now, LEASE)
    jobs.let_wait(connection, claim, tx.now + timedelta(hours=14), "window_closed", {"received": 12345})
    harvests.start_run(connection, "running", full=True, now=tx.now)
    jobs.begin(connection, job_of("running"), tx.now, "a/1", tx.now, LEASE, cause="coordinator")


def _ran(connection: Connection, tx: Transaction, source: str, state: str, problem: str, hours: int) -> None:
    begun = tx.now - timedelta(hours=hours)
    claim = jobs.begin(connection, job_of(source), begun, "a/1", begun, LEASE)
    outcome = {"received": 54321, "stored": 321, "unchanged": 54000}
    ended = begun + timedelta(seconds=83)
    jobs.finish(connection, claim, ended, state=state, problem=problem, outcome=outcome)


@asynccontextmanager
async def furnished_hub(folder: Path) -> AsyncIterator[tuple[Hub, str]]:
    data = folder / "data"
    async with opened(data, SettableClock(START)) as hub:
        await populate(hub, folder)
        await hub.store.write(
            lambda connection: furnish(Transaction(connection, hub.clock.now(), hub.network(), "test"))
        )
        async with web_site(hub, Settings(data=data, port=0)) as port:
            yield hub, f"http://127.0.0.1:{port}"


async def test_the_timetable_is_seen_and_worked_with(tmp_path: Path) -> None:
    async with furnished_hub(tmp_path) as (hub, base), browser() as started:
        somebody = await visitor(started, base, scripts=False)
        page = somebody.page
        await somebody.sign_in("coordinator")
        await somebody.open(f"{PAGE}?lang=zh")
        for word in ("暂歇", "暂停，将继续", "仅手动", "收割中", "5 个开馆日", "工作日（含调休）"):
            assert word in await page.inner_text("main")

        await page.click("button[aria-label='跳过下次：jlt-opac']")
        assert "已跳过" in await page.inner_text("[role=status]")
        await page.click("button[aria-label='停止：running']")
        assert "正在停止" in await page.inner_text("main")
        await page.click("button[aria-label='立即收割：xwt-sru']")
        assert "即将开始" in await page.inner_text("main")

        await page.click("a[aria-label='修改：by-hand']")
        await page.fill("[name=times]", "14:00")
        await page.click("button[value=set]")
        assert "14:00 不在允许的时段内" in await page.inner_text("[role=alert]")
        assert await page.input_value("[name=times]") == "14:00", "what was typed stays"
        await page.fill("[name=times]", "4:15")
        await page.click("button[value=set]")
        assert "04:15" in await page.inner_text("main")
        kept = await hub.store.read(lambda connection: timetables.find(connection, "by-hand"))
        assert kept is not None
        assert (kept.times, kept.full, kept.window) == ("04:15", "sun", "22:00-06:00")
        await page.click("a[aria-label='修改：by-hand']")
        await page.click("button[value=remove]")
        assert await hub.store.read(lambda connection: timetables.find(connection, "by-hand")) is None
        assert somebody.faults == []


async def test_the_timetable_can_be_seen_by_everybody(tmp_path: Path) -> None:
    async with furnished_hub(tmp_path) as (_, base), browser() as started:
        somebody = await visitor(started, base)
        await somebody.sign_in("coordinator")
        await somebody.look("timetable", PAGE)
        await somebody.look("timetable-edit", f"{PAGE}?edit=qht-oai")
        assert somebody.faults == []
