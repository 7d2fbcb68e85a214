"""Harvesting a repository over OAI-PMH: one list, followed to its end and counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

from connectors.errors import ConnectorError, Diagnostic, Interrupted, Misconfigured
from connectors.harvesting.ledger import SliceLedger
from connectors.harvesting.opening import http_client
from connectors.harvesting.patience import Timing
from connectors.oai_pmh.client import OaiClient
from connectors.oai_pmh.protocol import DAYS, Verb, stamp
from connectors.oai_pmh.responses import Identity, Listed, ListPage
from connectors.oai_pmh.settings import Settings, settings
from connectors.options import Options
from connectors.ports import (
    Counted,
    Fetched,
    Finished,
    HarvestEvent,
    HarvestOrder,
    RawRecord,
    SliceDone,
    SliceStarted,
)
from connectors.profile import Finding, How, TargetProfile

#: A repository may commit a record after giving it its datestamp; asking again is harmless.
_OVERLAP: Final = timedelta(hours=1)
_MARC_WORDS: Final = ("marcxml", "marc21", "unimarc", "cnmarc", "marc")
_SLICE: Final = "all"
_TIMING: Final = Timing()


class OaiHarvester:
    """Implements ``connectors.ports.Harvester``."""

    def __init__(self, settings: Settings, timing: Timing = _TIMING) -> None:
        self._settings = settings
        self._timing = timing

    async def probe(self) -> TargetProfile:
        """Ask the repository what it can do; see the port."""
        async with http_client(self._settings, self._timing.sleep) as http:
            client = OaiClient(self._settings.address, http)
            identity = await client.identify()
            formats = await client.formats()
            prefix = self._settings.prefix or choose_prefix(formats)
            total = await client.size(self._arguments(prefix))
        return TargetProfile(
            protocol="oai-pmh",
            server=identity.name,
            total=total,
            total_exact=total is not None,
            findings={
                "syntaxes": Finding(prefix),
                "prefixes": Finding(",".join(offered for offered, _ in formats), How.EXPLAINED),
                "prefix": Finding(prefix, How.EXPLAINED),
                "incremental": Finding("datestamp", How.EXPLAINED),
                "deletions": Finding(identity.deleted, How.EXPLAINED),
                "granularity": Finding(identity.granularity, How.EXPLAINED),
                "earliest": Finding(identity.earliest, How.EXPLAINED),
            },
        )

    async def fetch(self, order: HarvestOrder) -> AsyncIterator[HarvestEvent]:
        """Fetch what the order asks for; see the port. A list has no checkpoints: it is begun anew."""
        try:
            async with http_client(self._settings, self._timing.sleep) as http:
                async for event in self._list(OaiClient(self._settings.address, http), order):
                    yield event
        except Misconfigured:
            raise
        except ConnectorError as error:
            yield Finished(error.code, {"where": error.where, **error.values})

    async def _list(self, client: OaiClient, order: HarvestOrder) -> AsyncIterator[HarvestEvent]:
        identity = await client.identify()
        prefix = self._settings.prefix or choose_prefix(await client.formats())
        arguments = self._arguments(prefix, order, identity)
        tally = _Tally()
        tally.progress.begin_anew()
        attempt = 1
        while True:
            tally.progress.begin_attempt()
            try:
                async for page in client.pages(Verb.LIST_RECORDS, arguments):
                    for event in tally.take(page, tail=self._settings.tail_identifiers):
                        yield event
                break
            except Interrupted:
                if attempt >= self._settings.patience.attempts:
                    raise
            await self._timing.sleep(self._settings.patience.pause_before(attempt, self._timing.jitter()))
            attempt += 1
        after = tally.stated if tally.pages == 1 else await client.size(arguments)
        if after is None and tally.stated is None:
            # Nothing says where this list should have ended but another one.
            after = await client.count(arguments)
        for event in tally.end(after):
            yield event

    def _arguments(
        self, prefix: str, order: HarvestOrder | None = None, identity: Identity | None = None
    ) -> dict[str, str]:
        arguments = {"metadataPrefix": prefix}
        if self._settings.set is not None:
            arguments["set"] = self._settings.set
        if order is not None and identity is not None and not order.full and order.since is not None:
            days = identity.granularity == DAYS
            arguments["from"] = stamp(order.since - _OVERLAP, days=days)
        return arguments


class _Tally:
    """What came of the list."""

    def __init__(self) -> None:
        self.progress = SliceLedger()
        self.stated: int | None = None
        self.pages = 0
        self._identifiers: set[str] = set()

    def take(self, page: ListPage, *, tail: bool) -> list[HarvestEvent]:
        """The events of one page."""
        events: list[HarvestEvent] = []
        if self.pages == 0:
            self.stated = page.size
            events += [Counted(page.size, "before"), SliceStarted(_SLICE, page.size)]
        self.pages += 1
        self._identifiers.update(record.identifier for record in page.records)
        fresh = self.progress.fresh(_record(record, tail) for record in page.records)
        if fresh:
            events.append(Fetched(_SLICE, fresh))
        return events

    def end(self, after: int | None) -> list[HarvestEvent]:
        """The last events, when the list has come to its end."""
        problem = self._problem(after)
        done = SliceDone(_SLICE, self.progress.received, problem is None)
        return [done, Counted(after, "after"), problem or Finished(None)]

    def _problem(self, after: int | None) -> Finished | None:
        received = len(self._identifiers)
        if self.progress.refused:
            values = {"count": self.progress.refused, "first": self.progress.first_refusal}
            return Finished("records_refused", values)
        if self.stated != after and self.stated is not None:
            return Finished("total_changed", {"before": self.stated, "after": after})
        if after is not None and received < after:
            return Finished("list_shorter", {"stated": after, "received": received})
        return None


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


def _record(listed: Listed, tail: bool) -> RawRecord:
    identifier = listed.identifier
    if tail:
        identifier = identifier.replace("/", ":").rpartition(":")[2] or identifier
    if not listed.deleted and not listed.content:
        return RawRecord(f"no metadata for {listed.identifier}".encode(), identifier, syntax="diagnostic")
    syntax = "marcxml" if listed.root in ("record", "") else "xml"
    return RawRecord(listed.content, identifier, listed.deleted, syntax)


def open_oai_pmh(address: str, options: Options, timing: Timing = _TIMING) -> OaiHarvester:
    """A harvester for an OAI-PMH base address.

    Raises:
        Misconfigured: naming the address or the option.
    """
    return OaiHarvester(settings(address, options), timing)
