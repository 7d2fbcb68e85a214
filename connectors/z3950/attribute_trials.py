"""Which bib-1 attributes a target understands: terms taken from its own records, asked for in every way.

Owns: the terms and the variants that are tried. Must not: open an association.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from connectors.harvesting import sampling
from connectors.harvesting.plan import Found
from connectors.profile import Finding
from connectors.z3950.rpn import RpnQuery, term
from hub.kernel.record import Record

_STRUCTURES: Final[Mapping[str, int]] = MappingProxyType(
    {"phrase": 1, "word": 2, "key": 3, "year": 4, "date": 5, "word-list": 6}
)
_RELATION_EQUAL: Final = 3
_RIGHT_TRUNCATION: Final = 1

#: Finds a query's hits; None where it is refused or ends the session.
Ask = Callable[[RpnQuery], Awaitable[Found | None]]


@dataclass(frozen=True, slots=True)
class UseAttribute:
    """A use attribute with the places in a record where its terms stand."""

    number: int
    title: str
    places: tuple[tuple[str, str], ...]  #: tag and subfield; no subfield for control fields
    length: int | None = None  #: how much of the content is the term


#: The attributes that matter to a union catalogue.
USE_ATTRIBUTES: Final = (
    UseAttribute(12, "local number", (("001", ""),)),
    UseAttribute(1007, "standard identifier", (("010", "a"), ("020", "a"))),
    UseAttribute(7, "ISBN", (("010", "a"), ("020", "a"))),
    UseAttribute(8, "ISSN", (("011", "a"), ("022", "a"))),
    UseAttribute(4, "title", (("200", "a"), ("245", "a"))),
    UseAttribute(1003, "author", (("701", "a"), ("700", "a"), ("100", "a"))),
    UseAttribute(1016, "any", (("200", "a"), ("245", "a"))),
    UseAttribute(1035, "anywhere", (("200", "a"), ("245", "a"))),
    UseAttribute(21, "subject", (("606", "a"), ("650", "a"))),
    UseAttribute(31, "year", (("210", "d"), ("260", "c"), ("264", "c")), 4),
    UseAttribute(1011, "date entered", (("100", "a"), ("008", "")), 8),
    UseAttribute(1012, "date modified", (("005", ""),), 8),
    UseAttribute(1032, "doc id", (("001", ""),)),
    UseAttribute(54, "language", (("101", "a"), ("041", "a"))),
)


def sample_term(attribute: UseAttribute, records: list[Record]) -> str | None:
    """A term that the target should find; None where no record of the sample has one."""
    content = sampling.term(records, attribute.places)
    return None if content is None else content[: attribute.length]


async def try_attribute(attribute: UseAttribute, content: str, ask: Ask) -> Finding | None:
    """What works with an attribute; None where nothing does."""
    plain = await ask(_query(attribute, content))
    structures = [
        name
        for name, number in _STRUCTURES.items()
        if _hits(await ask(_query(attribute, content, structure=number)))
    ]
    if not _hits(plain) and not structures:
        return None
    structure = None if _hits(plain) else _STRUCTURES[structures[0]]
    variants = ["plain"] if _hits(plain) else []
    variants += structures
    if _hits(await ask(_query(attribute, content, structure=structure, relation=_RELATION_EQUAL))):
        variants.append("equal")
    shorter = content[:-1] or content
    if _hits(await ask(_query(attribute, shorter, structure=structure, truncation=_RIGHT_TRUNCATION))):
        variants.append("truncated")
    hits = plain.hits if plain is not None else 0
    return Finding(",".join(variants), evidence=f"{attribute.title} {content!r}: {hits}")


def _hits(found: Found | None) -> int:
    return 0 if found is None else found.hits


def _query(
    attribute: UseAttribute,
    content: str,
    *,
    structure: int | None = None,
    relation: int | None = None,
    truncation: int | None = None,
) -> RpnQuery:
    optional = ((2, relation), (4, structure), (5, truncation))
    attributes = [(kind, number) for kind, number in optional if number is not None]
    return RpnQuery((term(content, (1, attribute.number), *attributes),))
