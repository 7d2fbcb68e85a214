"""The fields of the union index, whatever engine keeps them.

Owns: the names and kinds of the fields, and which can be counted, filtered and sorted by.
"""

from __future__ import annotations

from enum import StrEnum

KEY = "key"

#: Tokens in order: phrases can be asked for.
TEXT = "text"  #: everything below in one, so that title and author words may be mixed
TITLE = "title"
PERSON = "person"
SUBJECT = "subject"
PUBLISHER = "publisher"
ORDERED_FIELDS = (TEXT, TITLE, PERSON, SUBJECT, PUBLISHER)

#: Tokens without order.
TITLE_PINYIN = "title_pinyin"
PERSON_PINYIN = "person_pinyin"
TITLE_INITIALS = "title_initials"
PERSON_INITIALS = "person_initials"
PROPER_TITLE = (
    "proper_title"  #: all tokens of the title proper alone: of two that match, the shorter is nearer
)
TOKEN_FIELDS = (TITLE_PINYIN, PERSON_PINYIN, TITLE_INITIALS, PERSON_INITIALS, PROPER_TITLE)

#: One value is one token.
WHOLE_TITLE = "whole_title"  #: a title proper, all of it
OTHER_TITLE = "other_title"  #: another title, or a title without what follows it
NUMBER = "number"  #: ISBN as 13 digits, ISSN, 统一书号, and numbers with a wrong check digit as given
CALL_NUMBER = "call_number"
CLASS = "class"  #: a classification number and every shorter one above it
VALUE_FIELDS = (WHOLE_TITLE, OTHER_TITLE, NUMBER, CALL_NUMBER, CLASS)

#: Sorted by.
TITLE_ORDER = "title_order"  #: pinyin and words in one alphabet
YEAR = "year"
WEIGHT = "weight"  #: a score is multiplied by log2(2 + weight)

AVAILABLE = "yes"  #: the one value of the facet ``available``


class Facet(StrEnum):
    """What results are counted and filtered by. Each is also the name of its index field."""

    LIBRARY = "library"  #: node codes: of the holding node and all nodes above it
    LANGUAGE = "language"
    MATERIAL = "material"
    CLC = "clc"  #: 中图法, the first two levels
    YEAR = "year"
    AVAILABLE = "available"  #: as it stood when the edition was last indexed


class Order(StrEnum):
    """What results are sorted by."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
