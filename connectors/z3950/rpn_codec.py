"""The type-1 query on the wire (Z39.50-1995, 4.2.2.1.1 and the ASN.1 of RPNQuery)."""

from __future__ import annotations

from typing import Final

from connectors.z3950 import ber_writing as write
from connectors.z3950.ber import NULL, OBJECT_IDENTIFIER, SEQUENCE, Element, Malformed, context
from connectors.z3950.rpn import Attribute, Operator, ResultSet, RpnQuery, Term, Token, fold

_OPERAND: Final = context(0)
_JOINED: Final = context(1)
_RESULT_SET: Final = context(31)
ATTRIBUTES: Final = context(44)
_GENERAL_TERM: Final = context(45)
_OPERATOR: Final = context(46)
_ATTRIBUTES_AND_TERM: Final = context(102)
_RESTRICTED_SET: Final = context(214)
_NUMERIC_TERM: Final = context(215)
_STRING_TERM: Final = context(216)

_OPERATOR_UNSUPPORTED: Final = 110
_SET_AS_TERM_UNSUPPORTED: Final = 18


class UnsupportedQuery(Malformed):
    """Whole and well formed, but not understood here; ``condition`` says so in bib-1 terms."""

    def __init__(self, condition: int, what: str) -> None:
        super().__init__(what)
        self.condition = condition
        self.reference_id: bytes | None = None  #: of the request, for the answer


def encode_query(tag: int, query: RpnQuery) -> bytes:
    """The query under the given tag."""
    structure = fold(query.tokens, _encode_operand, _encode_joined)
    return write.constructed(tag, write.oid(OBJECT_IDENTIFIER, query.attribute_set), structure)


def _encode_operand(operand: Term | ResultSet) -> bytes:
    if isinstance(operand, ResultSet):
        return write.constructed(_OPERAND, write.text(_RESULT_SET, operand.name))
    return write.constructed(_OPERAND, encode_term(operand))


def _encode_joined(operator: Operator, left: bytes, right: bytes) -> bytes:
    choice = write.constructed(_OPERATOR, write.primitive(context(operator), b""))
    return write.constructed(_JOINED, left, right, choice)


def encode_term(term: Term) -> bytes:
    """A term with its attributes (AttributesPlusTerm)."""
    attributes = (encode_attribute(attribute) for attribute in term.attributes)
    return write.constructed(
        _ATTRIBUTES_AND_TERM,
        write.constructed(ATTRIBUTES, *attributes),
        write.octets(_GENERAL_TERM, term.value),
    )


def encode_attribute(attribute: Attribute) -> bytes:
    """One attribute (AttributeElement)."""
    if isinstance(attribute.value, int):
        value = write.integer(context(121), attribute.value)
    else:
        words = write.constructed(context(1), write.text(context(1), attribute.value))
        value = write.constructed(context(224), words)
    return write.constructed(
        SEQUENCE,
        write.oid(context(1), attribute.attribute_set),
        write.integer(context(120), attribute.type),
        value,
    )


def decode_query(element: Element) -> RpnQuery:
    """The query that an RPNQuery element holds.

    Raises:
        Malformed: it is not one.
        UnsupportedQuery: it uses proximity or restriction, which hardly anybody sends.
    """
    children = element.children or []
    if len(children) != 2:
        raise Malformed("a query must hold an attribute set and a structure")
    return RpnQuery(_decode_structure(children[1]), children[0].oid())


def _decode_structure(root: Element) -> tuple[Token, ...]:
    tokens: list[Token] = []
    waiting: list[Element | Operator] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Operator):
            tokens.append(node)
        elif node.tag == _OPERAND:
            tokens.append(_decode_operand(node.only()))
        elif node.tag == _JOINED and node.children and len(node.children) == 3:
            left, right, operator = node.children
            waiting += (_decode_operator(operator), right, left)
        else:
            raise Malformed("neither an operand nor two joined by an operator")
    return tuple(tokens)


def _decode_operator(element: Element) -> Operator:
    if element.tag != _OPERATOR:
        raise Malformed("an operator is missing")
    choice = element.only().tag
    for operator in Operator:
        if choice == context(operator):
            return operator
    raise UnsupportedQuery(_OPERATOR_UNSUPPORTED, "proximity")


def _decode_operand(element: Element) -> Term | ResultSet:
    if element.tag == _RESULT_SET:
        return ResultSet(element.text())
    if element.tag == _RESTRICTED_SET:
        raise UnsupportedQuery(_SET_AS_TERM_UNSUPPORTED, "a result set with attributes")
    return decode_term(element)


def decode_term(element: Element) -> Term:
    """The term that an AttributesPlusTerm element holds.

    Raises:
        Malformed: it is not one.
    """
    if element.tag != _ATTRIBUTES_AND_TERM:
        raise Malformed("a term is missing")
    listed = element.need(ATTRIBUTES)
    attributes = tuple(decode_attribute(child) for child in listed.children or ())
    value = next((child for child in element.children or () if child is not listed), None)
    if value is None:
        raise Malformed("a term without value")
    return Term(decode_term_value(value), attributes)


def decode_term_value(element: Element) -> bytes:
    """A Term as bytes: numbers as their digits, nothing for null.

    Raises:
        Malformed: a kind of term that is neither string nor number.
    """
    if element.tag in (_GENERAL_TERM, _STRING_TERM):
        return element.octets()
    if element.tag == _NUMERIC_TERM:
        return str(element.integer()).encode("ascii")
    if element.tag in (context(221), NULL):
        return b""
    raise Malformed("a term that is neither string nor number")


def decode_attribute(element: Element) -> Attribute:
    """The attribute that an AttributeElement holds.

    Raises:
        Malformed: it is not one.
    """
    attribute_set = element.child(context(1))
    value: int | str
    numeric = element.child(context(121))
    value = numeric.integer() if numeric is not None else _complex_value(element.need(context(224)))
    return Attribute(
        element.need(context(120)).integer(),
        value,
        attribute_set.oid() if attribute_set is not None else None,
    )


def _complex_value(element: Element) -> int | str:
    listed = element.need(context(1)).children
    if not listed:
        raise Malformed("an attribute without value")
    return listed[0].integer() if listed[0].tag == context(2) else listed[0].text()
