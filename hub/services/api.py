"""All operations of the hub by name, collected from their areas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.services import carrying as carrying_area
from hub.services import desk_scans, networks, reviewing, searching, timetable
from hub.services import lending as lending_area
from hub.services.availability import operations as availability
from hub.services.harvesting import monitoring, operating, profiles, quarantine, renumbering
from hub.services.operations import Operation


def collected(*areas: Iterable[Operation]) -> Mapping[str, Operation]:
    """These areas' operations by name. Raises ValueError when two claim one name or one address."""
    found: dict[str, Operation] = {}
    addresses: dict[tuple[str, str], str] = {}
    for operation in (entry for area in areas for entry in area):
        address = (operation.method, operation.path)
        if operation.name in found or address in addresses:
            raise ValueError(f"two operations claim {operation.name} or {address}")
        if (operation.decide is None) == (operation.ask is None):
            raise ValueError(f"{operation.name} must either decide or ask")
        found[operation.name] = operation
        addresses[address] = operation.name
    return found


def operations() -> Mapping[str, Operation]:
    """Every operation of the hub."""
    return collected(
        networks.OPERATIONS,
        searching.OPERATIONS,
        availability.OPERATIONS,
        lending_area.OPERATIONS,
        carrying_area.OPERATIONS,
        reviewing.OPERATIONS,
        monitoring.OPERATIONS,
        operating.OPERATIONS,
        profiles.OPERATIONS,
        renumbering.OPERATIONS,
        quarantine.OPERATIONS,
        timetable.OPERATIONS,
        desk_scans.OPERATIONS,
    )
