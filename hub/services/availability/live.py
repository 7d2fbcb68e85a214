"""Whether an edition's copies are in: what the hub stored, what its members say now, in one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from connectors.availability.opening import (
    bears_questions_beside_harvest,
    can_be_asked,
    open_availability,
)
from connectors.availability.values import AvailabilitySource, LocalIdentifiers
from connectors.marc.holdings import profiles
from connectors.marc.reading import ReadRecord, read
from connectors.profile import TargetProfile, with_profile
from connectors.registry import OPTIONS
from hub.errors import NotFound
from hub.kernel.identifiers import isbn13
from hub.kernel.record import Flavour
from hub.messages.catalogue import LANGUAGES
from hub.services.availability.answers import Answered, LiveAvailability, Question, Reply, SourceAnswer
from hub.services.availability.asking import ask_all
from hub.services.availability.merging import Asked, Told, merged
from hub.services.context import Hub
from hub.services.harvesting.claimed import being_harvested
from hub.services.harvesting.locations import Locations, locations_of
from hub.services.harvesting.opening import TARGET, refuse_elsewhere
from hub.services.network_document.network import Network
from hub.services.secrets import with_secrets
from hub.storage import availability, editions
from hub.storage.availability import ItemState
from hub.storage.edition_records import EditionRecord, edition_records, records_of_items

DEADLINE: Final = 2.0  # seconds, as promised to readers
_STORED: Final = Reply(Answered.STORED, None)
_NOT_ASKED: Final = Reply(Answered.NOT_ASKED, None)


@dataclass(frozen=True, slots=True)
class Known:
    """What the hub has stored of an edition."""

    edition: str
    records: Sequence[EditionRecord]
    states: Mapping[int, Sequence[ItemState]]  #: copies by record
    questions: Mapping[int, Question]  #: for the records whose member can be asked


async def ask_live(hub: Hub, cluster_id: str, *, deadline: float = DEADLINE) -> LiveAvailability:
    """How every copy of an edition stands now: all its members are asked at once.

    Args:
        hub: the assembled hub.
        cluster_id: the edition.
        deadline: seconds after which the answer is given with what has come; 0 asks nobody, so that the
            answer is what is stored, with its age.

    Raises:
        NotFound: there never was such an edition.
    """
    known = await hub.store.read(lambda connection: _known(hub, connection, cluster_id))
    by_record = await _replies(hub, list(known.questions.values()), deadline)
    network = hub.network()
    told = [
        Told(
            _answer(record, by_record.get(record.id, _STORED)),
            _locations(network, record),
            known.states.get(record.id, ()),
            record.as_of,
        )
        for record in known.records
    ]
    now = hub.clock.now()
    copies, others = merged(told, Asked(now, ZoneInfo(network.calendars.zone)))
    return LiveAvailability(known.edition, now, copies, others, tuple(one.answer for one in told))


async def _replies(hub: Hub, questions: Sequence[Question], deadline: float) -> dict[int, Reply]:
    """What came of the questions, by record."""
    if deadline > 0:
        replies = await ask_all(questions, hub.live, hub.clock, hub.sleeper, deadline)
    else:
        replies = [_NOT_ASKED] * len(questions)
    return {question.record.id: reply for question, reply in zip(questions, replies, strict=True)}


def _locations(network: Network, record: EditionRecord) -> Locations:
    """The codes that harvesting knows, and besides them the libraries' names, which OPAC records give."""
    names = {
        node.name(language): node.code
        for node in network.nodes
        if record.member in (node.system, node.code)
        for language in LANGUAGES
    }
    stated = {**names, **record.options.get("locations", {})}
    return locations_of(network.nodes, record.member, {"locations": stated})


def _answer(record: EditionRecord, reply: Reply) -> SourceAnswer:
    if reply.has_items and all(item.status == "unknown" for item in reply.items):
        stateless = replace(reply, answered=Answered.NO_STATE)
        return SourceAnswer(record.source, record.member, record.identifier, stateless, record.as_of)
    return SourceAnswer(record.source, record.member, record.identifier, reply, reply.as_of or record.as_of)


def _known(hub: Hub, connection: Connection, cluster: str) -> Known:
    edition = editions.edition(connection, cluster)
    if edition is None:
        raise NotFound("search.no_such_edition", field="edition", edition=cluster)
    records = edition_records(connection, edition.id)
    of_items = records_of_items(connection, edition.id)
    states: dict[int, list[ItemState]] = {}
    for state in availability.states(connection, edition.id):
        states.setdefault(of_items[state.owner, state.barcode], []).append(state)
    harvested = being_harvested(connection, hub.clock.now())
    questions = {
        record.id: _question(hub, record, harvested)
        for record in records
        if can_be_asked(record.protocol, record.options)
    }
    return Known(edition.id, records, states, questions)


def _question(hub: Hub, record: EditionRecord, harvested: frozenset[str]) -> Question:
    options = _options(record)
    busy = record.source in harvested and not bears_questions_beside_harvest(options)

    def connect() -> AvailabilitySource:
        """Raises Misconfigured or Refusal: the way is not as it must be, or not permitted."""
        refuse_elsewhere(record.address, hub.targets)
        return open_availability(record.protocol, record.address, with_secrets(options, hub.secrets))

    return Question(record, options, identifiers(record), connect, busy)


def _options(record: EditionRecord) -> Mapping[str, object]:
    """The source's options, filled up from what was found out about its target and its records."""
    stored = record.profile.get(TARGET)
    profile = TargetProfile.from_dict(stored) if isinstance(stored, Mapping) else None
    options = with_profile(record.options, profile, OPTIONS.get(record.protocol, {}))
    holdings = str(record.profile.get("holdings") or "")
    return {"availability_profile": holdings, **options} if holdings in profiles() else options


def identifiers(record: EditionRecord) -> LocalIdentifiers:
    """What a stored record is known by at its member."""
    found = read(record.raw, encoding=record.encoding or "auto") if record.raw else None
    if not isinstance(found, ReadRecord):
        return LocalIdentifiers(record.identifier)
    tag = "020" if found.record.flavour is Flavour.MARC21 else "010"
    numbers = (isbn13(value) for value in found.record.all(tag, "a"))
    isbns = tuple(dict.fromkeys(number for number in numbers if number))
    return LocalIdentifiers(found.record.identifier or "", isbns)
