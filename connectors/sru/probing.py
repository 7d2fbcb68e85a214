"""What an SRU server can really do, found by asking it some dozens of questions.

Owns: what is asked and what follows from the answers. Must not: harvest, or store a profile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from connectors.errors import ConnectorError, Diagnostic, Misconfigured, ProtocolViolation
from connectors.harvesting import sampling
from connectors.harvesting.slices import MODIFIED, WHOLE
from connectors.ports import RawRecord
from connectors.profile import Finding, How, TargetProfile
from connectors.sru.client import SruClient
from connectors.sru.cql_writing import quote
from connectors.sru.responses import Explanation, Page
from connectors.sru.settings import Settings
from connectors.sru.target import Target, record
from connectors.sru.versions import VERSIONS
from connectors.transport import HttpClient
from hub.kernel.record import Record

_SCHEMAS: Final = (
    "marcxml",
    "info:srw/schema/1/marcxml-v1.1",
    "marc21",
    "unimarcxml",
    "cnmarcxml",
    "dc",
)
_MOST_SCHEMAS: Final = 10
_CHUNKS: Final = (100, 50, 20, 10)
_USUAL_CAPS: Final = (100_000, 50_000, 10_000, 5_000, 1_000, 500, 100)
_SAMPLED: Final = 100
_INDEXES: Final = {
    "dc.title": (("200", "a"), ("245", "a")),
    "dc.creator": (("701", "a"), ("700", "a"), ("100", "a")),
    "bath.isbn": (("010", "a"), ("020", "a")),
    "cql.anywhere": (("200", "a"), ("245", "a")),
    "rec.identifier": (("001", ""),),
    "rec.id": (("001", ""),),
}
_NOTHING_EXPLAINED: Final = Explanation("", "", (), ())


class Probe:
    """One probe over an open HTTP client."""

    def __init__(self, settings: Settings, http: HttpClient) -> None:
        self._settings = settings
        self._http = http
        self._client = SruClient(settings, http)
        self._everything = ""
        self._findings: dict[str, Finding] = {}

    async def run(self) -> TargetProfile:
        """Ask the server what it can do.

        Raises:
            ConnectorError: it cannot be reached, or answers in none of the versions.
        """
        await self._version()
        explanation = await self._explain()
        target = Target(self._settings, self._client)
        total = await target.count(WHOLE)
        self._everything = (await target.dialect()).query(WHOLE)
        await self._keys(target, total.hits)
        if total.hits:
            await self._schemas(explanation.schemas)
            await self._packings()
            await self._sizes(total.hits)
            sample = await self._sample()
            await self._searches(sampling.readable(sample))
            await self._dates(target, sampling.readable(sample))
        return TargetProfile("sru", explanation.title, total.hits, total.exact, self._findings)

    def _note(self, name: str, finding: Finding | None) -> None:
        if finding is not None:
            self._findings[name] = finding

    def _use(self, settings: Settings) -> None:
        self._settings, self._client = settings, SruClient(settings, self._http)

    async def _version(self) -> None:
        """The first version in which everything can be asked for, the configured one before the others."""
        configured = self._settings.version
        first: ConnectorError | None = None
        for version in (configured, *(other for other in VERSIONS.values() if other != configured)):
            self._use(replace(self._settings, version=version))
            try:
                await Target(self._settings, self._client).dialect()
            except Misconfigured:
                raise
            except (Diagnostic, ProtocolViolation) as error:
                first = first or error
                continue
            self._note("version", Finding(version.number))
            return
        if first is not None:
            raise first

    async def _explain(self) -> Explanation:
        """Explain is asked for courtesy's sake: many servers answer it badly and search well."""
        try:
            explanation = await self._client.explain()
        except (Diagnostic, ProtocolViolation):
            return _NOTHING_EXPLAINED
        self._note("schemas", Finding(",".join(explanation.schemas), How.EXPLAINED))
        self._note("indexes", Finding(",".join(explanation.indexes), How.EXPLAINED))
        return explanation

    async def _keys(self, target: Target, total: int) -> None:
        names = [key.name for key in await target.keys()]
        tried = target.trials()
        evidence = ", ".join(f"{name}: {hits} of {total}" for name, hits in tried.items())
        self._note("keys", Finding(",".join(names), evidence=evidence))
        self._note(
            "incremental", Finding(MODIFIED if tried.get(MODIFIED) == total else "", evidence=evidence)
        )
        self._note("everything", Finding((await target.dialect()).everything))
        self._note("deletions", Finding("no", How.EXPLAINED, "the protocol has no way to tell"))

    async def _schemas(self, explained: Sequence[str]) -> None:
        candidates = dict.fromkeys((self._settings.schema, *_SCHEMAS, *explained))
        works = [
            schema
            for schema in list(candidates)[:_MOST_SCHEMAS]
            if _delivered(await self._page(1, 1, schema))
        ]
        self._note("syntaxes", Finding(",".join(works)))
        if works:
            chosen = self._settings.schema if self._settings.schema in works else works[0]
            self._note("schema", Finding(chosen))
            self._use(replace(self._settings, schema=chosen))

    async def _packings(self) -> None:
        for packing in (self._settings.packing, *{"xml", "string"} - {self._settings.packing}):
            self._use(replace(self._settings, packing=packing))
            if _delivered(await self._page(1, 1)):
                self._note("packing", Finding(packing))
                return

    async def _sizes(self, total: int) -> None:
        for chunk in _CHUNKS:
            brought = len(_delivered(await self._page(1, chunk)))
            if brought:
                most = chunk if brought == total else brought
                self._note("chunk", Finding(most, evidence=f"{brought} came of {chunk} asked for"))
                break
        if _delivered(await self._page(total, 1)):
            return
        for cap in _USUAL_CAPS:
            if cap < total and _delivered(await self._page(cap, 1)):
                evidence = f"record {cap} comes, record {total} does not"
                self._note("max_set", Finding(cap, evidence=evidence))
                return

    async def _sample(self) -> list[RawRecord]:
        sample = _delivered(await self._page(1, _SAMPLED))
        self._note("identity", sampling.identity(sample))
        return sample

    async def _searches(self, records: list[Record]) -> None:
        for index, places in _INDEXES.items():
            content = sampling.term(records, places)
            if content is not None:
                hits = await self._hits(f"{index}={quote(content)}")
                if hits:
                    self._note(f"attribute.{index}", Finding("plain", evidence=f"{content}: {hits}"))

    async def _dates(self, target: Target, records: list[Record]) -> None:
        """The form of dates under which a record is found by its own."""
        index = (await target.dialect()).indexes.get(MODIFIED)
        day = (sampling.term(records, (("005", ""),)) or "")[:8]
        if index is None or not day.isdigit():
            return
        forms = {"compact": day, "iso": f"{day[:4]}-{day[4:6]}-{day[6:]}"}
        hits = {name: await self._hits(f"{index}={quote(form)}") for name, form in forms.items()}
        understood = [name for name, count in hits.items() if count]
        if len(understood) == 1:
            evidence = ", ".join(f"{name}: {count}" for name, count in hits.items())
            self._note("dates", Finding(understood[0], evidence=evidence))

    async def _page(self, start: int, count: int, schema: str | None = None) -> Page | None:
        try:
            return await self._client.search(self._everything, start, count, schema=schema)
        except (Diagnostic, ProtocolViolation):
            return None

    async def _hits(self, query: str) -> int:
        try:
            return (await self._client.search(query, 1, 1)).total
        except (Diagnostic, ProtocolViolation):
            return 0


def _delivered(page: Page | None) -> list[RawRecord]:
    """The records of a page; none where any of them is refused."""
    records = [] if page is None else [record(slot) for slot in page.slots]
    return [] if any(one.syntax == "diagnostic" for one in records) else records
