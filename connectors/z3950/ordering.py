"""Sort keys over a served catalogue: bib-1 attributes or field names to indexes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from connectors.serving import Index, ServedCatalogue, ServedRecord
from connectors.z3950.apdu import SortKey
from connectors.z3950.rpn import Term
from connectors.z3950.searching import Refused, scanned_index

_MAX_KEYS: Final = 10
_TOO_MANY_KEYS: Final = 211
_CANNOT_SORT: Final = 207
_ILLEGAL_RELATION: Final = 214
_ASCENDING, _DESCENDING = 0, 1

_FIELDS: Final[Mapping[str, Index]] = MappingProxyType(
    {
        "title": Index.TITLE,
        "author": Index.AUTHOR,
        "isbn": Index.ISBN,
        "date": Index.YEAR,
        "year": Index.YEAR,
        "identifier": Index.IDENTIFIER,
        "modified": Index.MODIFIED,
    }
)


def ordered(
    records: tuple[ServedRecord, ...], keys: tuple[SortKey, ...], catalogue: ServedCatalogue
) -> tuple[ServedRecord, ...]:
    """The records by the first key, those that are equal in it by the next, and so on.

    Raises:
        Refused: a key that is not supported.
    """
    if len(keys) > _MAX_KEYS:
        raise Refused(_TOO_MANY_KEYS, _MAX_KEYS)
    for key in reversed(keys):
        if key.relation not in (_ASCENDING, _DESCENDING):
            raise Refused(_ILLEGAL_RELATION, key.relation)
        records = catalogue.sorted_by(records, _index(key), descending=key.relation == _DESCENDING)
    return records


def _index(key: SortKey) -> Index:
    if key.attributes:
        return scanned_index(Term(b"", key.attributes))[0]
    index = _FIELDS.get(key.field.casefold())
    if index is None:
        raise Refused(_CANNOT_SORT, key.field)
    return index
