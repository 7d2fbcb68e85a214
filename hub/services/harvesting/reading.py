"""Reading received records in a child process, so that whoever stores and answers is not kept waiting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor

from connectors.ports import RawRecord
from hub.services.context import Hub
from hub.services.harvesting.intake import Habits, Intake, take_in
from hub.services.harvesting.packing import (
    PackedIntake,
    PackedRecord,
    pack,
    pack_intake,
    unpack,
    unpack_intake,
)

log = logging.getLogger(__name__)


async def take_in_elsewhere(hub: Hub, received: Sequence[RawRecord], habits: Habits, position: int) -> Intake:
    """As ``intake.take_in``, in one of the hub's child processes; in a thread where there is none."""
    if hub.workers is not None:
        loop = asyncio.get_running_loop()
        try:
            work = loop.run_in_executor(hub.workers, _take_in_packed, pack(received), habits, position)
            return unpack_intake(await work, received)
        except BrokenExecutor:
            log.warning("a child process died; %d records are read without it", len(received))
    return await asyncio.to_thread(take_in, received, habits, position)


def _take_in_packed(packed: Sequence[PackedRecord], habits: Habits, position: int) -> PackedIntake:
    return pack_intake(take_in(unpack(packed), habits, position), position)
