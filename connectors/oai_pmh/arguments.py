"""The arguments of a request, checked as section 3 of the protocol has it.

Owns: which arguments a verb takes, and what their values may look like. Must not: know any repository.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from connectors.oai_pmh.protocol import DAYS, ErrorCode, Verb, read_stamp

_TOKEN: Final = "resumptionToken"
_LIST: Final = frozenset({"metadataPrefix", "from", "until", "set", _TOKEN})
_ALLOWED: Final[Mapping[Verb, frozenset[str]]] = MappingProxyType(
    {
        Verb.IDENTIFY: frozenset(),
        Verb.LIST_METADATA_FORMATS: frozenset({"identifier"}),
        Verb.LIST_SETS: frozenset({_TOKEN}),
        Verb.LIST_IDENTIFIERS: _LIST,
        Verb.LIST_RECORDS: _LIST,
        Verb.GET_RECORD: frozenset({"identifier", "metadataPrefix"}),
    }
)


class Refused(Exception):
    """The request cannot be answered."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Request:
    """A verb with the arguments it takes."""

    verb: Verb
    arguments: Mapping[str, str]

    @property
    def token(self) -> str | None:
        """The resumption token, where the request continues a list."""
        return self.arguments.get(_TOKEN)

    def needed(self, name: str) -> str:
        """An argument that the verb cannot do without.

        Raises:
            Refused: it is missing or empty.
        """
        value = self.arguments.get(name, "")
        if not value:
            raise Refused(ErrorCode.BAD_ARGUMENT, f"{name} is missing")
        return value

    def span(self, granularity: str) -> tuple[str, str]:
        """The datestamps between which a list is wanted; empty where it is open.

        Raises:
            Refused: no datestamps, of different or of too fine a granularity, or the wrong way round.
        """
        since, until = self.arguments.get("from", ""), self.arguments.get("until", "")
        for name, value in (("from", since), ("until", until)):
            if name in self.arguments and read_stamp(value) is None:
                raise Refused(ErrorCode.BAD_ARGUMENT, f"{name} is not a date in UTC")
            if granularity == DAYS and len(value) > len(DAYS):
                raise Refused(ErrorCode.BAD_ARGUMENT, f"{name} is finer than {DAYS}")
        if since and until and (len(since) != len(until) or since > until):
            raise Refused(ErrorCode.BAD_ARGUMENT, "from and until do not go together")
        return since, until


def read_request(pairs: Iterable[tuple[str, str]]) -> Request:
    """The request that some names and values are.

    Raises:
        Refused: an unknown or missing verb; an argument that is unknown, repeated, or not alone.
    """
    given = tuple(pairs)
    repeated = [name for name, count in Counter(name for name, _ in given).items() if count > 1]
    if "verb" in repeated:
        raise Refused(ErrorCode.BAD_VERB, "the verb is repeated")
    arguments = dict(given)
    name = arguments.pop("verb", "")
    try:
        verb = Verb(name)
    except ValueError:
        raise Refused(ErrorCode.BAD_VERB, name or "the verb is missing") from None
    if repeated:
        raise Refused(ErrorCode.BAD_ARGUMENT, f"{repeated[0]} is repeated")
    unknown = sorted(arguments.keys() - _ALLOWED[verb])
    if unknown:
        raise Refused(ErrorCode.BAD_ARGUMENT, f"{unknown[0]} is not an argument of {verb}")
    if _TOKEN in arguments and len(arguments) > 1:
        raise Refused(ErrorCode.BAD_ARGUMENT, f"{_TOKEN} is an exclusive argument")
    return Request(verb, arguments)
