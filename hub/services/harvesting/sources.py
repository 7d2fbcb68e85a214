"""Sources: registering them, asking what they can do, looking at their items before anything is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import ConnectorError
from connectors.marc.holdings import profiles
from connectors.marc.reading import ReadRecord, read
from connectors.ports import Fetched, Finished, Harvester, HarvestOrder, RawRecord
from connectors.registry import open_harvester
from hub.errors import Broken, NotFound, Refusal
from hub.services.context import Hub
from hub.services.harvesting.intake import profile_for, stated_items
from hub.services.harvesting.locations import locations_of
from hub.services.harvesting.options import refuse_impossible
from hub.services.harvesting.problems import problem_phrase
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
    refuse_impossible(network.nodes, new.protocol, new.options)
    try:
        open_harvester(new.protocol, new.address, new.options)
    except ConnectorError as error:
        raise Refusal(
            "harvest.bad_source", field=error.where, problem=problem_phrase(error.code, error.values)
        ) from None
    row = SourceRow(new.name, new.member, new.protocol, new.address, dict(new.options), {}, hub.clock.now())
    await hub.store.write(lambda connection: harvests.add_source(connection, row))
    return row


async def listed(hub: Hub) -> list[SourceRow]:
    """Every source, by name."""
    return await hub.store.read(harvests.sources)


async def find(hub: Hub, name: str) -> SourceRow:
    """The source of this name. Raises NotFound when there is none."""
    source = await hub.store.read(lambda connection: harvests.find_source(connection, name))
    if source is None:
        raise NotFound("storage.no_source", field="name", name=name)
    return source


async def probe(hub: Hub, name: str) -> dict[str, Any]:
    """Ask the target what it can do; keep and return what it said.

    Raises:
        Broken: the target cannot be reached or does not speak its protocol.
    """
    source = await find(hub, name)
    try:
        found = (await _open(hub, source).probe()).to_dict()
    except ConnectorError as error:
        raise _unreachable(source, error) from None
    profile = {**source.profile, "target": found}
    await hub.store.write(lambda connection: harvests.set_profile(connection, name, profile))
    return {"source": name, **found}


async def preview(hub: Hub, name: str) -> dict[str, Any]:
    """The items of the first records, as they would be stored; nothing is.

    Raises:
        Broken: the target brought no record to look at.
    """
    source = await find(hub, name)
    received = await _first_records(hub, source)
    encoding = str(source.options.get("encoding", "auto"))
    chosen = str(source.options.get("profile", "auto"))
    profile = profile_for(received, encoding) if chosen == "auto" else chosen
    locations = locations_of(hub.network().nodes, source.member, source.options)
    unmapped: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    for raw in received:
        found = read(raw.raw, encoding=encoding)
        if not isinstance(found, ReadRecord):
            rows.append({"record": raw.identifier or "", "problem": found.reason})
            continue
        items = stated_items(found.record, profiles().get(profile), locations, unmapped)
        title = found.record.first("200", "a") or found.record.first("245", "a") or ""
        record = raw.identifier or found.record.identifier or ""
        rows += [
            {
                "record": record,
                "title": title,
                "barcode": item.barcode,
                "node": item.node,
                "call_number": item.call_number,
                "status": item.status,
            }
            for item in items
        ] or [{"record": record, "title": title}]
    return {
        "source": name,
        "profile": profile or "-",
        "records": len(received),
        "items": rows,
        "unmapped": dict(unmapped),
    }


async def _first_records(hub: Hub, source: SourceRow) -> list[RawRecord]:
    found: list[RawRecord] = []
    try:
        events = _open(hub, source).fetch(HarvestOrder())
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
        raise _unreachable(source, error) from None
    return found[:PREVIEWED]


def _open(hub: Hub, source: SourceRow) -> Harvester:
    return open_harvester(source.protocol, source.address, source.options, hub.sleeper.sleep)


def _unreachable(source: SourceRow, error: ConnectorError) -> Broken:
    return Broken(
        "harvest.unreachable_source", source=source.name, problem=problem_phrase(error.code, error.values)
    )
