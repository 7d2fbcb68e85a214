from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.errors import Misconfigured
from connectors.sru.cql import (
    SERVER_CHOICE,
    Boolean,
    Clause,
    CqlSyntaxError,
    Join,
    Modifier,
    Query,
    SortKey,
    Token,
    parse,
)
from connectors.sru.cql_terms import Mask, pieces, truncated
from connectors.sru.cql_writing import quote, to_cql
from connectors.z3950.from_cql import compile_cql
from connectors.z3950.pqf import parse as parse_pqf

AND, OR, NOT = (Join(boolean) for boolean in (Boolean.AND, Boolean.OR, Boolean.NOT))


def bare(term: str) -> Clause:
    return Clause(SERVER_CHOICE, "=", term)


GOOD: dict[str, tuple[Token, ...]] = {
    "cat": (bare("cat"),),
    '"hong lou meng"': (bare("hong lou meng"),),
    "红楼梦": (bare("红楼梦"),),
    "title = cat": (Clause("title", "=", "cat"),),
    "dc.title=cat": (Clause("dc.title", "=", "cat"),),
    "title any fish": (Clause("title", "any", "fish"),),
    "title ANY fish": (Clause("title", "any", "fish"),),
    "year >= 1980": (Clause("year", ">=", "1980"),),
    "a == b": (Clause("a", "==", "b"),),
    "title =/stem/locale=zh cat": (
        Clause("title", "=", "cat", (Modifier("stem"), Modifier("locale", "=", "zh"))),
    ),
    "a and b": (bare("a"), bare("b"), AND),
    "a AND b or c": (bare("a"), bare("b"), AND, bare("c"), OR),
    "a or b and c": (bare("a"), bare("b"), OR, bare("c"), AND),
    "a or (b and c)": (bare("a"), bare("b"), bare("c"), AND, OR),
    "((a))": (bare("a"),),
    "(a or b) not (c and d)": (bare("a"), bare("b"), OR, bare("c"), bare("d"), AND, NOT),
    "a prox/distance<3 b": (
        bare("a"),
        bare("b"),
        Join(Boolean.PROX, (Modifier("distance", "<", "3"),)),
    ),
    '"and"': (bare("and"),),
    r'"say \"so\" \*"': (bare(r'say "so" \*'),),
    '""': (bare(""),),
}


@pytest.mark.parametrize("text", GOOD)
def test_cql_is_read(text: str) -> None:
    assert parse(text) == Query(GOOD[text])


def test_sort_keys_are_read() -> None:
    query = parse("dc.title = x sortby dc.date/descending title")
    assert query.sort == (SortKey("dc.date", (Modifier("descending"),)), SortKey("title"))


@pytest.mark.parametrize(
    ("text", "context_sets"),
    [
        ("dc.title = x", [""]),
        ('> dc = "info:dc" dc.title = x', ["info:dc"]),
        ('> DC = "info:dc" dc.title = x', ["info:dc"]),
        ('> "info:default" title = x and dc.title = x', ["info:default", ""]),
        ('> a = "info:1" (> a = "info:2" a.x = y) and a.z = y', ["info:2", "info:1"]),
        ('(> a = "info:2" a.x = y) and a.z = y', ["info:2", ""]),
        ('> a = "info:1" ((a.x = y))', ["info:1"]),
    ],
)
def test_a_declared_prefix_holds_within_its_parentheses(text: str, context_sets: list[str]) -> None:
    clauses = [token for token in parse(text).tokens if isinstance(token, Clause)]
    assert [clause.context_set for clause in clauses] == context_sets


def test_a_declared_prefix_holds_for_sort_keys() -> None:
    assert parse('> dc = "info:dc" x sortby dc.date').sort == (SortKey("dc.date", (), "info:dc"),)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("a and", 5),
        ("(a", 2),
        ("a)", 1),
        ("title =", 7),
        ("title = )", 8),
        ("= cat", 0),
        ("a b c d", 6),
        ('"open', 0),
        ("a sortby", 8),
        ("a = = b", 4),
        ("()", 1),
        ("a =/= b", 4),
        ("a = b/stem", 5),
        ("> = a", 2),
        (">a=b " * 60 + "x", 250),
    ],
)
def test_what_is_not_cql_is_refused_with_its_place(text: str, position: int) -> None:
    with pytest.raises(CqlSyntaxError) as caught:
        parse(text)
    assert caught.value.position == position


@given(st.text(alphabet='ab "()=<>/\\*andortsby', max_size=40))
def test_any_text_is_a_well_formed_query_or_refused(text: str) -> None:
    tokens, refused_at = read_or_refuse(text)
    assert 0 <= refused_at <= len(text)
    depth = 0
    for token in tokens:
        depth += 1 if isinstance(token, Clause) else -1
        assert depth > 0
    assert depth == 1


def read_or_refuse(text: str) -> tuple[tuple[Token, ...], int]:
    """The tokens, or a query of one term with the place where the text was refused."""
    try:
        return parse(text).tokens, 0
    except CqlSyntaxError as error:
        return (bare("refused"),), error.position


@given(st.text(st.characters(codec="utf-8", exclude_characters='\\*?^"'), max_size=30))
def test_quoted_terms_come_back(term: str) -> None:
    assert parse(quote(term)).tokens == (bare(term),)


names = st.from_regex(r"[a-z]{1,3}(\.[a-z]{1,3})?", fullmatch=True)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\\"), max_size=8)
modifiers = st.lists(
    st.builds(Modifier, names) | st.builds(Modifier, names, st.sampled_from(["=", "<", ">="]), texts),
    max_size=2,
).map(tuple)
context_sets = st.sampled_from(["", "", "info:one", "info:two"])
clauses = st.builds(
    Clause, names | texts, st.sampled_from(["=", "==", "<>", "any", "within"]), texts, modifiers, context_sets
)
joins = st.builds(Join, st.sampled_from(Boolean), modifiers)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    """Any query, joined in any shape."""
    tokens: list[Token] = [draw(clauses)]
    operands = 1
    for _ in range(draw(st.integers(0, 8))):
        if operands > 1 and draw(st.booleans()):
            tokens.append(draw(joins))
            operands -= 1
        else:
            tokens.append(draw(clauses))
            operands += 1
    tokens.extend(draw(joins) for _ in range(operands - 1))
    return Query(tuple(tokens), tuple(draw(st.lists(st.builds(SortKey, names, modifiers), max_size=2))))


@given(queries())
def test_a_query_is_written_and_read_back(query: Query) -> None:
    assert parse(to_cql(query)) == query


@given(st.text(alphabet='ab "()=<>/\\*andortsby', max_size=40))
@example(r'a\ = "b\\" sortby "c\"')
def test_what_was_read_is_written_and_read_back(text: str) -> None:
    try:
        query = parse(text)
    except CqlSyntaxError:
        return
    assert parse(to_cql(query)) == query


def test_sort_keys_keep_their_context_sets() -> None:
    query = parse('> dc = "info:dc" dc.title = x and (> dc = "info:other" dc.date = 1) sortby dc.date')
    assert to_cql(query).count("info:dc") == 1
    assert parse(to_cql(query)) == query


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a and b or c", "a and b or c"),
        ("a and (b or c)", "a and ( b or c )"),
        ("((a))", "a"),
        ('"and" OR "so so"', '"and" or "so so"'),
        ('dc.title=/stem "x"', "dc.title =/stem x"),
    ],
)
def test_queries_are_written_plainly(text: str, written: str) -> None:
    assert to_cql(parse(text)) == written


@pytest.mark.parametrize(
    ("term", "parts", "open_ended"),
    [
        ("cat", ("cat",), ("cat", False)),
        ("cat*", ("cat", Mask.MANY), ("cat", True)),
        (r"cat\*", ("cat*",), ("cat*", False)),
        (r"cat\\*", ("cat\\", Mask.MANY), ("cat\\", True)),
        ("c?t", ("c", Mask.ONE, "t"), None),
        ("*cat", (Mask.MANY, "cat"), None),
        ("^cat^", (Mask.EDGE, "cat", Mask.EDGE), None),
        ("*", (Mask.MANY,), ("", True)),
        ("", (), ("", False)),
        ("cat\\", ("cat\\",), ("cat\\", False)),
    ],
)
def test_masks_in_terms_are_found(
    term: str, parts: tuple[object, ...], open_ended: tuple[str, bool] | None
) -> None:
    assert pieces(term) == parts
    assert truncated(term) == open_ended


@given(st.text(max_size=20))
def test_a_quoted_term_has_no_masks(term: str) -> None:
    (clause,) = parse(quote(term)).tokens
    assert isinstance(clause, Clause)
    assert truncated(clause.term.replace('"', '\\"')) == (term, False)


def test_long_queries_cost_no_recursion_and_deep_ones_are_refused() -> None:
    assert len(parse(" or ".join(["title = x"] * 5000)).tokens) == 9999
    assert parse("(" * 400 + "a" + ")" * 400).tokens == (bare("a"),)
    with pytest.raises(CqlSyntaxError, match="deeper"):
        parse("(" * 600 + "a" + ")" * 600)


@pytest.mark.parametrize(
    ("cql", "pqf"),
    [
        ("cat", "@attr 1=1016 cat"),
        ("dc.title = cat", "@attr 1=4 cat"),
        ("dc.title == cat", "@attr 1=4 @attr 4=1 cat"),
        ('dc.title all "cat dog"', "@and @attr 1=4 cat @attr 1=4 dog"),
        ('dc.title any "cat dog"', "@or @attr 1=4 cat @attr 1=4 dog"),
        ("dc.title = cat*", "@attr 1=4 @attr 5=1 cat"),
        ('dc.title = "cat\\*"', '@attr 1=4 "cat*"'),
        ("rec.lastModificationDate >= 20240101", "@attr 1=1012 @attr 2=4 20240101"),
        ("cql.allRecords = 1", '@attr 1=_ALLRECORDS @attr 2=103 ""'),
        ("a and b not c", "@not @and @attr 1=1016 a @attr 1=1016 b @attr 1=1016 c"),
    ],
)
def test_cql_is_said_in_attributes(cql: str, pqf: str) -> None:
    assert compile_cql(cql) == parse_pqf(pqf)


@pytest.mark.parametrize("cql", ["unknown.index = x", "a prox b", "dc.title within x", "dc.title = c*t"])
def test_what_attributes_cannot_say_is_refused(cql: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        compile_cql(cql)
    assert caught.value.code == "unsupported"


def test_a_term_outside_the_target_s_encoding_is_refused() -> None:
    assert compile_cql("红", "gb18030").tokens == parse_pqf("@attr 1=1016 红", "gb18030").tokens
    with pytest.raises(Misconfigured):
        compile_cql("红", "latin-1")
