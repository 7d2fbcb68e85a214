"""How every copy stands, out of what the hub stored, what its ledger holds, and what members just said. Pure.

The hub's ledger always wins: what it reserved, lent or has under way is not in, whatever a catalogue says.
Then counts what the member said just now, then what its catalogue said when it was harvested. A copy that the
member lists no more, while it lists others of the record, is unknown: it may have been withdrawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from connectors.availability.values import LiveItem
from connectors.statuses import CirculationStatus
from hub.services.availability.answers import Answered, Basis, CopyNow, OtherCopies, SourceAnswer
from hub.services.harvesting.locations import Locations
from hub.services.harvesting.volumes import volume_name
from hub.storage.availability import ON_A_SHELF, ItemState

UNKNOWN: Final = "unknown"
#: what members say, in the hub's words
HUB_WORDS: Final[Mapping[CirculationStatus, str]] = MappingProxyType(
    {
        "available": "available",
        "on_loan": "on_loan",
        "reference_only": "reference",
        "reserved": "reserved",
        "in_process": "processing",
        "lost": "missing",
        "withdrawn": "withdrawn",
        "unknown": UNKNOWN,
    }
)
_BASES: Final = {
    Answered.LIVE: Basis.LIVE,
    Answered.RECENT: Basis.RECENT,
    Answered.NO_STATE: Basis.LIVE,
}


@dataclass(frozen=True, slots=True)
class Told:
    """A record's answer beside the copies that the hub has of it."""

    answer: SourceAnswer
    locations: Locations
    states: Sequence[ItemState]
    stored_at: datetime  #: when a harvest last saw the record


@dataclass(frozen=True, slots=True)
class Asked:
    """When it was asked, and in whose calendar a loan of the hub's own ledger is due."""

    at: datetime
    zone: ZoneInfo


def merged(told: Sequence[Told], asked: Asked) -> tuple[tuple[CopyNow, ...], tuple[OtherCopies, ...]]:
    """Every copy as it stands, and the copies that members told of and the hub cannot name."""
    copies: list[CopyNow] = []
    others: list[OtherCopies] = []
    for one in told:
        pairs, left = paired(one)
        mentions = any(item.barcode for item in pairs.values())
        copies += [_copy(state, pairs.get(state.barcode), mentions, one, asked) for state in one.states]
        others += [_other(item, one) for item in left]
    return tuple(copies), tuple(others)


def paired(told: Told) -> tuple[dict[str, LiveItem], tuple[LiveItem, ...]]:
    """Which copy each live item is, by barcode, and the items that are none of them.

    Where a system tells no barcodes, or others than it catalogued, its items are paired by place, call number
    and volume, then by place alone, if there are as many as the hub knows and all of them stand the same.
    """
    if not told.answer.reply.has_items:
        return {}, ()
    items = told.answer.reply.items
    known = {state.barcode for state in told.states}
    pairs = {item.barcode: item for item in items if item.barcode in known and item.barcode}
    left = [item for item in items if item.barcode not in known]
    if pairs:
        # Its barcodes are ours: a strange one is a copy that no harvest has seen yet.
        strange = [item for item in left if item.barcode]
        left = [item for item in left if not item.barcode]
    else:
        strange = []
    waiting = [state for state in told.states if state.barcode not in pairs]
    for keys in (_closely(told.locations), _by_place(told.locations)):
        found, left = _alike(waiting, left, *keys)
        pairs |= found
        waiting = [state for state in waiting if state.barcode not in pairs]
    return pairs, (*strange, *left)


StateKey = Callable[[ItemState], tuple[str, ...]]
ItemKey = Callable[[LiveItem], tuple[str, ...]]


def _closely(locations: Locations) -> tuple[StateKey, ItemKey]:
    return (
        lambda state: (state.home or state.node, _plain(state.call_number), state.volume),
        lambda item: (_node(item, locations), _plain(item.call_number), volume_name(item.volume)),
    )


def _by_place(locations: Locations) -> tuple[StateKey, ItemKey]:
    return lambda state: (state.home or state.node,), lambda item: (_node(item, locations),)


def _alike(
    states: Sequence[ItemState], items: Sequence[LiveItem], state_key: StateKey, item_key: ItemKey
) -> tuple[dict[str, LiveItem], list[LiveItem]]:
    """Pairs where it makes no difference which is which; the items that are left."""
    stand: dict[tuple[str, ...], list[ItemState]] = defaultdict(list)
    for state in states:
        stand[state_key(state)].append(state)
    said: dict[tuple[str, ...], list[LiveItem]] = defaultdict(list)
    for item in items:
        said[item_key(item)].append(item)
    pairs: dict[str, LiveItem] = {}
    left: list[LiveItem] = []
    for key, alike in said.items():
        known = stand.get(key, [])
        same = len({(item.status, item.due) for item in alike}) == 1
        if key[0] and same and sum(item.copies for item in alike) == len(known):
            pairs |= {state.barcode: alike[0] for state in known}
        else:
            left += alike
    return pairs, left


def _copy(state: ItemState, item: LiveItem | None, mentions: bool, told: Told, asked: Asked) -> CopyNow:
    stored = CopyNow(
        owner=state.owner,
        barcode=state.barcode,
        node=state.node,
        call_number=state.call_number,
        volume=state.volume,
        status=state.obstacle or "available",
        basis=Basis.STORED,
        as_of=told.stored_at,
    )
    reply = told.answer.reply
    if in_ledger(state):
        due = state.on_loan_until.astimezone(asked.zone).date() if state.on_loan_until else None
        return replace(stored, basis=Basis.HUB, as_of=asked.at, due=due)
    if not reply.has_items:
        return stored
    said = replace(stored, basis=_BASES[reply.answered], as_of=reply.as_of or asked.at)
    if item is not None and item.status != "unknown":
        return replace(said, status=HUB_WORDS[item.status], due=item.due, said=item.status_text)
    if item is None and mentions:
        return replace(said, status=UNKNOWN)
    return stored


def in_ledger(state: ItemState) -> bool:
    """Whether the hub itself has the copy reserved, lent, under way, or lost sight of it."""
    return state.reserved or state.on_loan_until is not None or state.place_kind not in ON_A_SHELF


def _other(item: LiveItem, told: Told) -> OtherCopies:
    return OtherCopies(
        member=told.answer.member,
        node=_node(item, told.locations),
        location=item.location,
        call_number=item.call_number,
        volume=volume_name(item.volume),
        status=HUB_WORDS[item.status],
        said=item.status_text,
        copies=item.copies,
        barcode=item.barcode or "",
        due=item.due,
    )


def _node(item: LiveItem, locations: Locations) -> str:
    return locations.node_of(item.location) or ""


def _plain(call_number: str) -> str:
    return "".join(call_number.split()).casefold()
