"""The network in force: its nodes, calendars and timetable, loaded from one document.

Owns: reading and checking a network document (errors name the field), keeping its versions.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.kernel.calendars import Calendars
from hub.kernel.nodes import NodeTree
from ill.transport.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Network:
    """One version of the network document."""

    version: int
    name_zh: str
    name_en: str
    nodes: NodeTree
    calendars: Calendars
    timetable: Timetable
    sorting_hub: str
