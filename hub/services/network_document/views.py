"""The network as the API shows it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hub.kernel.calendars import NeverOpensError
from hub.kernel.nodes import Agreement, Node
from hub.services.network_document.network import Network
from ill.transport.timetable import Route


def node_view(network: Network, node: Node, language: str, now: datetime, days: int = 0) -> dict[str, Any]:
    """A node with whether it is open now; with ``days``, its hours from today on too."""
    calendars = network.calendars
    until = calendars.open_until(node.code, now)
    view: dict[str, Any] = {
        "code": node.code,
        "parent": node.parent,
        "level": node.level.value,
        "name": node.name(language),
        "name_zh": node.name_zh,
        "name_en": node.name_en,
        "latitude": node.latitude,
        "longitude": node.longitude,
        "system": node.system,
        "capabilities": sorted(node.capabilities),
        "aliases": list(node.aliases),
        "slots": node.slots,
        "invented": node.invented,
        "open": until is not None,
        "open_until": until.isoformat() if until else None,
        "opens_at": _opens_at(network, node, now) if until is None else None,
    }
    if days:
        today = calendars.local_day(now)
        view["days"] = [_day(network, node, today + timedelta(days=offset)) for offset in range(days)]
    return view


def _opens_at(network: Network, node: Node, now: datetime) -> str | None:
    try:
        return network.calendars.next_open(node.code, now).isoformat()
    except NeverOpensError:
        return None


def _day(network: Network, node: Node, day: date) -> dict[str, Any]:
    hours = network.calendars.hours_on(node.code, day)
    return {
        "day": day.isoformat(),
        "hours": [
            f"{opens:%H:%M}-{'24:00' if f'{closes:%H:%M}' == '00:00' else f'{closes:%H:%M}'}"
            for opens, closes in hours
        ],
        "holiday": day in network.calendars.holidays,
        "makeup_day": day in network.calendars.makeup_days,
    }


def agreement_view(agreement: Agreement, language: str) -> dict[str, Any]:
    """An agreement with its members and return rules."""
    return {
        "code": agreement.code,
        "name": agreement.name_zh if language == "zh" else agreement.name_en,
        "members": list(agreement.members),
        "returns": {item_class or "default": rule.value for item_class, rule in agreement.returns.items()},
        "return_anywhere": agreement.return_anywhere,
        "invented": agreement.invented,
    }


def route_view(route: Route, language: str) -> dict[str, Any]:
    """A route with its stops and the length of a round."""
    return {
        "code": route.code,
        "name": route.name(language),
        "kind": route.kind,
        "weekdays": sorted(route.weekdays),
        "cut_off_minutes": route.cut_off_minutes,
        "totes": route.totes,
        "vehicle": route.vehicle,
        "kilometres": round(sum(stop.kilometres for stop in route.stops), 1),
        "stops": [
            {"node": stop.node, "at": f"{stop.at:%H:%M}", "day_offset": stop.day_offset}
            for stop in route.stops
        ],
    }
