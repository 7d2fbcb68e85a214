"""The result sets that one client keeps at the server: named, limited, sorted into others, deleted.

Owns: the names and the room they may take. Must not: search, or know units other than those about sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from connectors.serving import ServedCatalogue, ServedRecord
from connectors.z3950.apdu import (
    DeleteResultSetRequest,
    DeleteResultSetResponse,
    SortRequest,
    SortResponse,
)
from connectors.z3950.ordering import ordered
from connectors.z3950.searching import NO_SUCH_SET, Refused

_SET_EXISTS: Final = 21
_RESOURCES: Final = 31
_SORT_FAILURE: Final = 2
_SET_UNCHANGED: Final = 3
_NOT_ALL_DELETED: Final = 9


class ResultSets(Mapping[str, tuple[ServedRecord, ...]]):
    """The records found, by the name of their set."""

    def __init__(self, most: int, most_hits: int) -> None:
        """So many sets, with so many hits in all of them together."""
        self._most = most
        self._most_hits = most_hits
        self._sets: dict[str, tuple[ServedRecord, ...]] = {}

    def __getitem__(self, name: str) -> tuple[ServedRecord, ...]:
        return self._sets[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sets)

    def __len__(self) -> int:
        return len(self._sets)

    def refuse_taken(self, name: str) -> None:
        """Raises Refused when there is a set of this name."""
        if name in self._sets:
            raise Refused(_SET_EXISTS, name)

    def keep(self, name: str, records: tuple[ServedRecord, ...]) -> None:
        """Keep what was found, in the place of an earlier set of this name.

        Raises:
            Refused: there is no room for it; the earlier set stays.
        """
        others = [len(kept) for other, kept in self._sets.items() if other != name]
        if len(others) >= self._most:
            raise Refused(_RESOURCES, "result sets")
        if sum(others) + len(records) > self._most_hits:
            raise Refused(_RESOURCES, "records in result sets")
        self._sets[name] = records

    def sort(self, request: SortRequest, catalogue: ServedCatalogue) -> SortResponse:
        """Sort sets into one; a record that is in several of them is in it once."""
        try:
            for name in request.inputs:
                if name not in self._sets:
                    raise Refused(NO_SUCH_SET, name)
            together = {record.identifier: record for name in request.inputs for record in self._sets[name]}
            found = ordered(tuple(together.values()), request.keys, catalogue)
            self.keep(request.result_set, found)
        except Refused as refused:
            return SortResponse(
                _SORT_FAILURE, _SET_UNCHANGED, (refused.diagnostic,), reference_id=request.reference_id
            )
        return SortResponse(0, reference_id=request.reference_id)

    def delete(self, request: DeleteResultSetRequest) -> DeleteResultSetResponse:
        """Forget the sets named, or all; of those named each has its own status."""
        names = request.result_sets or tuple(self._sets)
        statuses = tuple((name, int(self._sets.pop(name, None) is None)) for name in names)
        worst = max((status for _, status in statuses), default=0)
        overall = _NOT_ALL_DELETED if worst and len(statuses) > 1 else worst
        listed = statuses if request.result_sets else ()
        return DeleteResultSetResponse(overall, request.reference_id, listed)
