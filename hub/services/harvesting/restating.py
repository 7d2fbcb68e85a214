"""Reading a source's stored records again for their items, after its holdings profile or locations changed.

An unchanged record costs a harvest one look-up and its items are not looked at, so a new table of locations
would else reach only records that happen to change.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from connectors.ports import RawRecord
from hub.services.context import Hub
from hub.services.harvesting.habits import habits_of
from hub.services.harvesting.intake import Habits, profile_for
from hub.services.harvesting.reading import take_in_elsewhere
from hub.services.harvesting.sources import find
from hub.services.progress import Progress, unwatched
from hub.storage import harvests
from hub.storage.harvests import StoredRecord

#: records in one transaction
AT_ONCE = 500
#: records from which it is told how a source states its holdings
LOOKED_AT = 200


async def restate(hub: Hub, name: str, progress: Progress = unwatched) -> dict[str, Any]:
    """Give every live record of a source the items that it states by the profile and locations of today.

    Returns:
        records read; items added, changed and withdrawn; and the location codes that no node claims, with
        the number of items under each.

        Where nothing tells how the source states its holdings no record is read, and nothing changes.

    Raises:
        NotFound: there is no such source.
    """
    source = await find(hub, name)
    habits = await _with_profile(hub, name, habits_of(hub.network(), source))
    read = last = 0
    items = Counter(added=0, changed=0, withdrawn=0)
    unmapped: Counter[str] = Counter()
    while habits.profile and (
        found := await hub.store.read(partial(harvests.live_records, after=last, limit=AT_ONCE, source=name))
    ):
        # Named by their numbers: a record kept beside another has not the identifier that is in its bytes.
        named = [RawRecord(record.raw, str(record.id)) for record in found]
        intake = await take_in_elsewhere(hub, named, habits, read)
        rows = {int(row.identifier): row for row in intake.rows}
        counts = await hub.store.write(partial(harvests.restate_items, rows=rows))
        items.update(added=counts.added, changed=counts.changed, withdrawn=counts.withdrawn)
        unmapped.update(intake.unmapped)
        read, last = read + len(found), found[-1].id
        progress(name, read, None)
    if habits.profile:
        await hub.store.write(lambda connection: harvests.set_unmapped(connection, name, unmapped))
    return {"source": name, "records": read, **items, "unmapped": dict(unmapped)}


async def _with_profile(hub: Hub, name: str, habits: Habits) -> Habits:
    """The habits with a holdings profile, found out from the first records where none is known."""
    if habits.profile:
        return habits
    first: Sequence[StoredRecord] = await hub.store.read(
        partial(harvests.live_records, after=0, limit=LOOKED_AT, source=name)
    )
    raw = [RawRecord(record.raw, record.identifier) for record in first]
    found = await asyncio.to_thread(profile_for, raw, habits.encoding)
    return replace(habits, profile=found)
