"""What an OAI-PMH repository can really do: what it says of itself, and a first page of each list.

Owns: what is asked and what follows from the answers. Must not: harvest, or store a profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.errors import Diagnostic
from connectors.oai_pmh.client import OaiClient
from connectors.oai_pmh.protocol import Verb
from connectors.oai_pmh.responses import ListPage
from connectors.profile import Finding, How, TargetProfile

_MARC_WORDS: Final = ("marcxml", "marc21", "unimarc", "cnmarc", "marc")
_MOST_PREFIXES: Final = 8


async def probe(client: OaiClient, wanted: str | None, selection: Mapping[str, str]) -> TargetProfile:
    """Ask a repository what it can do.

    Args:
        client: A client of the repository.
        wanted: The metadata prefix that the operator wants; None for the best that is offered.
        selection: The set to harvest, as arguments.

    Raises:
        ConnectorError: it cannot be reached, or is no repository.
    """
    identity = await client.identify()
    formats = await client.formats()
    prefix = wanted or choose_prefix(formats)
    offered = [name for name, _ in formats][:_MOST_PREFIXES]
    pages = {name: await _first(client, {"metadataPrefix": name, **selection}) for name in offered}
    works = [name for name, page in pages.items() if page is not None and page.records]
    total = await client.size({"metadataPrefix": prefix, **selection})
    findings = {
        "syntaxes": Finding(",".join(works)),
        "prefixes": Finding(",".join(name for name, _ in formats), How.EXPLAINED),
        "prefix": Finding(prefix, How.EXPLAINED),
        "keys": Finding("datestamp", How.EXPLAINED),
        "incremental": Finding("datestamp", How.EXPLAINED),
        "deletions": Finding(identity.deleted, How.EXPLAINED),
        "granularity": Finding(identity.granularity, How.EXPLAINED),
        "earliest": Finding(identity.earliest, How.EXPLAINED),
        "sets": await _sets(client),
        "identity": Finding("identifier", How.EXPLAINED, "unique by the protocol"),
    }
    page = pages.get(prefix)
    if page is not None and page.records:
        more = "the list goes on" if page.token is not None else "the list ends"
        findings["chunk"] = Finding(len(page.records), evidence=f"records of a first page; {more}")
    return TargetProfile("oai-pmh", identity.name, total, total is not None, findings)


async def _first(client: OaiClient, arguments: Mapping[str, str]) -> ListPage | None:
    try:
        return await client.first_page(arguments, Verb.LIST_RECORDS)
    except Diagnostic:
        return None


async def _sets(client: OaiClient) -> Finding:
    try:
        return Finding(",".join(await client.sets()), How.EXPLAINED)
    except Diagnostic as refusal:
        return Finding("", How.EXPLAINED, refusal.detail)


def choose_prefix(formats: tuple[tuple[str, str], ...]) -> str:
    """The metadata prefix that brings most: MARC before anything else.

    Raises:
        Diagnostic: nothing is offered.
    """
    for word in _MARC_WORDS:
        for prefix, namespace in formats:
            if word in prefix.casefold() or (word == "marcxml" and "MARC21/slim" in namespace):
                return prefix
    if not formats:
        raise Diagnostic("ListMetadataFormats", "oai-pmh", 0, "no metadata format is offered")
    return formats[0][0]
