"""A source as coordinators see it: what it is, where, how its records are told apart. Never its secrets."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import Connection

from hub.errors import NotFound
from hub.services.context import Hub, Principal
from hub.services.harvesting.harvest import BY_HAND
from hub.services.harvesting.opening import FULL_NEXT, profile_of
from hub.services.harvesting.profiles import SourceInput
from hub.services.network_document.network import Network
from hub.services.operations import NoInput
from hub.services.secrets import HIDDEN, shown
from hub.storage import harvests
from hub.storage.harvests import SourceCounts, SourceRow


async def list_sources(hub: Hub, principal: Principal, query: NoInput) -> dict[str, Any]:
    """Every source, by name."""
    del query
    rows = await hub.store.read(harvests.sources)
    return {"sources": [_about(hub.network(), row, principal.language) for row in rows]}


async def show_source(hub: Hub, principal: Principal, query: SourceInput) -> dict[str, Any]:
    """One source with what is kept of it, and by what its records are told apart."""
    network, language = hub.network(), principal.language

    def ask(connection: Connection) -> dict[str, Any]:
        source = harvests.find_source(connection, query.source)
        if source is None:
            raise NotFound("storage.no_source", field="source", name=query.source)
        counts = harvests.counts(connection).get(source.name, SourceCounts())
        unmapped = harvests.unmapped(connection, source.name)
        return {
            **_about(network, source, language),
            "full_next": bool(source.profile.get(FULL_NEXT)),
            # None before anybody looked; empty where none was found.
            "holdings": source.options.get("profile") or source.profile.get("holdings"),
            "records": {
                "live": counts.live,
                "missing": counts.missing,
                "deleted": counts.deleted,
                "quarantined": counts.quarantined,
                "items": counts.items,
            },
            "identity": _identity(connection, source),
            "unmapped": [
                {"code": code, "items": items}
                for code, items in sorted(unmapped.items(), key=lambda pair: (-pair[1], pair[0]))
            ],
        }

    return await hub.store.read(ask)


def _about(network: Network, source: SourceRow, language: str) -> dict[str, Any]:
    known = source.member in network.nodes
    return {
        "source": source.name,
        "member": source.member,
        "member_name": network.nodes[source.member].name(language) if known else source.member,
        "protocol": source.protocol,
        "address": shown_address(source.address),
        "options": shown(source.options),
        "by_hand": source.protocol == BY_HAND,
        "created_at": source.created_at.isoformat(),
    }


def _identity(connection: Connection, source: SourceRow) -> dict[str, Any]:
    profile = profile_of(source)
    found = profile.finding("identity") if profile is not None else None
    kept = harvests.identities(connection, source.name)
    return {
        "rule": str(found.value) if found is not None else "",
        "evidence": found.evidence if found is not None else "",
        "by_digest": kept.by_digest,
        "clashes": kept.beside,
        "clashes_first": list(kept.first_beside),
    }


def shown_address(address: str) -> str:
    """The address for people; a user name and password that an earlier release let stand in it are hidden."""
    parts = urlsplit(address)
    if "@" not in parts.netloc:
        return address
    return urlunsplit(parts._replace(netloc=f"{HIDDEN}@{parts.netloc.rpartition('@')[2]}"))
