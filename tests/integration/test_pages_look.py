"""Every page, in both languages, wide and narrow: accessible, inside the window, within its bytes."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser import browser, small_hub, visitor

pytestmark = pytest.mark.browser

PAGES = {
    "": {
        "home": "/", "results": "/search?q=红楼梦", "nothing-found": "/search?q=红搂梦",
        "sign-in": "/sign-in", "libraries": "/libraries?near=XWT", "library": "/libraries/JLT",
    },
    "li": {"account": "/account", "suggest": "/suggestions?title=无人收藏的书"},
    "staff-jlt": {
        "desk": "/staff/JLT", "answer": "/staff/JLT/answer", "pick": "/staff/JLT/pick",
        "pack": "/staff/JLT/pack", "receive": "/staff/JLT/receive", "expected": "/staff/JLT/expected",
        "lend": "/staff/JLT/loans", "cases": "/staff/JLT/cases",
    },
    "driver": {"driver": "/driver"},
    "coordinator": {
        "overview": "/coordinator", "transport": "/coordinator/transport",
        "duplicates": "/coordinator/duplicates", "harvests": "/coordinator/harvests",
        "all-cases": "/coordinator/cases", "suggestions": "/coordinator/suggestions", "choose-desk": "/staff",
    },
}  # fmt: skip
LARGEST, LARGEST_COMPRESSED = 60_000, 12_000


async def test_pages_can_be_seen_and_used_by_everybody(tmp_path: Path) -> None:
    async with small_hub(tmp_path) as base, browser() as started:
        seen = await asyncio.gather(*(looked(started, base, login) for login in PAGES))
        assert [fault for faults in seen for fault in faults] == []


async def looked(started: Browser, base: str, login: str) -> list[str]:
    """What is wrong with the pages of somebody's role."""
    somebody = await visitor(started, base)
    if login:
        await somebody.sign_in(login)
    for name, path in PAGES[login].items():
        body = (await somebody.look(name, path)).encode()
        assert len(body) <= LARGEST, f"{name}: {len(body)} bytes"
        assert len(gzip.compress(body)) <= LARGEST_COMPRESSED, name
    return somebody.faults


async def test_everything_works_without_scripts(tmp_path: Path) -> None:
    async with small_hub(tmp_path) as base, browser() as started:
        somebody = await visitor(started, base, scripts=False)
        page = somebody.page
        await somebody.sign_in("staff-xwt")
        await somebody.open("/staff/XWT/loans")
        await page.fill("[name=card]", "card0001".upper())
        await page.fill("[name=barcode]", "ｘｗｔ０００００")  # as an input method leaves it
        await page.click("button:has-text('确定')")
        assert "前还" in await page.inner_text(".verdict")
        await somebody.open("/staff/XWT/returns")
        await page.fill("[name=barcode]", "XWT00000")
        await page.click("button:has-text('确定')")
        assert "上架" in await page.inner_text(".verdict.ok")
        assert "红楼梦" in await page.inner_text("table.scans")
