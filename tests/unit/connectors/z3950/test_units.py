from __future__ import annotations

import contextlib
import random
from typing import get_args

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from connectors.testing import with_indefinite_lengths
from connectors.z3950 import apdu, ber_writing, control, oids
from connectors.z3950.apdu import (
    Close,
    Credentials,
    DeleteResultSetRequest,
    DeleteResultSetResponse,
    DiagnosticRecord,
    Fragment,
    InitRequest,
    InitResponse,
    Place,
    PresentRequest,
    PresentResponse,
    RetrievedRecord,
    ScanEntry,
    ScanRequest,
    ScanResponse,
    SearchRequest,
    SearchResponse,
    Segment,
    SortKey,
    SortRequest,
    SortResponse,
)
from connectors.z3950.ber import Malformed, context
from connectors.z3950.character_sets import CharacterSets
from connectors.z3950.composition import Composition
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode
from connectors.z3950.framing import Framer
from connectors.z3950.rpn import Attribute, CqlQuery, Operator, ResultSet, RpnQuery, Term, Token
from connectors.z3950.rpn_codec import UnsupportedQuery

#: NUL has no place in a text and is read as U+FFFD.
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
NUMBERS = st.integers(0, 2**31 - 1)
REFERENCES = st.none() | st.binary(max_size=8)
ATTRIBUTES = st.builds(
    Attribute,
    st.integers(1, 12),
    st.integers(0, 5000) | NAMES,
    st.none() | st.just(oids.BIB1_ATTRIBUTES),
)
TERMS = st.builds(Term, st.binary(max_size=30), st.lists(ATTRIBUTES, max_size=3).map(tuple))
OPERANDS: st.SearchStrategy[tuple[Token, ...]] = (TERMS | st.builds(ResultSet, NAMES)).map(lambda one: (one,))
TOKENS = st.recursive(
    OPERANDS,
    lambda inner: st.builds(
        lambda left, right, operator: (*left, *right, operator), inner, inner, st.sampled_from(Operator)
    ),
    max_leaves=8,
)
QUERIES = st.builds(RpnQuery, TOKENS) | st.builds(CqlQuery, NAMES)
DIAGNOSTICS = st.builds(DiagnosticRecord, NUMBERS, NAMES)
RECORDS = st.builds(
    RetrievedRecord,
    st.sampled_from([oids.USMARC, oids.UNIMARC, oids.XML, oids.SUTRS]),
    st.binary(max_size=60),
    st.none() | NAMES,
)
SLOTS = st.lists(RECORDS | DIAGNOSTICS, max_size=4).map(tuple)
FRAGMENTS = st.builds(
    Fragment,
    st.sampled_from(Place),
    st.binary(max_size=60),
    st.none() | st.sampled_from([oids.USMARC, oids.XML]),
    st.none() | NAMES,
)
PARTS = st.lists(RECORDS | DIAGNOSTICS | FRAGMENTS, max_size=4).map(tuple)
CREDENTIALS = st.none() | st.one_of(
    st.just(Credentials(anonymous=True)),
    st.builds(Credentials, open=NAMES),
    st.builds(Credentials, group=NAMES.filter(bool), user=NAMES.filter(bool), password=NAMES.filter(bool)),
)
OPTIONS = st.frozensets(st.integers(0, 21) | st.integers(22, 255))
SETS = st.sampled_from(["utf-8", "ucs-2", "utf-16", "gb18030", "big5"])
FLAGS = st.none() | st.booleans()
PROPOSED = st.none() | st.builds(
    CharacterSets, st.lists(SETS, max_size=3).map(tuple), st.lists(NAMES, max_size=2).map(tuple), FLAGS
)
SELECTED = st.none() | st.builds(
    CharacterSets, st.lists(SETS, max_size=1).map(tuple), st.lists(NAMES, max_size=1).map(tuple), FLAGS
)
COMPOSITIONS = st.none() | st.builds(
    Composition,
    st.sampled_from(["", "1.2.840.10003.13.1", "info:srw/schema/1/marcxml-v1.1"]),
    st.none() | NAMES,
    st.lists(st.sampled_from([oids.USMARC, oids.XML]), max_size=2).map(tuple),
    st.booleans(),
)
RANGES = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=3).map(tuple)
SORT_KEYS = st.builds(SortKey, NAMES, relation=st.integers(0, 4), case_sensitive=st.booleans()) | st.builds(
    SortKey,
    st.just(""),
    st.lists(ATTRIBUTES, min_size=1, max_size=3).map(tuple),
    st.just(oids.BIB1_ATTRIBUTES),
    st.integers(0, 4),
    st.booleans(),
)
UNITS = st.one_of(
    st.builds(InitRequest, CREDENTIALS, OPTIONS, NUMBERS, NUMBERS, NAMES, REFERENCES, PROPOSED),
    st.builds(
        InitResponse,
        st.booleans(),
        OPTIONS,
        NUMBERS,
        NUMBERS,
        NAMES,
        NAMES,
        NAMES.map(str.strip),
        REFERENCES,
        SELECTED,
    ),
    st.builds(
        SearchRequest,
        st.lists(NAMES, min_size=1, max_size=3).map(tuple),
        QUERIES,
        NAMES,
        st.booleans(),
        NUMBERS,
        NUMBERS,
        NUMBERS,
        st.none() | NAMES,
        st.none() | NAMES,
        st.none() | st.just(oids.USMARC),
        REFERENCES,
    ),
    st.builds(
        SearchResponse,
        NUMBERS,
        st.booleans(),
        st.none() | st.integers(1, 4),
        NUMBERS,
        NUMBERS,
        st.none() | st.integers(0, 5),
        SLOTS,
        reference_id=REFERENCES,
    ),
    st.builds(
        SearchResponse, NUMBERS, st.booleans(), diagnostics=st.lists(DIAGNOSTICS, max_size=3).map(tuple)
    ),
    st.builds(
        PresentRequest,
        NUMBERS,
        NUMBERS,
        NAMES,
        st.none() | st.just(oids.XML),
        st.none() | NAMES,
        REFERENCES,
        RANGES,
        COMPOSITIONS,
        st.none() | NUMBERS,
        st.none() | NUMBERS,
        st.none() | NUMBERS,
    ),
    st.builds(PresentResponse, PARTS, st.integers(0, 5), NUMBERS, reference_id=REFERENCES),
    st.builds(Segment, PARTS, REFERENCES),
    st.builds(ScanRequest, st.just(("Books",)), TERMS, NUMBERS, NUMBERS, NUMBERS, reference_id=REFERENCES),
    st.builds(
        ScanResponse,
        st.lists(st.builds(ScanEntry, st.binary(max_size=9), st.none() | NUMBERS), max_size=4).map(tuple),
        st.integers(0, 6),
        st.none() | NUMBERS,
        NUMBERS,
        st.lists(DIAGNOSTICS, max_size=2).map(tuple),
        REFERENCES,
    ),
    st.builds(DeleteResultSetRequest, st.lists(NAMES, max_size=3).map(tuple), REFERENCES),
    st.builds(
        DeleteResultSetResponse,
        st.integers(0, 10),
        REFERENCES,
        st.lists(st.tuples(NAMES, st.integers(0, 10)), max_size=3).map(tuple),
    ),
    st.builds(
        SortRequest,
        st.lists(NAMES, max_size=3).map(tuple),
        NAMES,
        st.lists(SORT_KEYS, max_size=3).map(tuple),
        REFERENCES,
    ),
    st.builds(
        SortResponse,
        st.integers(0, 2),
        st.none() | st.integers(1, 4),
        st.lists(DIAGNOSTICS, max_size=2).map(tuple),
        REFERENCES,
    ),
    st.builds(control.AccessControlRequest, st.binary(max_size=9), REFERENCES),
    st.builds(control.AccessControlResponse, st.binary(max_size=9), REFERENCES),
    st.builds(control.ResourceControlRequest, st.booleans(), FLAGS, st.none() | NUMBERS, FLAGS, REFERENCES),
    st.builds(control.ResourceControlResponse, st.booleans(), FLAGS, REFERENCES),
    st.builds(control.TriggerResourceControl, st.integers(1, 3), FLAGS, REFERENCES),
    st.builds(control.ResourceReportRequest, st.none() | st.binary(max_size=9), REFERENCES),
    st.builds(control.ResourceReportResponse, st.integers(0, 6), REFERENCES),
    st.builds(Close, st.integers(0, 9), NAMES, REFERENCES),
)


def test_every_kind_of_unit_is_tried() -> None:
    kinds: set[str] = set()

    @given(UNITS)
    @settings(max_examples=1_000, database=None, derandomize=True, phases=[Phase.generate])
    def collect(unit: apdu.Apdu) -> None:
        kinds.add(type(unit).__name__)

    collect()
    assert kinds == {kind.__name__ for kind in get_args(apdu.Apdu)}


@given(UNITS)
def test_units_come_back(unit: apdu.Apdu) -> None:
    assert decode(encode(unit)) == unit
    assert decode(with_indefinite_lengths(encode(unit))) == unit


@given(st.lists(UNITS, max_size=3), st.booleans(), st.lists(st.integers(1, 90), max_size=20))
def test_units_come_back_however_they_are_cut(
    units: list[apdu.Apdu], indefinite: bool, cuts: list[int]
) -> None:
    written = map(encode, units)
    stream = b"".join(map(with_indefinite_lengths, written) if indefinite else written)
    framer, position = Framer(), 0
    received: list[apdu.Apdu] = []
    for size in [*cuts, len(stream)]:
        framer.feed(stream[position : position + size])
        position += size
        while (element := framer.next()) is not None:
            received.append(decode(element))
    assert received == units


@given(UNITS, st.randoms(use_true_random=False))
def test_damaged_units_are_units_or_malformed(unit: apdu.Apdu, chance: random.Random) -> None:
    data = bytearray(encode(unit))
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    damaged = bytes(data[: chance.randint(1, len(data))]) if chance.random() < 0.3 else bytes(data)
    with contextlib.suppress(Malformed):
        decode(damaged)


@pytest.mark.parametrize("terms", [2, 1000])
@pytest.mark.parametrize("leaning", ["left", "right"])
def test_a_query_of_a_thousand_terms_costs_no_recursion(terms: int, leaning: str) -> None:
    operands: list[Token] = [Term(str(number).encode()) for number in range(terms)]
    operators: list[Token] = [Operator.OR] * (terms - 1)
    tokens = operands + operators
    if leaning == "left":
        tokens = [operands[0]]
        for operand in operands[1:]:
            tokens += [operand, Operator.OR]
    request = SearchRequest(("Books",), RpnQuery(tuple(tokens)))
    assert decode(encode(request)) == request
    assert decode(with_indefinite_lengths(encode(request))) == request


def test_a_query_of_another_type_is_told_apart_from_nonsense() -> None:
    cql = ber_writing.constructed(context(21), ber_writing.primitive(context(2), b"title = x"))
    names = ber_writing.constructed(context(18), ber_writing.text(context(105), "Books"))
    unit = ber_writing.constructed(context(22), ber_writing.boolean(context(16), True), names, cql)
    with pytest.raises(UnsupportedQuery):
        decode(unit)


def test_credentials_do_not_show() -> None:
    request = InitRequest(Credentials(user="hub", password="secret"))
    assert "secret" not in repr(request)
