"""What of a record is wanted: an element set by its name, or a composition specification (CompSpec)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors.z3950 import ber_writing as write
from connectors.z3950.ber import OBJECT_IDENTIFIER, Element, context

SIMPLE: Final = context(19)
COMPLEX: Final = context(209)
_ALTERNATIVE: Final = context(1)
_GENERIC: Final = context(2)
_SYNTAXES: Final = context(4)
_SCHEMA_OID: Final = context(1)
_SCHEMA_URI: Final = context(300)
_ELEMENT_SPEC: Final = context(2)
_ELEMENT_SET: Final = context(1)
_GENERIC_NAME: Final = context(0)


@dataclass(frozen=True, slots=True)
class Composition:
    """A schema and an element set, for record syntaxes in the order of preference."""

    schema: str = ""  #: an object identifier or an address; empty where any will do
    element_set: str | None = None
    syntaxes: tuple[str, ...] = ()
    alternative_syntax: bool = False  #: whether another syntax may come


def encode_element_set(tag: int, name: str | None) -> bytes:
    """An element set name; nothing for None."""
    return b"" if name is None else write.constructed(tag, write.text(_GENERIC_NAME, name))


def decode_element_set(element: Element | None) -> str | None:
    """The element set name for all databases, or for the first of those that are named."""
    if element is None or not element.children:
        return None
    choice = element.only()
    if choice.tag == _GENERIC_NAME or not choice.children:
        return choice.text()
    # Each database has its own; a request names one database, so the first is meant.
    named = choice.children[0].children or ()
    return decode_element_set(named[-1]) if named and named[-1].children else None


def encode_composition(composition: Composition | None) -> bytes:
    """The complex composition of a PresentRequest; nothing for None."""
    if composition is None:
        return b""
    schema = composition.schema
    is_oid = schema.replace(".", "").isdecimal() and "." in schema
    wanted = write.oid(_SCHEMA_OID, schema) if is_oid else write.text(_SCHEMA_URI, schema or None)
    elements = b""
    if composition.element_set is not None:
        elements = write.constructed(_ELEMENT_SPEC, write.text(_ELEMENT_SET, composition.element_set))
    syntaxes = b""
    if composition.syntaxes:
        syntaxes = write.constructed(
            _SYNTAXES, *(write.oid(OBJECT_IDENTIFIER, oid) for oid in composition.syntaxes)
        )
    generic = write.constructed(_GENERIC, wanted, elements) if wanted or elements else b""
    return write.constructed(
        COMPLEX, write.boolean(_ALTERNATIVE, composition.alternative_syntax), generic, syntaxes
    )


def decode_composition(element: Element | None) -> Composition | None:
    """What a complex composition asks for; what is particular to single databases is passed over."""
    if element is None:
        return None
    alternative, generic = element.child(_ALTERNATIVE), element.child(_GENERIC)
    syntaxes = element.child(_SYNTAXES)
    return Composition(
        "" if generic is None else _schema(generic),
        None if generic is None else _element_set(generic),
        tuple(one.oid() for one in syntaxes.children or ()) if syntaxes is not None else (),
        alternative is not None and alternative.boolean(),
    )


def _schema(generic: Element) -> str:
    oid, uri = generic.child(_SCHEMA_OID), generic.child(_SCHEMA_URI)
    if oid is not None and oid.children is None:
        return oid.oid()
    return uri.text() if uri is not None else ""


def _element_set(generic: Element) -> str | None:
    elements = generic.child(_ELEMENT_SPEC)
    name = elements.child(_ELEMENT_SET) if elements is not None else None
    return name.text() if name is not None else None
