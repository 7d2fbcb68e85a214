"""editions.search: the one box, its filters and facets, and what to offer when nothing is found."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from hub.index.analysis.highlighting import highlights
from hub.index.fields import Facet
from hub.index.port import Page, Search, UnionIndex
from hub.index.query.box import parsed
from hub.index.query.plan import wanted_terms
from hub.index.query.planning import planned
from hub.index.query.tree import spoken
from hub.services.context import Hub, Principal
from hub.services.operations import ANYONE, Operation
from hub.services.searching.holdings import (
    Viewpoint,
    labelled,
    lending_view,
    ready_by,
    summaries,
)
from hub.services.searching.inputs import SearchInput, filters, named_node, readable, wanted_facets
from hub.services.searching.meaning import guesses
from hub.services.suggesting import offer
from hub.storage import availability, editions
from hub.storage.availability import ItemState
from hub.storage.editions import EditionRow

#: Names in the display record, by the names of the answer: there "edition" is the edition's id.
SHOWN = {
    name: name for name in ("publisher", "place", "year", "isbns", "language", "material", "volume", "demo")
} | {"edition_statement": "edition"}


async def search(hub: Hub, principal: Principal, query: SearchInput) -> dict[str, Any]:
    """Find editions.

    Raises:
        Refusal: a parameter cannot be understood; the field and the remedy are named.
    """
    index = hub.index()
    question = parsed(readable(query.q, "q"))
    plan = planned(question)
    wanted = Search(
        plan=plan,
        filters=filters(query, hub.network().nodes),
        facets=wanted_facets(query.facets),
        order=query.sort,
        limit=query.limit,
        offset=query.offset,
    )
    view = viewpoint(hub, principal, query.near, query.pickup)
    page = await asyncio.to_thread(index.search, wanted)
    answer: dict[str, Any] = {
        "query": query.q,
        "total": page.total,
        "limit": query.limit,
        "offset": query.offset,
        "hits": await _hits(hub, principal, view, page, frozenset(term.token for term in wanted_terms(plan))),
        "facets": _facets(page, wanted, query, view),
        "did_you_mean": [],
        "suggest": None,
    }
    if page.total == 0:
        answer |= await _instead(hub, index, query, wanted, spoken(question))
    return answer


def viewpoint(hub: Hub, principal: Principal, near: str, pickup: str) -> Viewpoint:
    """From where holdings are looked at: the place named, else the pick-up node, else the caller's library.

    Raises:
        Refusal: a node is not in the network.
    """
    network = hub.network()
    home = principal.node if principal.node in network.nodes else ""
    pickup_node = named_node(network.nodes, pickup, "pickup").code if pickup else ""
    near_node = named_node(network.nodes, near, "near").code if near else pickup_node or home
    return Viewpoint(network, principal.language, near_node, pickup_node, home)


async def _hits(
    hub: Hub, principal: Principal, view: Viewpoint, page: Page, tokens: frozenset[str]
) -> list[dict[str, Any]]:
    keys = [hit.key for hit in page.hits]

    def ask(connection: Connection) -> list[dict[str, Any]]:
        found = editions.editions(connection, keys)
        states = availability.states_of(connection, keys)
        lending = lending_view(hub, connection, principal) if view.pickup and keys else None
        # An edition that was retired since the index was last fed is left out.
        return [
            _hit(view, found[key], states[key], tokens)
            | ({"ready_by": ready_by(view, lending, states[key])} if lending else {})
            for key in keys
            if key in found
        ]

    return await hub.store.read(ask)


def _hit(
    view: Viewpoint, edition: EditionRow, states: Sequence[ItemState], tokens: frozenset[str]
) -> dict[str, Any]:
    holdings = summaries(view, states)
    return {
        "edition": edition.id,
        "work": edition.work,
        **{name: edition.display[of] for name, of in SHOWN.items() if edition.display.get(of) is not None},
        "title": edition.title,
        "authors": list(edition.authors),
        "libraries": len(holdings),
        "items": len(states),
        "available": sum(state.available for state in states),
        "holdings": holdings,
        "highlights": [list(stretch) for stretch in highlights(edition.title, tokens)],
    }


def _facets(
    page: Page, wanted: Search, query: SearchInput, view: Viewpoint
) -> dict[str, list[dict[str, Any]]]:
    ticked: Mapping[Facet, Sequence[str]] = {
        Facet.LIBRARY: query.library,
        Facet.LANGUAGE: query.language,
        Facet.MATERIAL: query.material,
        Facet.CLC: query.clc,
        Facet.YEAR: query.year,
        Facet.AVAILABLE: ("yes",) if query.available else (),
    }
    return {
        facet.value: [
            {
                "value": value,
                "name": facet_name(view, facet, value),
                "count": count,
                "selected": value in ticked[facet],
            }
            for value, count in counts
        ]
        for facet, counts in page.facets.items()
    }


def facet_name(view: Viewpoint, facet: Facet, value: str) -> str:
    """A facet's value in the language of who asks."""
    if facet is Facet.LIBRARY:
        return view.name(value)
    return labelled("facets", f"{facet.value}_{value}", view.language, value)


async def _instead(
    hub: Hub, index: UnionIndex, query: SearchInput, wanted: Search, words: str
) -> dict[str, Any]:
    """What to offer when nothing was found: fewer filters, another spelling, a wish to buy."""
    unfiltered = 0
    if wanted.filters:
        everywhere = replace(wanted, filters={}, facets=(), limit=0, offset=0)
        unfiltered = (await asyncio.to_thread(index.search, everywhere)).total
    meant = await guesses(hub, index, words) if words and not unfiltered else []
    return {
        "total_without_filters": unfiltered,
        "did_you_mean": meant,
        "suggest": offer(words, query=query.q) if words else None,
    }


SEARCH_OPERATIONS = (
    Operation(
        "editions.search", "GET", "/api/v1/editions", ANYONE, SearchInput,
        "Find editions by words, pinyin, initials, numbers or call numbers.", ask=search,
    ),
)  # fmt: skip
