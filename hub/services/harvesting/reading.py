"""Reading received records in a child process, so that whoever stores and answers is not kept waiting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from functools import partial

from hub.services.context import Hub
from hub.services.harvesting.intake import Habits, Intake, PackedRecord, take_in_packed

log = logging.getLogger(__name__)


async def take_in_elsewhere(
    hub: Hub, records: Sequence[PackedRecord], habits: Habits, position: int
) -> Intake:
    """As ``intake.take_in``, in one of the hub's child processes; in a thread where there is none."""
    reading = partial(take_in_packed, records, habits, position)
    try:
        return await asyncio.get_running_loop().run_in_executor(hub.workers, reading)
    except BrokenExecutor:
        log.warning("a child process died; %d records are read without it", len(records))
        return await asyncio.to_thread(reading)
