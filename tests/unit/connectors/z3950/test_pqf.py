from __future__ import annotations

import pytest

from connectors.errors import Misconfigured
from connectors.z3950 import oids
from connectors.z3950.pqf import parse
from connectors.z3950.rpn import Attribute, Operator, ResultSet, Term, term

GOOD = {
    "water": (term("water"),),
    '"hong lou meng"': (term("hong lou meng"),),
    r'"say \"so\""': (term('say "so"'),),
    "@attr 1=4 water": (term("water", (1, 4)),),
    "@attr 1=_ALLRECORDS @attr 2=103 x": (term("x", (1, "_ALLRECORDS"), (2, 103)),),
    "@and a b": (term("a"), term("b"), Operator.AND),
    "@or @and a b @not c d": (
        *(term("a"), term("b"), Operator.AND),
        *(term("c"), term("d"), Operator.AND_NOT, Operator.OR),
    ),
    "@and @set one two": (ResultSet("one"), term("two"), Operator.AND),
    "@attr 1=4 @and a @attr 5=1 b": (term("a", (1, 4)), term("b", (5, 1), (1, 4)), Operator.AND),
    "@attr bib-1 1=4 x": (Term(b"x", (Attribute(1, 4, oids.BIB1_ATTRIBUTES),)),),
    "@term string water": (term("water"),),
    '"@and"': (term("@and"),),
    '""': (term(""),),
}


@pytest.mark.parametrize("text", GOOD)
def test_pqf_is_read(text: str) -> None:
    assert parse(text).tokens == GOOD[text]


def test_terms_go_out_in_the_encoding_of_the_target() -> None:
    assert parse("红楼梦", "gb18030").tokens == (term("红楼梦".encode("gb18030")),)
    with pytest.raises(Misconfigured):
        parse("红楼梦", "latin-1")


def test_the_attribute_set_can_be_named() -> None:
    assert parse("@attrset 1.2.3 x").attribute_set == "1.2.3"
    assert parse("@attrset bib-1 x").attribute_set == oids.BIB1_ATTRIBUTES


@pytest.mark.parametrize(
    "text",
    ["", "@and a", "a b", "@attr 1 x", "@attr x=1 y", "@nor a b", '"open', "@attr 1=4", "@set", "@attr"],
)
def test_what_is_not_pqf_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        parse(text)
    assert caught.value.code == "bad_query"
    assert caught.value.values["reason"]


def test_deep_queries_cost_no_recursion() -> None:
    depth = 20_000
    assert len(parse("@or a " * depth + "b").tokens) == 2 * depth + 1
