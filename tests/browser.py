"""A small hub over HTTP and a browser to look at it: accessibility, width, foreign requests, screenshots."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from sqlalchemy import Connection

from hub.bootstrap.assembly import SystemClock
from hub.bootstrap.serving import web_site
from hub.config import Settings
from hub.services import accounts
from hub.services.accounts import NewAccount, hash_password
from hub.services.clustering import cluster
from hub.services.context import Hub, Role, Transaction
from hub.services.harvesting.ingesting import FileOrder, ingest
from hub.services.indexing import feed
from hub.simulation.clock import SettableClock
from tests.lived_in import SHELVES, START, marc, opened

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
SCREENSHOTS = Path(__file__).resolve().parent.parent / ".screenshots"
PASSWORD = "long enough for a test"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, NARROW = 1280, 320
CARD = "CARD0001"
PEOPLE = (
    NewAccount("li", PASSWORD, Role.READER, "XWT", name="李四", card=CARD),
    NewAccount("staff-jlt", PASSWORD, Role.STAFF, "JLT"),
    NewAccount("staff-xwt", PASSWORD, Role.STAFF, "XWT"),
    NewAccount("staff-qht", PASSWORD, Role.STAFF, "QHT"),
    NewAccount("driver", PASSWORD, Role.DRIVER, "JLT"),
    NewAccount("coordinator", PASSWORD, Role.COORDINATOR),
)


async def populate(hub: Hub, folder: Path) -> None:
    """Three catalogues with a copy of some books each, united and indexed, and somebody of every role."""
    for member, positions in SHELVES.items():
        file = folder / f"{member}.mrc"
        file.write_bytes(marc(member, positions))
        await ingest(hub, FileOrder(file, member))
    await cluster(hub)
    await feed(hub)
    hashed = hash_password(PASSWORD)

    def make(connection: Connection) -> None:
        for person in PEOPLE:
            tx = Transaction(connection, hub.clock.now(), hub.network(), f"test/{person.login}")
            accounts.add(tx, person, hashed)

    await hub.store.write(make)


@asynccontextmanager
async def small_hub(folder: Path) -> AsyncIterator[str]:
    """A hub with a handful of records, answering over HTTP from a Tuesday morning on; its address."""
    clock = SettableClock(START)
    data = folder / "data"
    async with opened(data, clock) as hub:
        await populate(hub, folder)
        clock.run_on(SystemClock().now)
        async with web_site(hub, Settings(data=data, port=0)) as port:
            yield f"http://127.0.0.1:{port}"


@dataclass
class Visitor:
    """Somebody at a browser of their own, with what went wrong on the way."""

    base: str
    page: Page
    faults: list[str] = field(default_factory=list)

    async def open(self, path: str) -> str:
        """Go to a page of the hub; its HTML."""
        answer = await self.page.goto(self.base + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        return await answer.text()

    async def sign_in(self, login: str) -> None:
        """Sign in by the form."""
        await self.open("/sign-in")
        await self.page.fill("[name=login]", login)
        await self.page.fill("[name=password]", PASSWORD)
        await self.page.click("main form button")

    async def scan(self, code: str) -> str:
        """Type as a scanner does, wherever the cursor is; the verdict that is shown."""
        before = await self.page.locator("table.scans tbody tr:not(.pending)").count()
        for sign in code:
            await self.page.keyboard.press(sign)
        await self.page.keyboard.press("Enter")
        rows = self.page.locator("table.scans tbody tr:not(.pending)")
        await rows.nth(before).wait_for()
        return await self.page.locator(".verdict").inner_text()

    async def look(self, name: str, path: str, languages: Iterable[str] = ("zh", "en")) -> str:
        """See a page in each language, wide and narrow: screenshots, accessibility, overflow, one h1.

        Returns:
            The HTML in the last of the languages.
        """
        body = ""
        for language in languages:
            await self.page.set_viewport_size({"width": DESKTOP, "height": 900})
            body = await self.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
            for width in (DESKTOP, NARROW):
                await self.page.set_viewport_size({"width": width, "height": 900})
                await self._examine(f"{name}-{language}-{width}")
        return body

    async def _examine(self, name: str) -> None:
        SCREENSHOTS.mkdir(exist_ok=True)
        picture = SCREENSHOTS / f"{name}.jpg"
        await self.page.screenshot(path=picture, full_page=True, type="jpeg", quality=75)
        if await self.page.evaluate("typeof axe") == "undefined":
            await self.page.evaluate(axe_source())
        found = await self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
        )
        self.faults += [f"{name}: {_said(violation)}" for violation in found["violations"]]
        over = await self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            self.faults.append(f"{name}: {over} px wider than the window")
        if await self.page.locator("h1").count() != 1:
            self.faults.append(f"{name}: not one h1")


def _said(violation: dict[str, Any]) -> str:
    return f"{violation['id']}: {[node['html'][:120] for node in violation['nodes']][:3]}"


def axe_source() -> str:
    """The accessibility engine that axe-playwright-python ships."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield started
        await started.close()


async def visitor(started: Browser, base: str, *, scripts: bool = True) -> Visitor:
    """Somebody new, who is told of every request that leaves the hub and every error of a script."""
    context: BrowserContext = await started.new_context(
        viewport={"width": DESKTOP, "height": 900}, java_script_enabled=scripts, locale="zh-CN"
    )
    context.set_default_timeout(10_000)
    new = Visitor(base, await context.new_page())
    new.page.on(
        "request",
        lambda request: request.url.startswith(base) or new.faults.append(f"foreign request {request.url}"),
    )
    new.page.on("pageerror", lambda error: new.faults.append(f"script error {error}"))
    return new
