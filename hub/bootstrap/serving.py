"""Running the hub: the web, the jobs and the local command socket, until told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiohttp import web

from hub.bootstrap.assembly import SystemClock, assemble
from hub.cli.command import Context
from hub.config import Settings
from hub.servers.command_socket import Asked, CommandSocket
from hub.services import working
from hub.services.api import operations
from hub.services.context import Hub
from hub.services.operations import Operation
from hub.services.progress import Progress
from hub.services.ticking import Claims
from hub.services.timetable.starting import HarvestStarter
from hub.services.working import Body
from hub.simulation.clock import SettableClock
from hub.simulation.clock_operations import clock_operations
from hub.web.app import create_app
from hub.web.settings import WebSettings
from schedules.jobs import JOBS, Job
from schedules.ticker import Ticker

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Roles:
    """Which parts of the hub a process runs."""

    names: frozenset[str]

    def __contains__(self, name: str) -> bool:
        """Whether this process runs that part."""
        return name in self.names


def web_settings(settings: Settings) -> WebSettings:
    """What the web needs of the settings."""
    return WebSettings(settings.language, settings.secure_cookies, settings.allowed_hosts)


@asynccontextmanager
async def web_site(
    hub: Hub, settings: Settings, extra: tuple[Operation, ...] = (), web_only: WebSettings | None = None
) -> AsyncIterator[int]:
    """The web pages and the API while the block runs; the port they are on."""
    table = {**operations(), **{operation.name: operation for operation in extra}}
    app = create_app(hub, table, web_only or web_settings(settings))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        listening = socket.create_server((settings.host, settings.port))
        site = web.SockSite(runner, listening)
        await site.start()
        yield listening.getsockname()[1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def jobs(
    hub: Hub, declared: tuple[Job, ...] = JOBS, bodies: Mapping[str, Body] = working.JOBS
) -> AsyncIterator[None]:
    """The jobs while the block runs, harvests among them."""
    starter = HarvestStarter(hub)
    ticker = Ticker(Claims(hub, {**bodies, "start_harvests": starter.start_due}).run, declared)
    ticker.start()
    try:
        yield
    finally:
        await ticker.stop()
        await starter.stop()


@asynccontextmanager
async def commands(hub: Hub, context: Context) -> AsyncIterator[None]:
    """The local command socket while the block runs."""

    async def answer(asked: Asked, progress: Progress) -> dict[str, Any]:
        assert context.perform is not None
        settings = replace(context.settings, language=asked.language)
        there = replace(context, settings=settings, hub=hub, progress=progress)
        return await context.perform(there, asked.words, asked.arguments)

    listener = CommandSocket(context.settings.command_socket, context.language, answer)
    await listener.start()
    try:
        yield
    finally:
        await listener.stop()


async def stopped() -> None:
    """Return when the process is told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


async def serve(context: Context, roles: Roles, *, demo_clock: str = "") -> None:
    """Run until told to stop.

    ``demo_clock`` is the instant a settable clock begins at: the demonstration's own hub, whose jobs run when
    its clock is moved and not by real time.
    """
    settings = context.settings
    settable = SettableClock(datetime.fromisoformat(demo_clock)) if demo_clock else None
    async with AsyncExitStack() as stack:
        hub = await stack.enter_async_context(assemble(settings, clock=settable or SystemClock()))
        await stack.enter_async_context(commands(hub, context))
        if "web" in roles:
            extra = clock_operations(settable) if settable is not None else ()
            port = await stack.enter_async_context(web_site(hub, settings, extra))
            log.info("the hub answers at http://%s:%d", settings.host, port)
        if "worker" in roles and settable is None:
            await stack.enter_async_context(jobs(hub))
        await stopped()
