"""The indexes that a served catalogue is searched by, under their names in CQL."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from connectors.serving import Index
from connectors.sru.diagnostics import Number, Refused

#: Context sets by the prefix that explain gives them.
CONTEXT_SETS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cql": "info:srw/cql-context-set/1/cql-v1.2",
        "rec": "info:srw/cql-context-set/2/rec-1.1",
        "dc": "info:srw/cql-context-set/1/dc-v1.1",
        "bath": "http://zing.z3950.org/cql/bath/2.0/",
    }
)
#: Indexes that are named without a prefix are of this set.
_DEFAULT_SET: Final = "dc"

INDEXES: Final[Mapping[str, Index]] = MappingProxyType(
    {
        "cql.serverChoice": Index.ANY,
        "cql.anywhere": Index.ANY,
        "cql.allRecords": Index.ALL,
        "rec.identifier": Index.IDENTIFIER,
        "rec.id": Index.IDENTIFIER,
        "rec.lastModificationDate": Index.MODIFIED,
        "dc.title": Index.TITLE,
        "dc.creator": Index.AUTHOR,
        "dc.date": Index.YEAR,
        "bath.isbn": Index.ISBN,
    }
)
SORTABLE: Final = frozenset({Index.TITLE, Index.AUTHOR, Index.YEAR, Index.IDENTIFIER, Index.MODIFIED})
#: Indexes whose values stand in an order that ranges can be asked in.
ORDERED: Final = frozenset({Index.IDENTIFIER, Index.MODIFIED, Index.YEAR})

_BY_FOLDED_NAME: Final = {name.casefold(): index for name, index in INDEXES.items()}
_PREFIXES: Final = {identifier: prefix for prefix, identifier in CONTEXT_SETS.items()}
_RESULT_SET: Final = "cql.resultsetid"


def index_named(name: str, context_set: str = "") -> Index:
    """The index a name stands for, whatever its case; ``context_set`` is what its prefix was declared to be.

    Raises:
        Refused: there is none.
    """
    prefix, dot, local = name.casefold().rpartition(".")
    if context_set:
        prefix = _PREFIXES.get(context_set, "")
        if not prefix:
            raise Refused(Number.UNSUPPORTED_CONTEXT_SET, context_set)
    elif not dot:
        prefix = _DEFAULT_SET
    if prefix not in CONTEXT_SETS:
        raise Refused(Number.UNSUPPORTED_CONTEXT_SET, prefix)
    full = f"{prefix}.{local}"
    if full == _RESULT_SET:
        raise Refused(Number.NO_RESULT_SETS)
    index = _BY_FOLDED_NAME.get(full)
    if index is None:
        raise Refused(Number.UNSUPPORTED_INDEX, name)
    return index
