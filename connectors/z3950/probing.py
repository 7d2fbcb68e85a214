"""What a Z39.50 target can really do, found by asking it: a few hundred questions, one association at a time.

Owns: what is asked and what follows from the answers. Must not: harvest, or store a profile.
"""

from __future__ import annotations

import ssl
from typing import Final

from connectors.harvesting import sampling
from connectors.harvesting.slices import MODIFIED, WHOLE
from connectors.ports import RawRecord
from connectors.profile import Finding, How, TargetProfile
from connectors.z3950 import apdu
from connectors.z3950.apdu import SortKey
from connectors.z3950.attribute_trials import USE_ATTRIBUTES, sample_term, try_attribute
from connectors.z3950.client import Client
from connectors.z3950.interview import Interview
from connectors.z3950.oids import SYNTAXES
from connectors.z3950.rpn import Attribute, RpnQuery, term
from connectors.z3950.settings import Settings

_OPTION_NAMES: Final = {
    apdu.SEARCH: "search",
    apdu.PRESENT: "present",
    apdu.DELETE_SET: "delete",
    apdu.SCAN: "scan",
    apdu.SORT: "sort",
    apdu.NAMED_RESULT_SETS: "named-result-sets",
    apdu.NEGOTIATION: "negotiation",
}
_ELEMENT_SETS: Final = ("F", "B", "G")
_QUERY_ENCODINGS: Final = ("utf-8", "gb18030", "big5", "cp1250", "cp1252", "iso8859-1")
_SCANNED: Final = {"local-number": 12, "title": 4, "author": 1003, "isbn": 7}
_CHUNKS: Final = (100, 50, 20, 10)
_USUAL_CAPS: Final = (100_000, 50_000, 20_000, 10_000, 9_999, 5_000, 2_000, 1_000, 500, 100)
_SAMPLED_PLACES: Final = 4
_SAMPLED_AT_ONCE: Final = 25
_TITLES_TRIED: Final = 4
_NEGOTIATED: Final = "utf-8"


async def probe(settings: Settings, tls: ssl.SSLContext | None = None) -> TargetProfile:
    """Ask a target what it can do.

    Raises:
        ConnectorError: it cannot be reached, does not speak Z39.50, or refuses us.
    """
    asking = _Probe(Interview(settings, tls))
    try:
        return await asking.run()
    finally:
        await asking.end()


class _Probe:
    def __init__(self, interview: Interview) -> None:
        self._interview = interview
        self._findings: dict[str, Finding] = {}
        self._total = 0

    async def run(self) -> TargetProfile:
        form, tried = await self._interview.sign_in()
        self._note("auth", Finding(form, evidence=tried))
        target = self._interview.target
        said = (await target.client()).target
        options = [name for bit, name in _OPTION_NAMES.items() if bit in said.options]
        self._note("options", Finding(",".join(options), How.EXPLAINED))
        self._note("databases", Finding(self._interview.settings.database))
        total = await target.count(WHOLE)
        self._total = total.hits
        await self._keys()
        sample = await self._records()
        await self._attributes(sample)
        await self._query_encoding(sample)
        await self._services(said.options)
        await self._negotiation()
        server = f"{said.implementation_name} {said.implementation_version}".strip()
        return TargetProfile("z3950", server, total.hits, total.exact, self._findings)

    async def end(self) -> None:
        """Close the association that is open."""
        await self._interview.__aexit__()

    def _note(self, name: str, finding: Finding | None) -> None:
        if finding is not None:
            self._findings[name] = finding

    async def _keys(self) -> None:
        target = self._interview.target
        keys = await self._interview.attempt(target.keys) or ()
        names = [key.name for key in keys]
        tried = target.trials()
        evidence = ", ".join(f"{name}: {hits} of {self._total}" for name, hits in tried.items())
        self._note("keys", Finding(",".join(names), evidence=evidence))
        dated = tried.get(MODIFIED) == self._total
        self._note("incremental", Finding(MODIFIED if dated else "", evidence=evidence))
        self._note("everything", Finding((await target.dialect()).everything))
        self._note("deletions", Finding("no", How.EXPLAINED, "the protocol has no way to tell"))

    async def _records(self) -> list[RawRecord]:
        if not self._total:
            return []
        await self._syntaxes()
        await self._element_sets()
        await self._sizes()
        sample: list[RawRecord] = []
        for place in range(_SAMPLED_PLACES):
            start = 1 + place * max(self._total - _SAMPLED_AT_ONCE, 0) // _SAMPLED_PLACES
            if start > len(sample):
                sample += (
                    await self._interview.records(start, min(_SAMPLED_AT_ONCE, self._total - start + 1)) or ()
                )
        self._note("identity", sampling.identity(sample))
        self._note("record_encoding", sampling.encodings(sample))
        return sample

    async def _syntaxes(self) -> None:
        works: list[str] = []
        for name in SYNTAXES:
            brought = await self._interview.records(1, 1, name)
            if brought and brought[0].syntax != "diagnostic":
                works.append(name)
        self._note("syntaxes", Finding(",".join(works)))
        wanted = self._interview.settings.syntax
        if works:
            chosen = wanted if wanted in works else works[0]
            self._note("syntax", Finding(chosen))
            self._interview = await self._interview.with_settings(syntax=chosen)

    async def _element_sets(self) -> None:
        works: list[str] = []
        wanted = self._interview.settings.element_set
        for name in _ELEMENT_SETS:
            other = await self._interview.with_settings(element_set=name)
            async with other:
                brought = await other.records(1, 1)
            if brought and brought[0].syntax != "diagnostic":
                works.append(name)
        self._note("element_sets", Finding(",".join(works)))
        if works and wanted is not None and wanted not in works:
            self._interview = await self._interview.with_settings(element_set=works[0])

    async def _sizes(self) -> None:
        for chunk in _CHUNKS:
            wanted = min(chunk, self._total)
            brought = await self._interview.records(1, wanted)
            if brought is not None and len(brought) == wanted:
                self._note("chunk", Finding(chunk, evidence=f"{wanted} of {wanted} at once"))
                break
        if await self._interview.records(self._total, 1):
            return
        for cap in _USUAL_CAPS:
            if cap < self._total and await self._interview.records(cap, 1):
                evidence = f"record {cap} comes, record {self._total} does not"
                self._note("max_set", Finding(cap, evidence=evidence))
                return

    async def _attributes(self, sample: list[RawRecord]) -> None:
        records = sampling.readable(sample)
        for attribute in USE_ATTRIBUTES:
            content = sample_term(attribute, records)
            if content is not None:
                found = await try_attribute(attribute, content, self._interview.hits)
                self._note(f"attribute.{attribute.number}", found)

    async def _query_encoding(self, sample: list[RawRecord]) -> None:
        titles = sampling.foreign_titles(sampling.readable(sample))
        for title in titles[:_TITLES_TRIED]:
            hits = {
                name: found for name in _QUERY_ENCODINGS if (found := await self._title_hits(title, name))
            }
            if hits:
                evidence = f"{title}: " + ", ".join(f"{name} {count}" for name, count in hits.items())
                self._note("query_encoding", Finding(next(iter(hits)), evidence=evidence))
                return

    async def _title_hits(self, title: str, encoding: str) -> int:
        try:
            content = title.encode(encoding)
        except UnicodeEncodeError:
            return 0
        found = await self._interview.hits(RpnQuery((term(content, (1, 4)),)))
        return 0 if found is None else found.hits

    async def _services(self, options: frozenset[int]) -> None:
        if apdu.SCAN in options:
            scanned = [name for name, number in _SCANNED.items() if await self._scans(number)]
            self._note("scan", Finding(",".join(scanned)))
        if not self._total:
            return
        self._note("sort", Finding("yes" if await self._sorts() else "no"))
        self._note("named_sets", Finding("yes" if await self._names_sets() else "no"))
        if await self._takes_two():
            self._note("pipeline", Finding(2, evidence="two Presents in flight bring the same records"))

    async def _scans(self, attribute: int) -> bool:
        answer = await self._interview.with_client(lambda client: client.scan(term("0", (1, attribute)), 5))
        return answer is not None and bool(answer.entries)

    async def _sorts(self) -> bool:
        key = SortKey(attributes=(Attribute(1, 4),))

        async def sort(client: Client) -> bool:
            await self._interview.target.count(WHOLE)
            return await client.sort([key])

        return bool(await self._interview.with_client(sort))

    async def _names_sets(self) -> bool:
        query = (await self._interview.target.dialect()).query(WHOLE)

        async def use(client: Client) -> bool:
            await client.search(query, "probe")
            await client.search(query)
            brought = await client.present(1, 1, "probe")
            await client.delete("probe")
            return bool(brought)

        return bool(await self._interview.with_client(use))

    async def _takes_two(self) -> bool:
        if self._total < 4:
            return False
        one_by_one = await self._interview.records(1, 4)

        async def fetch(client: Client) -> int:
            await self._interview.target.count(WHOLE)
            return sum([len(slots) async for slots in client.fetch(1, 4, chunk=2, in_flight=2)])

        in_flight = await self._interview.with_client(fetch)
        return one_by_one is not None and in_flight == len(one_by_one) == 4

    async def _negotiation(self) -> None:
        other = await self._interview.with_settings(character_set=_NEGOTIATED)
        async with other:
            agreed = await other.with_client(_agreed)
        self._note("charset_negotiation", Finding(agreed or "no", evidence=f"proposed {_NEGOTIATED}"))


async def _agreed(client: Client) -> str:
    return client.character_set or ""
