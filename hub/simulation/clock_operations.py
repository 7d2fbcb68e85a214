"""The one privilege of the demonstration: it may set its hub's clock. A real hub has no such door."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime

from hub.services.context import Hub, Principal
from hub.services.operations import ADMINISTRATORS, ANYONE, Input, NoInput, Operation
from hub.services.working import work_off
from hub.simulation.clock import SettableClock, strikes_between


class SetClock(Input):
    """The instant to move to."""

    instant: AwareDatetime


def clock_operations(clock: SettableClock) -> tuple[Operation, ...]:
    """The operations over this clock: reading it, and moving it on."""

    async def move(hub: Hub, principal: Principal, command: SetClock) -> dict[str, Any]:
        del principal
        before = clock.now()
        now = clock.set(command.instant)
        # What falls due is done before the answer, so that the same moves give the same day.
        await work_off(hub, hourly=strikes_between(before, now))
        return {"now": now.isoformat()}

    async def read(hub: Hub, principal: Principal, query: NoInput) -> dict[str, Any]:
        del hub, principal, query
        return {"now": clock.now().isoformat()}

    return (
        Operation(
            "demo.set_clock", "POST", "/api/v1/demo/clock", ADMINISTRATORS, SetClock,
            "Move the demonstration's clock on and do what falls due.", ask=move,
        ),
        Operation(
            "demo.clock", "GET", "/api/v1/demo/clock", ANYONE, NoInput,
            "The demonstration's clock.", ask=read,
        ),
    )  # fmt: skip
