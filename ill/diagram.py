"""Mermaid state diagrams printed from the tables, so that a picture cannot drift from the code.

``python -m ill.diagram`` prints all three; a test compares them with README.md.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from enum import StrEnum
from typing import TypeVar

from ill.loan_table import LOAN_TABLE
from ill.machine import Table
from ill.request_table import REQUEST_TABLE
from ill.states import LOAN_ENDS, REQUEST_ENDS, SUPPLY_ENDS, LoanState, RequestState, SupplyState
from ill.supply_table import SUPPLY_TABLE

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)


def mermaid(table: Table[State, Event], start: State, ends: Collection[State]) -> str:
    """The table as a mermaid state diagram; events with the same way share an arrow."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for (state, event), step in table.items():
        arrows.setdefault((state, step.state), []).append(event.value)
    lines = ["stateDiagram-v2", f"    [*] --> {start.value}"]
    lines += [
        f"    {origin.value} --> {target.value}: {', '.join(events)}"
        for (origin, target), events in arrows.items()
    ]
    lines += [f"    {end.value} --> [*]" for end in sorted(ends)]
    return "\n".join(lines)


def diagrams() -> dict[str, str]:
    """The diagrams of the request, the supply and the loan."""
    return {
        "request": mermaid(REQUEST_TABLE, RequestState.CHOOSING, REQUEST_ENDS),
        "supply": mermaid(SUPPLY_TABLE, SupplyState.ASKED, SUPPLY_ENDS),
        "loan": mermaid(LOAN_TABLE, LoanState.LENT, LOAN_ENDS),
    }


if __name__ == "__main__":
    for name, diagram in diagrams().items():
        sys.stdout.write(f"### {name}\n\n```mermaid\n{diagram}\n```\n\n")
