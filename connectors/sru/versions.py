"""What differs between SRU 1.1, 1.2 and 2.0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

MARCXML: Final = "info:srw/schema/1/marcxml-v1.1"
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


_ONE: Final = "http://www.loc.gov/zing/srw/"
_TWO: Final = "http://docs.oasis-open.org/ns/search-ws/"

VERSIONS: Final[Mapping[str, Version]] = MappingProxyType(
    {
        "1.1": Version("1.1", _ONE, f"{_ONE}diagnostic/", _ONE, "recordPacking", True),
        "1.2": Version("1.2", _ONE, f"{_ONE}diagnostic/", _ONE, "recordPacking", True),
        "2.0": Version(
            "2.0", f"{_TWO}sruResponse", f"{_TWO}diagnostic", f"{_TWO}scan", "recordXMLEscaping", False
        ),
    }
)
