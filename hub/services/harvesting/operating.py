"""Managing sources over the API and the pages: adding and changing them, asking their targets, mapping codes.

What speaks to a member or reads a whole catalogue again cannot be decided in one transaction. Each of these
operations may be repeated: done twice, it comes to the same.

Must not: let an account of the web name files of the hub's machine that its operator did not name.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field

from hub.errors import Conflict, Forbidden, NotFound
from hub.services.context import Hub, Principal
from hub.services.harvesting import profiles, quarantine, sources
from hub.services.harvesting.profiles import SourceInput
from hub.services.harvesting.restating import restate
from hub.services.harvesting.showing import list_sources, show_source
from hub.services.operations import COORDINATORS, Input, NoInput, Operation
from hub.services.secrets import SECRET_OPTIONS

Protocol = Literal["z3950", "sru", "oai-pmh", "file"]
Value = str | int | float | bool | dict[str, Any]
#: a name that stands in addresses of pages and commands without being quoted
NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"


class AddInput(Input):
    """A source to be registered."""

    source: str = Field(max_length=100, pattern=f"^{NAME}$")
    member: str = Field(min_length=1, max_length=50)
    protocol: Protocol
    address: str = Field(min_length=1, max_length=2000)
    options: dict[str, Value] = Field(default_factory=dict, max_length=100)


class ChangeInput(SourceInput):
    """What is to be different about a source; what is not named stays."""

    protocol: Protocol | None = None
    address: str | None = Field(default=None, min_length=1, max_length=2000)
    options: dict[str, Value] = Field(default_factory=dict, max_length=100)
    without: list[str] = Field(default_factory=list, max_length=100)


class MapInput(SourceInput):
    """Which node each location code means; an empty node takes the code out of the source's table."""

    locations: dict[str, str] = Field(min_length=1, max_length=2000)


async def add(hub: Hub, principal: Principal, command: AddInput) -> dict[str, Any]:
    """Register a source. The same once more changes nothing.

    Raises:
        Conflict: another source has this name.
        Forbidden: it would read files that the operator has not named.
    """
    wanted = sources.NewSource(
        command.source, command.member, command.protocol, command.address, command.options
    )
    _refuse_files(hub.targets, command.protocol, command.address, command.options)
    try:
        await sources.add(hub, wanted)
    except Conflict:
        there = await sources.find(hub, command.source)
        if (
            sources.NewSource(there.name, there.member, there.protocol, there.address, there.options)
            != wanted
        ):
            raise
    return await show_source(hub, principal, SourceInput(source=command.source))


async def change(hub: Hub, principal: Principal, command: ChangeInput) -> dict[str, Any]:
    """As ``sources.change``.

    Raises:
        Forbidden: it would read files that the operator has not named.
    """
    before = await sources.find(hub, command.source)
    protocol, address = command.protocol or before.protocol, command.address or before.address
    if (protocol, address) != (before.protocol, before.address):
        _refuse_files(hub.targets, protocol, address, {})
    _refuse_files(hub.targets, "", "", command.options)
    await sources.change(
        hub,
        sources.SourceChange(
            command.source, command.protocol, command.address, command.options, command.without
        ),
    )
    return await show_source(hub, principal, SourceInput(source=command.source))


async def probe(hub: Hub, principal: Principal, command: SourceInput) -> dict[str, Any]:
    """As ``profiles.probe``."""
    del principal
    return await profiles.probe(hub, command.source)


async def preview(hub: Hub, principal: Principal, query: SourceInput) -> dict[str, Any]:
    """As ``sources.preview``."""
    del principal
    return await sources.preview(hub, query.source)


async def map_locations(hub: Hub, principal: Principal, command: MapInput) -> dict[str, Any]:
    """Say which nodes location codes mean, and find the stored records' items by it.

    Raises:
        NotFound: there is no such source or node.
    """
    del principal
    nodes = hub.network().nodes
    for node in command.locations.values():
        if node and node not in nodes:
            raise NotFound("common.not_found", field="locations", what="node", key=node)
    source = await sources.find(hub, command.source)
    table = {**source.options.get("locations", {}), **command.locations}
    table = {code: node for code, node in table.items() if node}
    await sources.change(hub, sources.SourceChange(command.source, options={"locations": table}))
    return await restate(hub, command.source)


async def retry_quarantine(hub: Hub, principal: Principal, command: SourceInput) -> dict[str, Any]:
    """As ``quarantine.retry``."""
    del principal
    return await quarantine.retry(hub, command.source)


def _refuse_files(
    targets: Collection[str], protocol: str, address: str, options: Mapping[str, object]
) -> None:
    """Nothing, unless files of the hub's machine are named that its operator did not name.

    Raises:
        Forbidden: naming the folder or the option.
    """
    for name in SECRET_OPTIONS & options.keys():
        if str(options[name]).startswith("file:"):
            raise Forbidden("sources.file_by_command", field=name)
    if protocol != "file":
        return
    parts = urlsplit(address)
    folder = Path(os.path.realpath(unquote(parts.path) if parts.scheme else address))
    named = [Path(os.path.realpath(one)) for one in targets if one.startswith("/")]
    if not any(folder.is_relative_to(one) for one in named):
        raise Forbidden("sources.folder_by_command", field="address", folder=address)


OPERATIONS = (
    Operation(
        "sources.list", "GET", "/api/v1/sources", COORDINATORS, NoInput,
        "Every source: whose it is, where and how it is asked; secrets only by reference.",
        ask=list_sources,
    ),
    Operation(
        "sources.show", "GET", "/api/v1/sources/{source}", COORDINATORS, SourceInput,
        "One source with what is kept of it, how its records are told apart, and unmapped location codes.",
        ask=show_source,
    ),
    Operation(
        "sources.add", "POST", "/api/v1/sources", COORDINATORS, AddInput,
        "Register a source; a password is named by a reference, never given.",
        ask=add,
    ),
    Operation(
        "sources.change", "POST", "/api/v1/sources/{source}", COORDINATORS, ChangeInput,
        "Give a source another address, protocol or options; its records stay.",
        ask=change,
    ),
    Operation(
        "sources.probe", "POST", "/api/v1/sources/{source}/probe", COORDINATORS, SourceInput,
        "Ask a source's target what it can do; what operators said before stands.",
        ask=probe,
    ),
    Operation(
        "sources.preview", "GET", "/api/v1/sources/{source}/preview", COORDINATORS, SourceInput,
        "The items of a source's first 20 records as they would be stored; nothing is.",
        ask=preview,
    ),
    Operation(
        "sources.map_locations", "POST", "/api/v1/sources/{source}/locations", COORDINATORS, MapInput,
        "Say which libraries location codes mean; the items of stored records follow at once.",
        ask=map_locations,
    ),
    Operation(
        "quarantine.retry", "POST", "/api/v1/sources/{source}/quarantine/retry", COORDINATORS, SourceInput,
        "Read a source's quarantine again and store what can be read now.",
        ask=retry_quarantine,
    ),
)  # fmt: skip
