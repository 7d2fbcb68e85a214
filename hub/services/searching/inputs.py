"""What a search may be asked with, checked beyond what types can say.

Owns: the input models of searching, and the refusals that name the wrong field with its remedy.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from hub.errors import Refusal
from hub.index import fields
from hub.index.analysis.numbers import class_steps
from hub.index.fields import Facet, Order
from hub.index.query import plan
from hub.index.query.box import years_in
from hub.index.query.plan import Plan, any_of
from hub.index.query.planning import planned
from hub.kernel.nodes import Node, NodeTree
from hub.services.operations import Input

LONGEST_QUERY = 200
FARTHEST_OFFSET = 10_000
MOST_VALUES = 50
FACETS_SHOWN = 2  # levels of 中图法 that are counted; longer classes can still be filtered by


def _listed(value: object) -> object:
    """One value, several with commas, or a list: all become a list."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


Values = Annotated[
    tuple[Annotated[str, Field(max_length=100)], ...],
    BeforeValidator(_listed),
    Field(max_length=MOST_VALUES),
]


class SearchInput(Input):
    """A search. Filters of one kind are alternatives; different kinds must all be met."""

    q: str = Field(default="", max_length=LONGEST_QUERY)
    limit: int = Field(default=20, ge=0, le=100)
    offset: int = Field(default=0, ge=0, le=FARTHEST_OFFSET)
    sort: Order = Order.RELEVANCE
    facets: bool | Values = False  #: true for all, or the names of those wanted
    library: Values = ()  #: node codes; what lies below a node counts with it
    language: Values = ()
    material: Values = ()
    clc: Values = ()  #: 中图法 classes of any length
    year: Values = ()  #: 1996, 1990-2000, 1990-, -1949
    available: bool = False
    near: str = Field(default="", max_length=64)  #: node code; default: the reader's library
    pickup: str = Field(default="", max_length=64)  #: node code, for which ready-by is predicted


class EditionInput(Input):
    """One edition, as seen from a place."""

    edition: str = Field(max_length=64)
    near: str = Field(default="", max_length=64)
    pickup: str = Field(default="", max_length=64)


def readable(text: str, field: str) -> str:
    """The text, when it holds nothing that cannot be typed.

    Raises:
        Refusal: it holds control characters or broken Unicode.
    """
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\t\n\r":
            raise Refusal("search.control_character", field=field, code=f"U+{ord(character):04X}")
    return text


def named_node(nodes: NodeTree, name: str, field: str) -> Node:
    """The node with this code or alias.

    Raises:
        Refusal: the network has none.
    """
    found = nodes.find(readable(name, field))
    if found is None:
        raise Refusal("search.no_such_library", field=field, code=name)
    return found


def wanted_facets(facets: bool | tuple[str, ...]) -> tuple[Facet, ...]:
    """The facets to count.

    Raises:
        Refusal: a name is no facet.
    """
    names = () if isinstance(facets, bool) else facets
    if facets is True or names in (("true",), ("all",), ("1",)):
        return tuple(Facet)
    if names in (("false",), ("0",)):
        return ()
    for name in names:
        if name not in {facet.value for facet in Facet}:
            raise Refusal("search.no_such_facet", field="facets", name=name, known=", ".join(Facet))
    return tuple(Facet(name) for name in dict.fromkeys(names))


def filters(query: SearchInput, nodes: NodeTree) -> Mapping[Facet, Plan]:
    """The plan of each filter that was set.

    Raises:
        Refusal: a value cannot be understood.
    """
    libraries = [named_node(nodes, name, "library").code for name in query.library]
    chosen: dict[Facet, list[Plan]] = {
        Facet.LIBRARY: [plan.Term(Facet.LIBRARY, code) for code in libraries],
        Facet.LANGUAGE: [plan.Term(Facet.LANGUAGE, readable(code, "language")) for code in query.language],
        Facet.MATERIAL: [plan.Term(Facet.MATERIAL, readable(code, "material")) for code in query.material],
        Facet.CLC: [_class(value) for value in query.clc],
        Facet.YEAR: [_years(value) for value in query.year],
        Facet.AVAILABLE: [plan.Term(Facet.AVAILABLE, fields.AVAILABLE)] if query.available else [],
    }
    return {facet: any_of(tuple(parts)) for facet, parts in chosen.items() if parts}


def _class(value: str) -> Plan:
    steps = class_steps(readable(value, "clc"))
    if not steps:
        raise Refusal("search.no_such_class", field="clc", value=value)
    if len(steps) <= FACETS_SHOWN:
        return plan.Term(Facet.CLC, steps[-1].upper())
    return plan.Term(fields.CLASS, steps[-1])


def _years(value: str) -> Plan:
    years = years_in(readable(value, "year"))
    if years is None:
        raise Refusal("search.not_years", field="year", value=value)
    return planned(years)
