"""The routes and timetable of a network document."""

from __future__ import annotations

from collections.abc import Iterator

from hub.kernel.nodes import NodeTree
from hub.services.network_document.calendar_fields import WEEK
from hub.services.network_document.fields import Fields
from ill.transport.timetable import Route, Stop, Timetable

KINDS = frozenset({"van", "courier", "bookmobile"})


def read_timetable(document: Fields, zone: str, nodes: NodeTree) -> Timetable:
    """The timetable; distances between stops are great circles times the document's road factor."""
    sorting_hub = document.text("sorting_hub")
    if sorting_hub not in nodes:
        document.wrong("sorting_hub", "no_such_node", value=sorting_hub)
    entry = document.within("timetable")
    entry.only(
        "invented", "note_zh", "note_en", "sorting_minutes", "receiving_minutes", "road_factor", "routes"
    )
    road_factor = entry.number("road_factor", 1, 3, default=1.3)
    routes: dict[str, Route] = {}
    for route_entry in entry.objects("routes"):
        route = _route(route_entry, nodes, road_factor)
        if route.code in routes:
            route_entry.wrong("code", "repeated", value=route.code)
        routes[route.code] = route
    return Timetable(
        zone=zone,
        routes=tuple(routes.values()),
        sorting_hub=sorting_hub,
        sorting_minutes=entry.whole("sorting_minutes", 1, 1440, default=60),
        receiving_minutes=entry.whole("receiving_minutes", 0, 1440, default=60),
    )


def _route(entry: Fields, nodes: NodeTree, road_factor: float) -> Route:
    entry.only(
        "code", "name_zh", "name_en", "kind", "weekdays", "cut_off_minutes", "totes", "vehicle",
        "on_holidays", "stops",
    )  # fmt: skip
    stops = tuple(_stops(entry, nodes, road_factor))
    if len(stops) < 2:
        entry.wrong("stops", "too_few_stops")
    weekdays = frozenset(WEEK.index(day) for day in entry.words("weekdays", WEEK))
    if not weekdays:
        entry.wrong("weekdays", "missing")
    return Route(
        code=entry.text("code", pattern="[A-Z0-9]{1,8}", form="1-8 A-Z 0-9"),
        name_zh=entry.text("name_zh"),
        name_en=entry.text("name_en"),
        kind=entry.one_of("kind", KINDS),
        stops=stops,
        weekdays=weekdays,
        cut_off_minutes=entry.whole("cut_off_minutes", 0, 1440, default=30),
        totes=entry.whole("totes", 1, 10_000, default=40),
        vehicle=entry.text("vehicle", default=""),
        on_holidays=entry.flag("on_holidays"),
    )


def _stops(entry: Fields, nodes: NodeTree, road_factor: float) -> Iterator[Stop]:
    before: Stop | None = None
    for stop_entry in entry.objects("stops"):
        stop_entry.only("node", "at", "day_offset")
        stop = Stop(
            stop_entry.text("node"), stop_entry.clock("at"), stop_entry.whole("day_offset", 0, 3, default=0)
        )
        if stop.node not in nodes:
            stop_entry.wrong("node", "no_such_node", value=stop.node)
            continue
        if before is not None:
            if (stop.day_offset, stop.at) <= (before.day_offset, before.at):
                stop_entry.wrong("at", "not_after_the_stop_before", value=stop.at.strftime("%H:%M"))
            driven = round(nodes.kilometres(before.node, stop.node) * road_factor, 3)
            stop = Stop(stop.node, stop.at, stop.day_offset, driven)
        before = stop
        yield stop
