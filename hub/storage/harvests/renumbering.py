"""Giving a source's records the identifiers of its new system; whatever refers to a record goes on doing so.

Descriptions, editions and items refer to a record by its number, which stays. Decisions refer to it by its
key and are written anew here. Requests, reservations and loans refer to editions and volumes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from hub.storage import decisions
from hub.storage.harvests.items import claims_of, items_of, store_items
from hub.storage.harvests.records import mark_pending
from hub.storage.harvests.renumber_plan import RenumberPlan, plan_renumbering
from hub.storage.statements import batches
from hub.storage.tables.catalogue import SourceRecord
from hub.storage.tables.columns import core

RECORD = core(SourceRecord)
#: what two records exchange when they turn out to be one: everything but what is in other tables
CONTENT = (
    "state", "format", "encoding", "confidence", "digest", "raw", "seen_run", "seen_slice", "seen_attempt",
    "missing_run",
)  # fmt: skip
PAGE = 1000


def renumbering(connection: Connection, source: str, pairs: Mapping[str, str]) -> RenumberPlan:
    """What the map would change; nothing is."""
    wanted = sorted({*pairs, *pairs.values()})
    standing: dict[str, int] = {}
    for part in batches(wanted):
        mine = (RECORD.c.source == source, RECORD.c.identifier.in_(part))
        found = connection.execute(select(RECORD.c.identifier, RECORD.c.id).where(*mine))
        standing.update({row.identifier: row.id for row in found})
    return plan_renumbering(standing, pairs)


def renumber(connection: Connection, source: str, plan: RenumberPlan, now: datetime) -> int:
    """Carry the plan out; how many decisions were written anew."""
    _rename(connection, plan.renames, now)
    for record, holder in plan.takeovers.items():
        _take_over(connection, record, holder, now)
    mark_pending(connection, (*plan.renames, *plan.takeovers, *plan.takeovers.values()))
    keys = {f"{source}:{old}": f"{source}:{new}" for old, new in plan.keys.items()}
    return decisions.rename(connection, keys, now)


def live_beside(connection: Connection, source: str, named: Collection[str], limit: int) -> list[str]:
    """The first ``limit`` identifiers of live records that are not among ``named``."""
    found: list[str] = []
    after = ""
    while len(found) < limit:
        live = (RECORD.c.source == source, RECORD.c.state == "live", RECORD.c.identifier > after)
        ordered = select(RECORD.c.identifier).where(*live).order_by(RECORD.c.identifier).limit(PAGE)
        page = list(connection.scalars(ordered))
        if not page:
            break
        found += [identifier for identifier in page if identifier not in named]
        after = page[-1]
    return found[:limit]


def _rename(connection: Connection, renames: Mapping[int, str], now: datetime) -> None:
    # Identifiers may pass from record to record, and at no moment may two records have the same.
    _set_identifiers(connection, ((record, f"renumbering:{record}") for record in renames), now)
    _set_identifiers(connection, renames.items(), now)


def _set_identifiers(connection: Connection, identifiers: Iterable[tuple[int, str]], now: datetime) -> None:
    rows = [{"record": record, "new": new, "now": now} for record, new in identifiers]
    if rows:
        statement = update(RECORD).where(RECORD.c.id == bindparam("record"))
        connection.execute(statement.values(identifier=bindparam("new"), changed_at=bindparam("now")), rows)


def _take_over(connection: Connection, record: int, holder: int, now: datetime) -> None:
    """Let a record have what came under its new identifier; the newcomer becomes the gone old record."""
    columns = (RECORD.c.id, RECORD.c.identifier, *(RECORD.c[name] for name in CONTENT))
    found = connection.execute(select(*columns).where(RECORD.c.id.in_((record, holder)))).mappings()
    rows = {row["id"]: dict(row) for row in found}
    stated = [*items_of(connection, holder), *claims_of(connection, holder)]
    identifiers = {record: rows[holder]["identifier"], holder: rows[record]["identifier"]}
    _rename(connection, identifiers, now)
    for one, other in ((record, holder), (holder, record)):
        content = {name: rows[other][name] for name in CONTENT}
        connection.execute(update(RECORD).where(RECORD.c.id == one).values(content))
    connection.execute(update(RECORD).where(RECORD.c.id == holder).values(state="deleted", missing_run=None))
    store_items(connection, {record: stated, holder: ()})
