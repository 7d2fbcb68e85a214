"""The scan box with scripts: fast scanners, input methods, a line that breaks, a session that ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import PASSWORD, Visitor, browser, small_hub, visitor

pytestmark = pytest.mark.browser

RETURNS = "/staff/XWT/returns"
SETTLED = "table.scans tbody tr:not(.pending)"


#: a scanner's keys, all within the page: over the wire a busy machine would pause longer than scanners do
PRESS = """codes => {
  const press = (key, code) => (document.activeElement || document.body).dispatchEvent(
    new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true}));
  for (const scanned of codes) {
    for (const sign of scanned) press(sign, (/[0-9]/.test(sign) ? "Digit" : "Key") + sign);
    press("Enter", "Enter");
  }
}"""


async def burst(somebody: Visitor, *codes: str) -> None:
    """Scans one right after another, without waiting for an answer."""
    await somebody.page.evaluate(PRESS, list(codes))


async def told(somebody: Visitor) -> list[str]:
    """The codes on the list, oldest first."""
    found = await somebody.page.locator(f"{SETTLED} td:nth-child(2)").all_inner_texts()
    return list(reversed(found))


async def test_scans_are_taken_in_order_wherever_the_cursor_is_and_none_is_lost(tmp_path: Path) -> None:
    async with small_hub(tmp_path) as base, browser() as started:
        staff = await visitor(started, base)
        page, context = staff.page, staff.page.context
        await staff.sign_in("staff-xwt")
        await staff.open(RETURNS)
        await page.click("h1")
        # The same code twice is one scan: the second only sounds.
        await burst(staff, "XWT00000", "XWT00000", "XWT00001", "NOSUCH77")
        await page.locator(SETTLED).nth(2).wait_for()
        assert await told(staff) == ["XWT00000", "XWT00001", "NOSUCH77"]
        assert await page.input_value("[name=barcode]") == ""

        await context.set_offline(True)
        await burst(staff, "XWT00004")
        await page.locator("[data-scan-trouble]:visible").wait_for()
        await context.set_offline(False)
        await page.locator(SETTLED).nth(3).wait_for()
        assert (await told(staff))[-1] == "XWT00004"

        # The session ends; the scan waits in the browser and is sent after signing in again.
        kept = await context.cookies()
        await context.clear_cookies()
        await burst(staff, "QHT00000")
        await page.click("[data-scan-trouble] a")
        assert kept
        await page.fill("[name=login]", "staff-xwt")
        await page.fill("[name=password]", PASSWORD)
        await page.click("main form button")
        await page.locator(SETTLED).nth(4).wait_for()
        assert (await told(staff))[-1] == "QHT00000"
        assert [fault for fault in staff.faults if "ERR_INTERNET" not in fault] == []


async def test_a_keyboard_is_enough(tmp_path: Path) -> None:
    async with small_hub(tmp_path) as base, browser() as started:
        staff = await visitor(started, base)
        page = staff.page
        await staff.sign_in("staff-xwt")
        await staff.open("/staff/XWT")
        await page.keyboard.press("Tab")
        await page.locator("a.skip:focus").wait_for()
        await page.keyboard.press("g")
        await page.wait_for_timeout(300)
        await page.keyboard.press("u")
        await page.wait_for_url(f"**{RETURNS}")
        await page.click("h1")
        await page.keyboard.press("/")
        await page.locator("[name=barcode]:focus").wait_for()
        await page.keyboard.type("xwt00000", delay=150)  # by hand, slower than any scanner
        await page.keyboard.press("Enter")
        await page.locator(".verdict.ok").wait_for()
