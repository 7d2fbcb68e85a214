"""By what the records of a source are told apart, as they are kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from hub.storage.tables.catalogue import SourceRecord
from hub.storage.tables.columns import core

RECORD = core(SourceRecord)
#: so many records kept beside others are named
NAMED = 20
_BY_DIGEST = RECORD.c.identifier.like("digest:%")
#: see ``batch_plan.alternate_identifier``: sixteen digits of the digest
_BESIDE = RECORD.c.identifier.like("%#" + "_" * 16)


@dataclass(frozen=True, slots=True)
class Identities:
    """How many live records are known by what."""

    by_digest: int  #: without an identifier of their own
    beside: int  #: under an identifier that another record of the source has too
    first_beside: tuple[str, ...] = ()


def identities(connection: Connection, source: str) -> Identities:
    """How the live records of a source are told apart."""

    def number(which: ColumnElement[bool]) -> int:
        mine = select(func.count()).where(RECORD.c.source == source, RECORD.c.state == "live", which)
        return connection.scalar(mine) or 0

    first = (
        select(RECORD.c.identifier)
        .where(RECORD.c.source == source, RECORD.c.state == "live", _BESIDE)
        .order_by(RECORD.c.identifier)
        .limit(NAMED)
    )
    return Identities(number(_BY_DIGEST), number(_BESIDE), tuple(connection.scalars(first)))
