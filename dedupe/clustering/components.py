"""Connected components."""

from __future__ import annotations

from collections.abc import Iterable


def components(records: Iterable[str], links: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The records in connected groups, each sorted, the groups by their smallest record.

    Links to records outside ``records`` are ignored.
    """
    parent = {record: record for record in records}

    def root(record: str) -> str:
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    for first, second in links:
        if first in parent and second in parent:
            one, other = root(first), root(second)
            if one != other:
                parent[max(one, other)] = min(one, other)
    groups: dict[str, list[str]] = {}
    for record in sorted(parent):
        groups.setdefault(root(record), []).append(record)
    return list(groups.values())
