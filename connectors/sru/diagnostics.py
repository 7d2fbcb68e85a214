"""The SRU diagnostic list, as far as a server of ours refuses anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final


class Number(IntEnum):
    """Numbers of ``info:srw/diagnostic/1/``."""

    UNSUPPORTED_OPERATION = 4
    UNSUPPORTED_VERSION = 5
    UNSUPPORTED_VALUE = 6
    MISSING_PARAMETER = 7
    UNSUPPORTED_PARAMETER = 8
    QUERY_SYNTAX = 10
    UNSUPPORTED_CONTEXT_SET = 15
    UNSUPPORTED_INDEX = 16
    UNSUPPORTED_RELATION = 19
    UNSUPPORTED_RELATION_MODIFIER = 20
    UNSUPPORTED_RELATION_FOR_INDEX = 22
    UNSUPPORTED_EMPTY_TERM = 27
    UNSUPPORTED_ANCHOR = 31
    BAD_TERM_FOR_RELATION = 36
    TOO_MANY_BOOLEANS = 38
    UNSUPPORTED_PROXIMITY = 39
    UNSUPPORTED_BOOLEAN_MODIFIER = 46
    UNSUPPORTED_MASK_POSITION = 49
    NO_RESULT_SETS = 50
    OUT_OF_RANGE = 61
    UNKNOWN_SCHEMA = 66
    NOT_IN_SCHEMA = 67
    UNSUPPORTED_PACKING = 71
    NO_XPATH = 72
    UNSUPPORTED_SORT_SEQUENCE = 82
    TOO_MANY_SORT_KEYS = 84
    UNSUPPORTED_SORT_PATH = 88
    UNSUPPORTED_SORT_DIRECTION = 90
    UNSUPPORTED_SORT_CASE = 91
    UNSUPPORTED_MISSING_VALUE = 92
    QUERY_SORT_PREVAILS = 94
    POSITION_OUT_OF_RANGE = 120
    TOO_MANY_TERMS = 121


#: The standard's own words.
MESSAGES: Final[Mapping[Number, str]] = MappingProxyType(
    {
        Number.UNSUPPORTED_OPERATION: "Unsupported operation",
        Number.UNSUPPORTED_VERSION: "Unsupported version",
        Number.UNSUPPORTED_VALUE: "Unsupported parameter value",
        Number.MISSING_PARAMETER: "Mandatory parameter not supplied",
        Number.UNSUPPORTED_PARAMETER: "Unsupported parameter",
        Number.QUERY_SYNTAX: "Query syntax error",
        Number.UNSUPPORTED_CONTEXT_SET: "Unsupported context set",
        Number.UNSUPPORTED_INDEX: "Unsupported index",
        Number.UNSUPPORTED_RELATION: "Unsupported relation",
        Number.UNSUPPORTED_RELATION_MODIFIER: "Unsupported relation modifier",
        Number.UNSUPPORTED_RELATION_FOR_INDEX: "Unsupported combination of relation and index",
        Number.UNSUPPORTED_EMPTY_TERM: "Empty term unsupported",
        Number.UNSUPPORTED_ANCHOR: "Anchoring character not supported",
        Number.BAD_TERM_FOR_RELATION: "Term in invalid format for index or relation",
        Number.TOO_MANY_BOOLEANS: "Too many boolean operators in query",
        Number.UNSUPPORTED_PROXIMITY: "Proximity not supported",
        Number.UNSUPPORTED_BOOLEAN_MODIFIER: "Unsupported boolean modifier",
        Number.UNSUPPORTED_MASK_POSITION: "Masking character in unsupported position",
        Number.NO_RESULT_SETS: "Result sets not supported",
        Number.OUT_OF_RANGE: "First record position out of range",
        Number.UNKNOWN_SCHEMA: "Unknown schema for retrieval",
        Number.NOT_IN_SCHEMA: "Record not available in this schema",
        Number.UNSUPPORTED_PACKING: "Unsupported record packing",
        Number.NO_XPATH: "XPath retrieval unsupported",
        Number.UNSUPPORTED_SORT_SEQUENCE: "Unsupported sort sequence",
        Number.TOO_MANY_SORT_KEYS: "Too many sort keys to sort",
        Number.UNSUPPORTED_SORT_PATH: "Unsupported path for sort",
        Number.UNSUPPORTED_SORT_DIRECTION: "Unsupported direction",
        Number.UNSUPPORTED_SORT_CASE: "Unsupported case",
        Number.UNSUPPORTED_MISSING_VALUE: "Unsupported missing value action",
        Number.QUERY_SORT_PREVAILS: "Sort spec included both in query and protocol: query prevails",
        Number.POSITION_OUT_OF_RANGE: "Response position out of range",
        Number.TOO_MANY_TERMS: "Too many terms requested",
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A diagnostic to be said; ``details`` are what the list asks for with its number."""

    number: Number
    details: str = ""


class Refused(Exception):
    """The request cannot be answered."""

    def __init__(self, number: Number, details: str = "") -> None:
        super().__init__(number, details)
        self.refusal = Refusal(number, details)
