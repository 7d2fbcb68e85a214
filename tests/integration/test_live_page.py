"""An edition's page: what is stored is there at once, and what libraries answer comes into it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from connectors.serving import ServedCatalogue, ServedRecord
from connectors.testing import Exchange, z3950_peer
from connectors.z3950 import oids
from connectors.z3950.apdu import PresentRequest, PresentResponse, RetrievedRecord
from connectors.z3950.opac import Circulation, OpacHolding, OpacRecord, encode_opac
from hub.bootstrap.serving import web_site
from hub.config import Settings
from hub.simulation.clock import SettableClock
from hub.storage.tables.catalogue import Item, Source
from hub.storage.tables.clusters import ClusterMember
from hub.storage.tables.columns import core
from tests.browser import browser, populate, small_hub, visitor
from tests.lived_in import START, marc, opened

pytestmark = pytest.mark.browser

BARCODE = "JLT00000"
CATALOGUE = ServedCatalogue("jlt", [ServedRecord("JLT0000", marc("JLT", [0]), None, START)])
LENT = OpacHolding("金陵图书馆", "I24/0", circulation=(Circulation(False, "2026-12-09", item_id=BARCODE),))
#: a copy that no harvest has seen yet
NEW = OpacHolding("金陵图书馆", "I24/0", circulation=(Circulation(True, item_id="JLT09999"),))


def lent_now(exchange: Exchange) -> Exchange:
    """The member's copy has been lent since the harvest."""
    request = exchange.request
    if not isinstance(request, PresentRequest) or request.syntax != oids.OPAC:
        return exchange
    content = encode_opac(OpacRecord(marc("JLT", [0]), oids.UNIMARC, (LENT, NEW)))
    return replace(exchange, answer=PresentResponse((RetrievedRecord(oids.OPAC, content),)))


@dataclass(frozen=True)
class Shown:
    """A hub whose libraries answer in three ways, and the edition that all of them hold."""

    base: str
    path: str


def connect(connection: Connection, addresses: dict[str, str]) -> str:
    """Make some sources ones that can be asked; the edition of the copy that was lent."""
    source, item, member = core(Source), core(Item), core(ClusterMember)
    for node, address in addresses.items():
        connection.execute(
            update(source).where(source.c.member == node).values(protocol="z3950", address=address)
        )
    of_copy = item.join(member, member.c.record == item.c.record)
    edition = select(member.c.cluster).select_from(of_copy).where(item.c.barcode == BARCODE)
    return str(connection.execute(edition).scalar_one())


@asynccontextmanager
async def shown(folder: Path) -> AsyncIterator[Shown]:
    """One library answers that its copy is lent, one is down, one cannot be asked."""
    clock = SettableClock(START)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"tcp://127.0.0.1:{listener.getsockname()[1]}/x"
    async with z3950_peer(CATALOGUE, lent_now) as answering, opened(folder / "data", clock) as hub:
        await populate(hub, folder)
        addresses = {"JLT": answering, "XWT": nobody}
        edition = await hub.store.write(lambda connection: connect(connection, addresses))
        clock.advance(timedelta(minutes=10))
        async with web_site(hub, Settings(data=folder / "data", port=0)) as port:
            yield Shown(f"http://127.0.0.1:{port}", f"/editions/{edition}")


async def test_the_answer_comes_into_the_page_that_was_there_at_once(tmp_path: Path) -> None:
    async with shown(tmp_path) as hub, browser() as started:
        somebody = await visitor(started, hub.base)
        stored = await somebody.open(hub.path)
        assert "以下为10 分钟前的记录" in stored
        assert "12月9日" not in stored
        await somebody.page.get_by_text("1 馆实时回应，2 馆为已有记录（其中 1 馆未能回应）").wait_for()
        row = await somebody.page.locator(f"tr:has-text('{BARCODE}')").inner_text()
        assert "已借出" in row
        assert "应还12月9日" in row
        assert "实时" in await somebody.page.locator("details[data-node=JLT] summary").inner_text()
        await somebody.page.locator("details[data-node=sources] summary").click()
        sources = await somebody.page.locator("details[data-node=sources]").inner_text()
        assert "连接不上" in sources
        assert "不支持实时查询" in sources
        await somebody.look("edition", hub.path)
        await somebody.look("edition-live", f"{hub.path}?live=1")
        assert somebody.faults == []


async def test_without_scripts_a_link_asks_the_libraries(tmp_path: Path) -> None:
    async with shown(tmp_path) as hub, browser() as started:
        somebody = await visitor(started, hub.base, scripts=False)
        await somebody.open(hub.path)
        await somebody.page.get_by_text("查询实时状态").click()
        text = await somebody.page.locator("#asked").inner_text()
        assert "1 馆实时回应" in text
        assert await somebody.page.get_by_text("查询实时状态").count() == 0


async def test_a_page_whose_libraries_cannot_be_asked_asks_nobody(tmp_path: Path) -> None:
    async with small_hub(tmp_path) as base, browser() as started:
        somebody = await visitor(started, base)
        await somebody.open("/search?q=边城")
        await somebody.page.locator("main a[href^='/editions/']").first.click()
        await somebody.page.locator("#asked").wait_for()
        assert await somebody.page.locator("[data-live]").count() == 0
        assert somebody.faults == []
