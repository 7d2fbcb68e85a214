"""What a full harvest of a source would change, found out without storing anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import ConnectorError
from connectors.ports import Counted, Fetched, Finished, HarvestEvent, HarvestOrder, SliceDone
from hub.errors import Broken
from hub.services.context import Hub
from hub.services.harvesting.examples import kept_bytes, with_titles
from hub.services.harvesting.habits import habits_of, newest_wins
from hub.services.harvesting.harvest import chosen
from hub.services.harvesting.intake import Habits
from hub.services.harvesting.opening import open_source, unreachable
from hub.services.harvesting.problems import problem_phrase, say_stored
from hub.services.harvesting.quarantine import said_reason
from hub.services.harvesting.reading import take_in_elsewhere
from hub.services.harvesting.sources import find
from hub.services.harvesting.taking import SILENT_END
from hub.services.harvesting.verdicts import RunVerdict, judge
from hub.services.progress import Progress, unwatched
from hub.storage import harvests
from hub.storage.harvests.difference import NAMED
from hub.storage.harvests.rehearsal import NO_RUN
from hub.storage.harvests.values import QuarantinedRow, Sighting, SourceRow, Tally


@dataclass(slots=True)
class _Looking:
    """What came of a source so far, kept apart from what is stored of it."""

    hub: Hub
    source: SourceRow
    habits: Habits
    rehearsal: harvests.Rehearsal
    counted: dict[str, Counted] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    inexact: int = 0
    finished: Finished = SILENT_END
    reasons: Counter[str] = field(default_factory=Counter)
    unreadable: list[QuarantinedRow] = field(default_factory=list)  #: the first of them

    async def take(self, event: HarvestEvent) -> None:
        if isinstance(event, Counted):
            self.counted[event.moment] = event
        elif isinstance(event, Fetched):
            intake = await take_in_elsewhere(self.hub, event.records, self.habits, self.tally.received)
            seen = Sighting.in_slice(NO_RUN.run, event.slice, 1)
            counts = await self.hub.store.read(
                lambda connection: self.rehearsal.batch(connection, self.source.name, intake.rows, seen)
            )
            self.tally += counts.tally(len(intake.quarantined))
            self.reasons.update(row.reason for row in intake.quarantined)
            self.unreadable = [*self.unreadable, *intake.quarantined][:NAMED]
        elif isinstance(event, SliceDone):
            self.inexact += not event.exact
        elif isinstance(event, Finished):
            self.finished = event

    def verdict(self) -> RunVerdict:
        return judge(self.counted, self.finished, self.tally, self.inexact)


async def compare(hub: Hub, name: str, language: str, progress: Progress = unwatched) -> dict[str, Any]:
    """Fetch everything a source has, and tell how it differs from what is kept of it.

    Returns:
        source, complete and the problem if it would not be; received, quarantined and clashes; differences:
        for each kind the number of records and the first of them; and quarantine: what could not be read, by
        reason, and the first pieces. What is kept and did not come is told only where everything came.

    Raises:
        NotFound: there is no such source.
        Broken: the target could not be asked.
    """
    source = await find(hub, name)
    rehearsal = harvests.Rehearsal(newest_wins=newest_wins(source))
    looking = _Looking(hub, source, habits_of(hub.network(), source), rehearsal)
    try:
        async with aclosing(open_source(hub, source).fetch(HarvestOrder())) as events:
            async for event in events:
                await looking.take(event)
                before = looking.counted.get("before")
                progress(name, looking.tally.received, before.total if before else None)
    except ConnectorError as error:
        raise unreachable(hub, source, error) from None
    judged = looking.verdict()
    if judged.state == "failed":
        problem = problem_phrase(looking.finished.problem or "", looking.finished.values)
        raise Broken("harvest.unreachable_source", source=name, problem=problem)
    difference = await hub.store.read(lambda connection: rehearsal.difference(connection, name))
    raw = await hub.store.read(lambda connection: kept_bytes(connection, name, difference))
    return {
        "source": name,
        "complete": judged.state == "complete",
        "problem": say_stored(hub.secrets.conceal(judged.problem), language) if judged.problem else "",
        "received": looking.tally.received,
        "quarantined": looking.tally.quarantined,
        "clashes": looking.tally.clashes,
        "differences": [
            {
                "kind": kind,
                "records": share.count,
                "examples": with_titles(
                    share.examples, {**rehearsal.first_new(), **raw}, looking.habits.encoding
                ),
            }
            for kind, share in difference.shares().items()
            if kind != "missing" or judged.state == "complete"
        ],
        "quarantine": {
            "reasons": {said_reason(code, language): number for code, number in looking.reasons.items()},
            "examples": [
                {"record": row.identifier or "", "reason": said_reason(row.reason, language)}
                for row in looking.unreadable
            ],
        },
    }


async def compare_all(
    hub: Hub, names: Sequence[str], language: str, progress: Progress = unwatched
) -> list[dict[str, Any]]:
    """As ``compare``, for the named sources or all that can be asked, one after the other."""
    return [await compare(hub, source.name, language, progress) for source in await chosen(hub, names)]
