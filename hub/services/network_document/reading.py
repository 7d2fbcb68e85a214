"""From a network document to a network, or to the list of everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.services.network_document.agreement_fields import read_agreements
from hub.services.network_document.calendar_fields import read_calendars, read_patterns, read_zone
from hub.services.network_document.fields import Fields, Problem
from hub.services.network_document.network import Network
from hub.services.network_document.node_fields import read_nodes
from hub.services.network_document.route_fields import read_timetable
from hub.services.validation import InvalidInput

FORMAT = 1


def parse(document: Mapping[str, Any], version: int = 0) -> Network:
    """The network that a document describes.

    Raises:
        InvalidInput: with the path, the mistake and the remedy for every wrong field.
    """
    problems: list[Problem] = []
    top = Fields(document, "", problems)
    top.only(
        "format", "name_zh", "name_en", "notes", "zone", "sorting_hub", "nodes", "hours", "holidays",
        "closures", "agreements", "timetable", "mobile_stops",
    )  # fmt: skip
    top.whole("format", FORMAT, FORMAT)
    zone = read_zone(top)
    patterns = read_patterns(top)
    nodes = read_nodes(top, patterns)
    network = Network(
        version=version,
        name_zh=top.text("name_zh"),
        name_en=top.text("name_en"),
        nodes=nodes,
        calendars=read_calendars(top, zone, patterns, nodes),
        timetable=read_timetable(top, zone, nodes),
        sorting_hub=top.text("sorting_hub", default=""),
        agreements=tuple(read_agreements(top, nodes)),
    )
    if problems:
        raise InvalidInput(problems)
    return network
