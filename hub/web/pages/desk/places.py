"""At which desk somebody works: the node in the address, named on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from hub.errors import NotFound
from hub.web.keys import HUB, LANGUAGE
from hub.web.pages.asking import ask, new_key
from hub.web.pages.rendering import render

#: the tasks of a desk in the order of a volume's way, each with the key that follows g
TASKS = (
    ("answer", "a"), ("pick", "p"), ("pack", "b"), ("receive", "r"), ("expected", "e"), ("holds", "h"),
    ("loans", "l"), ("returns", "u"), ("cases", "c"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """One node's desk."""

    node: str
    name: str

    def path(self, task: str = "") -> str:
        """The address of a task's page here."""
        return f"/staff/{self.node}/{task}" if task else f"/staff/{self.node}"


def desk_of(request: web.Request) -> Desk:
    """The desk of the address.

    Raises:
        NotFound: the network has no such node.
    """
    code = request.match_info["node"]
    nodes = request.app[HUB].network().nodes
    if code not in nodes:
        raise NotFound("network.no_such_code", field="node", code=code)
    return Desk(code, nodes[code].name(request[LANGUAGE]))


async def render_desk(
    request: web.Request, template: str, desk: Desk, task: str, status: int = 200, **context: Any
) -> web.Response:
    """Draw a page of the desk, with how much of each task waits.

    Raises:
        Forbidden: the account works elsewhere.
    """
    work = await ask(request, "desk.today", {"node": desk.node})
    totes = await ask(request, "totes.list", {"node": desk.node})
    waiting = {
        "answer": len(work["to_answer"]), "pick": len(work["to_pick"]), "pack": len(work["to_pack"]),
        "receive": len(totes["coming"]) + len(totes["to_open"]), "expected": len(work["expected"]),
        "holds": len(work["hold_shelf"]), "cases": len(work["cases"]),
    }  # fmt: skip
    hub = request.app[HUB]
    until = hub.network().calendars.open_until(desk.node, hub.clock.now())
    return render(
        request, f"desk/{template}", status=status, desk=desk, task=task, tasks=TASKS, work=work, totes=totes,
        waiting=waiting, open_until=until, key=new_key(), **context,
    )  # fmt: skip
