"""Sort keys in their two forms: the parameter ``sortKeys`` of 1.1, and ``sortby`` in a query.

Records without a value come last and case makes no difference; whoever asks for anything else is refused.
"""

from __future__ import annotations

from typing import Final

from connectors.sru.cql import Modifier, SortKey
from connectors.sru.diagnostics import Number, Refused

_MAX_KEYS: Final = 8
_DESCENDING: Final = Modifier("sort.descending")


def read_sort_keys(text: str) -> tuple[SortKey, ...]:
    """Keys as ``path,schema,ascending,caseSensitive,missingValue``, with blanks between keys.

    The path is the name of an index; with a schema's short name it is taken from the set of that name.

    Raises:
        Refused: more than may be asked for.
    """
    keys = tuple(_read(key) for key in text.split())
    if len(keys) > _MAX_KEYS:
        raise Refused(Number.TOO_MANY_SORT_KEYS, str(_MAX_KEYS))
    return keys


def _read(key: str) -> SortKey:
    path, schema, ascending, case, missing = (*key.split(",", 4), "", "", "", "")[:5]
    if not path or "/" in path or "@" in path:
        raise Refused(Number.UNSUPPORTED_SORT_PATH, path)
    if ascending not in ("", "0", "1"):
        raise Refused(Number.UNSUPPORTED_SORT_DIRECTION, ascending)
    if case not in ("", "0"):
        raise Refused(Number.UNSUPPORTED_SORT_CASE, case)
    if missing.strip("'\"") not in ("", "highValue"):
        raise Refused(Number.UNSUPPORTED_MISSING_VALUE, missing)
    index = f"{schema}.{path}" if schema and "." not in path else path
    return SortKey(index, (_DESCENDING,) if ascending == "0" else ())


def is_descending(key: SortKey) -> bool:
    """Whether a key's modifiers ask for the opposite order.

    Raises:
        Refused: they ask for something else besides.
    """
    descending = False
    for modifier in key.modifiers:
        match modifier.name.casefold().removeprefix("sort."):
            case "ascending" | "ignorecase" | "missinghigh" | "respectaccents" | "ignoreaccents":
                pass
            case "descending":
                descending = True
            case "respectcase":
                raise Refused(Number.UNSUPPORTED_SORT_CASE, modifier.name)
            case "missinglow" | "missingfail" | "missingomit" | "missingvalue":
                raise Refused(Number.UNSUPPORTED_MISSING_VALUE, modifier.name)
            case _:
                raise Refused(Number.UNSUPPORTED_SORT_SEQUENCE, modifier.name)
    return descending
