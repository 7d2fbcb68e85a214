"""Names and history: an edition keeps its id by largest overlap, others lead to what took their place."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from hub.storage import clusters
from hub.storage.clusters import Happening, RecordKey

Edition = frozenset[int]

#: records named in one event
_MOST_NAMED = 20


@dataclass(slots=True)
class Naming:
    """The id of each edition, and what became of ids that are no longer used."""

    names: dict[Edition, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    retired: list[str] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)


def name_editions(
    connection: Connection,
    editions: Sequence[Edition],
    before: Mapping[int, str],
    keys: Mapping[int, RecordKey],
) -> Naming:
    """Give every edition its id.

    ``before`` holds the whole membership of every id that occurs in it. Among editions that share records
    with one id, the one with most of them keeps it; ties go to the smallest record key.
    """
    written = {record: str(key) for record, key in keys.items()}
    smallest = {edition: min(written[record] for record in edition) for edition in editions}
    naming = Naming(names=_inherited(editions, before, smallest))
    new = [edition for edition in editions if edition not in naming.names]
    naming.names.update(_new_names(connection, sorted(new, key=smallest.__getitem__), smallest))
    _follow_up(naming, editions, before, written)
    return naming


def _inherited(
    editions: Iterable[Edition], before: Mapping[int, str], smallest: Mapping[Edition, str]
) -> dict[Edition, str]:
    claims = []
    for edition in editions:
        for old, shared in Counter(before[record] for record in edition if record in before).items():
            claims.append((-shared, smallest[edition], old, edition))
    names: dict[Edition, str] = {}
    taken: set[str] = set()
    for _, _, old, edition in sorted(claims, key=lambda claim: claim[:3]):
        if edition not in names and old not in taken:
            names[edition] = old
            taken.add(old)
    return names


def _new_names(
    connection: Connection, editions: Sequence[Edition], smallest: Mapping[Edition, str]
) -> dict[Edition, str]:
    """Ids made from the smallest record key; a number is added where that id has a history already."""
    names: dict[Edition, str] = {}
    waiting, ordinal, used = list(editions), 0, set[str]()
    while waiting:
        wished = {edition: _id(smallest[edition], ordinal) for edition in waiting}
        standing = clusters.standing(connection, set(wished.values())).keys() | used
        names |= {edition: name for edition, name in wished.items() if name not in standing}
        used.update(names.values())
        waiting = [edition for edition in waiting if edition not in names]
        ordinal += 1
    return names


def _id(key: str, ordinal: int) -> str:
    digest = hashlib.sha256(f"{key}\x1f{ordinal}".encode()).digest()
    return f"E-{base64.b32encode(digest)[:10].decode()}"


def _follow_up(
    naming: Naming, editions: Sequence[Edition], before: Mapping[int, str], written: Mapping[int, str]
) -> None:
    members_before: dict[str, set[int]] = {}
    for record, old in before.items():
        members_before.setdefault(old, set()).add(record)
    now = {record: naming.names[edition] for edition in editions for record in edition}
    kept = set(naming.names.values())
    for old in sorted(members_before.keys() - kept):
        heirs = Counter(now[record] for record in members_before[old] if record in now)
        if heirs:
            heir = min(heirs, key=lambda name: (-heirs[name], name))
            naming.redirects[old] = heir
            naming.happenings.append(Happening(old, "merged", {"into": heir}))
        else:
            naming.retired.append(old)
            naming.happenings.append(Happening(old, "retired", {}))
    for edition in editions:
        naming.happenings.extend(_changes(naming.names[edition], edition, members_before, before, written))


def _changes(
    name: str,
    edition: Edition,
    members_before: Mapping[str, set[int]],
    before: Mapping[int, str],
    written: Mapping[int, str],
) -> Iterable[Happening]:
    def named(records: Iterable[int]) -> list[str]:
        return sorted(written[record] for record in records if record in written)[:_MOST_NAMED]

    old = members_before.get(name)
    if old is None:
        origins = sorted({before[record] for record in edition if record in before})
        yield Happening(
            name, "created", {"records": named(edition), **({"from": origins} if origins else {})}
        )
        return
    if added := edition - old:
        yield Happening(name, "grew", {"records": named(added)})
    if lost := old - edition:
        elsewhere = any(record in written for record in lost)
        yield Happening(name, "split" if elsewhere else "shrank", {"records": named(lost)})
