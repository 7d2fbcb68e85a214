"""The network as a value: what one version of its document says."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.kernel.calendars import Calendars
from hub.kernel.nodes import Agreement, NodeTree
from ill.transport.legs import ArrivalTable
from ill.transport.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Network:
    """One version of the network document. ``arrivals`` follows from the rest and remembers its answers."""

    version: int
    name_zh: str
    name_en: str
    nodes: NodeTree
    calendars: Calendars
    timetable: Timetable
    sorting_hub: str
    agreements: tuple[Agreement, ...] = ()
    arrivals: ArrivalTable = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "arrivals", ArrivalTable(self.timetable, self.calendars))

    def agreement_between(self, first: str, second: str) -> Agreement | None:
        """The first agreement of the document that covers both nodes; None when they have none."""
        signers = set(self.nodes.path(first)), set(self.nodes.path(second))
        for agreement in self.agreements:
            members = set(agreement.members)
            if members & signers[0] and members & signers[1]:
                return agreement
        return None
