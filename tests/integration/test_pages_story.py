"""One book's way through the pages, seen by everybody who has a hand in it, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import CARD, Visitor, browser, small_hub, visitor

pytestmark = pytest.mark.browser

BOOK, BARCODE = "骆驼祥子", "JLT00003"


async def asks(reader: Visitor) -> str:
    """The reader finds the book, signs in on the way, and asks for it; the address of the request."""
    page = reader.page
    await reader.open("/")
    await page.fill("[name=q]", "luotuo xiangzi")
    await page.keyboard.press("Enter")
    await page.click(f"ol.hits a:has-text('{BOOK}')")
    await page.select_option("[name=pickup]", "XWT")
    await page.click("text=看哪天能到")
    await page.click("text=预约这个版本")
    await page.fill("[name=login]", "li")
    await page.fill("[name=password]", "long enough for a test")
    await page.click("main form button")
    assert "预约《骆驼祥子》" in await page.inner_text("h1")
    await page.click("text=确认预约")
    assert "已受理" in await page.inner_text("main")
    return page.url.removeprefix(reader.base).partition("?")[0]


async def supplies(lender: Visitor) -> str:
    """The lender says yes, fetches the volume and packs it; the tote."""
    page = lender.page
    await lender.sign_in("staff-jlt")
    assert "金陵图书馆" in await page.inner_text("header")
    await lender.open("/staff/JLT/answer")
    await page.click("button[value=will_supply]")
    await lender.open("/staff/JLT/pick")
    await page.click("h1")  # the cursor is nowhere in particular
    assert "不在本馆找书单" in await lender.scan("NOSUCH99")
    assert "玄武区图书馆" in await lender.scan(BARCODE)
    await lender.open("/staff/JLT/pack")
    await page.click("button:has-text('开新箱') >> nth=0")
    assert "玄武区图书馆" in await lender.scan(BARCODE)
    await lender.look("tote-packing", page.url.removeprefix(lender.base).partition("?")[0], ("zh",))
    await page.click("text=取出")  # undo, and once more
    assert "0 册" in await page.inner_text("#contents-title")
    await page.wait_for_timeout(50)
    await page.fill("[name=barcode]", BARCODE)
    await page.keyboard.press("Enter")
    await page.locator("#contents-title:has-text('1 册')").wait_for()
    await page.click("button:has-text('封箱')")
    return (await page.inner_text("section[aria-labelledby=sealed-totes] td a")).strip()


async def drives(driver: Visitor, tote: str) -> None:
    """The tote goes from the hub to the branch."""
    page = driver.page
    await driver.sign_in("driver")
    await page.click("h2 a:has-text('城中线上午班')")
    await page.click("button:has-text('金陵图书馆')")
    await page.fill("[name=tote] >> visible=true", tote.lower())
    await page.click("button:has-text('确定')")
    assert "已装车" in await page.inner_text("[role=status]")
    while "到达玄武区图书馆" not in await page.inner_text("main"):
        await page.click("button:has-text('到达')")
    trip = page.url.removeprefix(driver.base).partition("?")[0]
    await driver.look("driver-trip", trip)
    await driver.open(trip)
    await page.click("button:has-text('到达玄武区图书馆')")
    await page.click("button:has-text('卸下')")
    assert "已卸车" in await page.inner_text("[role=status]")


async def receives(branch: Visitor, tote: str, request: str) -> None:
    """The branch unpacks the tote and hands the volume to the reader."""
    page = branch.page
    await branch.sign_in("staff-xwt")
    await branch.open("/staff/XWT/receive")
    await page.fill("[name=tote] >> visible=true", tote)
    await page.keyboard.press("Enter")
    await page.locator("text=扫描箱中取出的图书").wait_for()
    assert "放预约架" in await branch.scan(BARCODE)
    await branch.look("tote-unpacking", f"/staff/XWT/totes/{tote}", ("zh",))
    await page.click("button:has-text('核对完毕')")
    await branch.look("holds", "/staff/XWT/holds")
    await branch.open("/staff/XWT/holds")
    await page.keyboard.press("Escape")
    for code in (CARD, BARCODE):
        for sign in code:
            await page.keyboard.press(sign)
        await page.keyboard.press("Enter")
    await page.locator(".verdict.ok").wait_for()
    assert CARD not in await page.content()
    assert request


async def test_a_book_goes_from_shelf_to_reader_and_back(tmp_path: Path) -> None:
    async with small_hub(tmp_path) as base, browser() as started:
        reader, lender, driver, branch, elsewhere = [await visitor(started, base) for _ in range(5)]
        request = await asks(reader)
        tote = await supplies(lender)
        await drives(driver, tote)
        await receives(branch, tote, request)
        await reader.look("request", request)
        await reader.open(f"{request}?lang=zh")
        told = await reader.page.inner_text("ol.timeline")
        assert "金陵图书馆" in told
        assert "在玄武区图书馆取书" in told
        await elsewhere.sign_in("staff-qht")
        await elsewhere.open("/staff/QHT/returns")
        verdict = await elsewhere.scan(BARCODE)
        assert "→ 金陵图书馆" in verdict
        assert BOOK in verdict
        await elsewhere.look("returns", "/staff/QHT/returns?scanned=1")
        everybody = (reader, lender, driver, branch, elsewhere)
        assert [fault for one in everybody for fault in one.faults] == []
