"""What differs between SRU 1.1, 1.2 and 2.0."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

MARCXML: Final = "info:srw/schema/1/marcxml-v1.1"
DUBLIN_CORE: Final = "info:srw/schema/1/dc-v1.1"
DIAGNOSTICS: Final = "info:srw/schema/1/diagnostics-v1.1"
DIAGNOSTIC_PREFIX: Final = "info:srw/diagnostic/1/"
EXPLAIN: Final = "http://explain.z3950.org/dtd/2.0/"


@dataclass(frozen=True, slots=True)
class Version:
    """One version's names."""

    number: str
    response: str  #: namespace of responses
    diagnostic: str  #: namespace of diagnostics
    scan: str  #: namespace of scan responses
    packing: str  #: the parameter and element that say whether records are escaped
    has_operation: bool  #: 2.0 tells operations apart by their parameters
    has_identifiers: bool  #: records may be given with their identifiers


_ONE: Final = "http://www.loc.gov/zing/srw/"
_TWO: Final = "http://docs.oasis-open.org/ns/search-ws/"

VERSIONS: Final[Mapping[str, Version]] = MappingProxyType(
    {
        "1.1": Version("1.1", _ONE, f"{_ONE}diagnostic/", _ONE, "recordPacking", True, False),
        "1.2": Version("1.2", _ONE, f"{_ONE}diagnostic/", _ONE, "recordPacking", True, True),
        "2.0": Version(
            "2.0", f"{_TWO}sruResponse", f"{_TWO}diagnostic", f"{_TWO}scan", "recordXMLEscaping", False, True
        ),
    }
)
LATEST: Final = "2.0"

_NUMBER: Final = re.compile(r"([12])\.([0-9]{1,3})")


def negotiated(asked: str) -> Version | None:
    """The version to answer a request of version ``asked`` in: that one, or the newest one before it.

    A later version of the same kind is answered, an earlier one than 1.1 is not.
    """
    match = _NUMBER.fullmatch(asked)
    if match is None or (match[1], match[2]) == ("1", "0"):
        return None
    if match[1] == "2":
        return VERSIONS["2.0"]
    return VERSIONS["1.1" if match[2] == "1" else "1.2"]
