"""Sources: registering and changing them, looking at their items before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from connectors.errors import ConnectorError
from connectors.ports import Fetched, Finished, HarvestOrder, RawRecord
from hub.errors import Broken, NotFound
from hub.services.context import Hub
from hub.services.harvesting.harvest import BY_HAND
from hub.services.harvesting.locations import locations_of
from hub.services.harvesting.opening import (
    FULL_NEXT,
    TARGET,
    open_source,
    profile_of,
    refuse_elsewhere,
    refuse_impossible_source,
    unreachable,
)
from hub.services.harvesting.options import refuse_impossible
from hub.services.harvesting.previewing import previewed
from hub.services.harvesting.problems import problem_phrase
from hub.services.secrets import refuse_clear
from hub.storage import harvests
from hub.storage.harvests.values import SourceRow

PREVIEWED = 20


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source to be registered."""

    name: str
    member: str
    protocol: str
    address: str
    options: Mapping[str, Any]


async def add(hub: Hub, new: NewSource) -> SourceRow:
    """Register a source.

    Raises:
        NotFound: the member is no node.
        Refusal: the protocol, the address, an option or the holdings profile cannot be used.
        Conflict: there is a source of this name.
    """
    network = hub.network()
    if new.member not in network.nodes:
        raise NotFound("common.not_found", field="member", what="node", key=new.member)
    row = SourceRow(new.name, new.member, new.protocol, new.address, dict(new.options), {}, hub.clock.now())
    _refuse_unusable(hub, row)
    await hub.store.write(lambda connection: harvests.add_source(connection, row))
    return row


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What is to be different about a source; None leaves a thing as it is."""

    name: str
    protocol: str | None = None
    address: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)  #: to be set
    without: Sequence[str] = ()  #: options to be taken away


async def change(hub: Hub, wanted: SourceChange) -> SourceRow:
    """Give a source another address, protocol or options: its records, and all that hangs on them, stay.

    Of another target nothing is known: what was probed is forgotten, what operators said stays while the
    protocol does, a run that was cut off is not gone on with, and the next harvest is a full one. Where
    identifiers change with the system, load a map of them before it: see ``renumbering``.

    Raises:
        NotFound: there is no such source.
        Refusal: the source could not be used like that.
    """

    def decide(connection: Connection) -> SourceRow:
        before = harvests.locked_source(connection, wanted.name)
        after = _changed(before, wanted)
        _refuse_unusable(hub, after)
        harvests.change_source(connection, after)
        if (after.protocol, after.address) != (before.protocol, before.address):
            harvests.abandon_run(connection, before.name, hub.clock.now())
        return after

    return await hub.store.write(decide)


def _changed(before: SourceRow, wanted: SourceChange) -> SourceRow:
    protocol, address = wanted.protocol or before.protocol, wanted.address or before.address
    kept = {name: value for name, value in before.options.items() if name not in wanted.without}
    profile = dict(before.profile)
    if (protocol, address) != (before.protocol, before.address):
        known = profile_of(before)
        for learnt in (TARGET, "holdings"):
            profile.pop(learnt, None)
        if known is not None and known.edits and protocol == before.protocol:
            profile[TARGET] = replace(known, findings={}, server="", total=None, total_exact=False).to_dict()
        profile[FULL_NEXT] = True
    return replace(
        before, protocol=protocol, address=address, options={**kept, **wanted.options}, profile=profile
    )


def _refuse_unusable(hub: Hub, source: SourceRow) -> None:
    refuse_clear(source.options, source.address)
    refuse_impossible(hub.network().nodes, source.protocol, source.options)
    refuse_elsewhere(source.address, hub.targets)
    if source.protocol != BY_HAND:
        refuse_impossible_source(source)


async def listed(hub: Hub) -> list[SourceRow]:
    """Every source, by name."""
    return await hub.store.read(harvests.sources)


async def find(hub: Hub, name: str) -> SourceRow:
    """The source of this name. Raises NotFound when there is none."""
    source = await hub.store.read(lambda connection: harvests.find_source(connection, name))
    if source is None:
        raise NotFound("storage.no_source", field="name", name=name)
    return source


async def preview(hub: Hub, name: str) -> dict[str, Any]:
    """The items of the first records, as they would be stored; nothing is.

    Raises:
        Broken: the target brought no record to look at.
    """
    source = await find(hub, name)
    received = await _first_records(hub, source)
    encoding, chosen = (str(source.options.get(name, "auto")) for name in ("encoding", "profile"))
    locations = locations_of(hub.network().nodes, source.member, source.options)
    return {"source": name, **previewed(received, locations, encoding, chosen)}


async def _first_records(hub: Hub, source: SourceRow) -> list[RawRecord]:
    found: list[RawRecord] = []
    try:
        # Closed here and now, so that no conversation is left open behind what was enough to see.
        async with aclosing(open_source(hub, source).fetch(HarvestOrder())) as events:
            async for event in events:
                if isinstance(event, Fetched):
                    found += [record for record in event.records if not record.deleted]
                if len(found) >= PREVIEWED:
                    break
                if isinstance(event, Finished) and event.problem and not found:
                    raise Broken(
                        "harvest.unreachable_source",
                        source=source.name,
                        problem=problem_phrase(event.problem, event.values),
                    )
    except ConnectorError as error:
        raise unreachable(hub, source, error) from None
    return found[:PREVIEWED]
