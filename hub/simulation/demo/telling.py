"""What the scripted day came to, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.messages.catalogue import text
from hub.services.networks import Network


@dataclass(frozen=True, slots=True)
class Told:
    """One story as it went. ``as_planned`` is found out from the hub, never taken from the script."""

    key: str
    at: datetime
    story: str
    reader: str
    book: str
    node: str
    as_planned: bool
    outcome: str  #: of the request, or the refusal's code

    def sentence(self, network: Network, language: str) -> str:
        """What happened, for a person."""
        name = network.nodes[self.node].name(language) if self.node in network.nodes else self.node
        values = {"reader": self.reader, "book": self.book, "node": name}
        if self.as_planned:
            return text(f"demo.story_{self.story}", language, **values)
        return text("demo.otherwise", language, **values, outcome=self.outcome)


@dataclass(frozen=True, slots=True)
class DayReport:
    """What the day came to: the same for the same seed."""

    network: Network
    begun: datetime
    ended: datetime  #: when everything had come to rest
    requests: Mapping[str, int]
    hours_to_ready: Mapping[str, float]
    loans: int
    walk_ups: int
    returned_elsewhere: int
    suggestions: int
    transport: Mapping[str, Any]
    stories: tuple[Told, ...]
    surprises: tuple[str, ...]

    def to_dict(self, language: str = "zh") -> dict[str, Any]:
        """As the command line prints it."""
        zone = ZoneInfo(self.network.calendars.zone)
        return {
            "begun": self.begun.astimezone(zone).isoformat(),
            "ended": self.ended.astimezone(zone).isoformat(),
            "requests": dict(self.requests),
            "hours_to_ready": dict(self.hours_to_ready),
            "loans": self.loans,
            "walk_ups": self.walk_ups,
            "returned_elsewhere": self.returned_elsewhere,
            "suggestions": self.suggestions,
            "transport": dict(self.transport),
            "story": [told.sentence(self.network, language) for told in self.stories],
            "otherwise": [told.key for told in self.stories if not told.as_planned],
            "surprises": list(self.surprises),
        }
