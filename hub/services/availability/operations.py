"""editions.availability: how an edition's copies stand now, with who said so."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from hub.services.availability.live import DEADLINE, ask_live
from hub.services.availability.views import View
from hub.services.context import Hub, Principal
from hub.services.operations import ANYONE, Input, Operation
from hub.services.searching.inputs import readable


class AvailabilityInput(Input):
    """Which edition, and how long the answer may take."""

    edition: str = Field(max_length=64)
    live: bool = True  #: false: ask nobody; what is stored, with its age
    deadline: float = Field(default=DEADLINE, ge=0.1, le=5.0)  #: seconds


async def show(hub: Hub, principal: Principal, query: AvailabilityInput) -> dict[str, Any]:
    """How the copies stand.

    Raises:
        NotFound: there never was such an edition.
    """
    edition = readable(query.edition, "edition")
    live = await ask_live(hub, edition, deadline=query.deadline if query.live else 0.0)
    return View(live, hub.network(), principal.language).to_dict()


OPERATIONS = (
    Operation(
        "editions.availability", "GET", "/api/v1/editions/{edition}/availability", ANYONE, AvailabilityInput,
        "Whether an edition's copies are in now: its members are asked, and what they do not answer is told.",
        ask=show,
    ),
)  # fmt: skip
