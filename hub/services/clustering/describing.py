"""The first stage: new descriptions and keys; blocks that crossed a limit are looked at again."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from dedupe.keys import MatchKey, crossing
from dedupe.verdict import matcher_version
from hub.services.clustering.workers import describe_records, in_worker
from hub.services.context import Hub
from hub.storage import descriptions
from hub.storage.descriptions import DescriptionRow

BATCH = 500

Block = list[tuple[int, MatchKey]]


async def describe_next(hub: Hub) -> int:
    """Describe one batch of the in-tray, or forget the descriptions of records that are gone; how many.

    The records stay in the in-tray until they are clustered.
    """
    gone = await hub.store.read(lambda connection: descriptions.described_but_gone(connection, BATCH))
    if gone:
        await hub.store.write(lambda connection: store(connection, gone, ()))
        return len(gone)
    waiting = await hub.store.read(
        lambda connection: descriptions.undescribed(connection, matcher_version(), BATCH)
    )
    if not waiting:
        return 0
    rows = await in_worker(hub.workers, describe_records, waiting)
    await hub.store.write(lambda connection: store(connection, (), rows))
    return len(rows)


def store(connection: Connection, gone: Collection[int], rows: Sequence[DescriptionRow]) -> None:
    """Replace descriptions and keys; records of blocks now compared in another way become pending."""
    changed = {*gone, *(row.record for row in rows)}
    old_keys = descriptions.keys_of(connection, changed)
    affected = {key for keys in old_keys.values() for key in keys} | {
        key for row in rows for key, _ in row.keys
    }
    before = _blocks(connection, affected)
    after = _after(before, changed, rows)
    descriptions.replace_descriptions(connection, gone, rows)
    crossed = [
        key for key in affected if _by_refinement(before.get(key, [])) != _by_refinement(after.get(key, []))
    ]
    members = {record for key in crossed for record, _ in after.get(key, [])}
    descriptions.make_pending(connection, members)


def _blocks(connection: Connection, keys: Collection[str]) -> dict[str, Block]:
    return {
        key: [(record, MatchKey(key, refinements)) for record, refinements in members]
        for key, members in descriptions.blocks(connection, keys).items()
    }


def _after(before: dict[str, Block], changed: set[int], rows: Sequence[DescriptionRow]) -> dict[str, Block]:
    after = {key: [member for member in block if member[0] not in changed] for key, block in before.items()}
    for row in rows:
        for key, refinements in row.keys:
            after.setdefault(key, []).append((row.record, MatchKey(key, refinements)))
    return after


def _by_refinement(block: Block) -> bool:
    return crossing([key for _, key in block])
