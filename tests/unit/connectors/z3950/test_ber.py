from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.testing import with_indefinite_lengths
from connectors.z3950 import ber, ber_writing, framing
from connectors.z3950.alike import Alike
from connectors.z3950.ber import Element, Limits, Malformed, context
from connectors.z3950.framing import Framer
from connectors.z3950.framing import decode_element as decode

TAGS = st.integers(0, 300).map(context) | st.sampled_from([ber.SEQUENCE, ber.EXTERNAL, ber.OCTET_STRING])
ELEMENTS = st.recursive(
    st.builds(ber_writing.primitive, TAGS, st.binary(max_size=300)),
    lambda inner: st.builds(
        lambda tag, parts: ber_writing.constructed(tag, *parts), TAGS, st.lists(inner, max_size=4)
    ),
    max_leaves=20,
)
UNITS = st.builds(
    lambda number, parts: ber_writing.constructed(context(number), *parts),
    st.integers(20, 48),
    st.lists(ELEMENTS, max_size=4),
)


def shape(element: Element) -> object:
    if element.children is None:
        return element.tag, element.content
    return element.tag, [shape(child) for child in element.children]


@given(UNITS)
def test_indefinite_lengths_say_the_same(unit: bytes) -> None:
    assert shape(decode(with_indefinite_lengths(unit))) == shape(decode(unit))


@given(st.lists(UNITS, max_size=4), st.booleans(), st.lists(st.integers(1, 200), max_size=20))
def test_any_chunks_give_the_same_units(units: list[bytes], indefinite: bool, cuts: list[int]) -> None:
    sent = [with_indefinite_lengths(unit) if indefinite else unit for unit in units]
    stream = b"".join(sent)
    framer, position = Framer(), 0
    received: list[object] = []
    for size in [*cuts, len(stream)]:
        framer.feed(stream[position : position + size])
        position += size
        while (unit := framer.next()) is not None:
            received.append(shape(unit))
    assert received == [shape(decode(unit)) for unit in units]
    assert framer.pending == 0


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_come_back(value: int) -> None:
    assert decode(ber_writing.integer(ber.INTEGER, value)).integer() == value


@given(st.lists(st.integers(0, 2**28), max_size=8), st.integers(0, 2), st.integers(0, 39))
def test_object_identifiers_come_back(rest: list[int], first: int, second: int) -> None:
    dotted = ".".join(map(str, [first, second, *rest]))
    assert decode(ber_writing.oid(ber.OBJECT_IDENTIFIER, dotted)).oid() == dotted


@given(st.sets(st.integers(0, 20)))
def test_bit_strings_come_back(bits: set[int]) -> None:
    assert decode(ber_writing.bits(ber.BIT_STRING, bits, 21)).bits() == bits


def test_a_bit_string_longer_than_any_list_of_options_is_refused() -> None:
    assert Element(ber.BIT_STRING, b"\x00" + b"\xff" * 32, None).bits() == set(range(256))
    with pytest.raises(Malformed, match="bit string"):
        Element(ber.BIT_STRING, b"\x00" + b"\xff" * 33, None).bits()


@given(st.binary(max_size=200))
def test_any_bytes_are_an_element_or_malformed(data: bytes) -> None:
    framer = Framer()
    with contextlib.suppress(Malformed):
        decode(data)
        framer.feed(data)
        assert framer.next() is not None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "ends inside"),
        (b"\x04", "ends inside"),
        (b"\x04\x05abc", "ends inside"),
        (b"\x04\x01a\x04\x01b", "more than one"),
        (b"\x30\x02\x04\x05abcde", "longer than"),
        (b"\x00\x00", "outside an indefinite"),
        (b"\x30\x80\x04\x01a", "ends inside"),
        (b"\x04\x80a\x00\x00", "primitive"),
        (b"\x04\x89" + b"\x01" * 9, "eight bytes"),
        (b"\xbf\xff\xff\xff\xff\xff\x01", "four bytes"),
    ],
)
def test_what_is_not_ber_is_malformed(data: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        decode(data)


def test_depth_and_number_are_limited() -> None:
    deep = b"\x30\x80" * 30 + b"\x00\x00" * 30
    decode(deep, Limits(depth=30))
    with pytest.raises(Malformed, match="deeper"):
        decode(deep, Limits(depth=29))
    many = ber_writing.constructed(ber.SEQUENCE, *[b"\x05\x00"] * 10)
    decode(many, Limits(elements=11))
    with pytest.raises(Malformed, match="more than 10"):
        decode(many, Limits(elements=10))


@pytest.mark.parametrize(
    "stream",
    [
        b"\xb6\x84\x00\x00\xff\xff",
        b"\xb6\x80" + b"\x04\x82\x00\xffx" * 100,
        b"\xb6\x80" + b"\x30\x80" * 40,
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
    ids=["announced size", "endless", "depth", "http", "tls"],
)
def test_a_stream_that_cannot_be_a_unit_is_refused_before_it_ends(stream: bytes) -> None:
    framer = Framer(Limits(size=10_000, depth=32))

    def listen() -> None:
        for _ in range(100):
            framer.feed(stream)
            framer.next()

    with pytest.raises(Malformed):
        listen()
    assert framer.pending < 100_000


def test_a_large_unit_in_small_chunks_is_not_looked_at_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = b"\xb6\x80\x30\x80" + b"\x04\x01x" * 50_000 + b"\x00\x00" * 2
    steps = 0

    def counted(data: bytearray, position: int) -> object:
        nonlocal steps
        steps += 1
        return ber.header(data, position)

    # The work is counted instead of the time it takes.
    monkeypatch.setattr(framing, "header", counted)
    framer, units = Framer(), []
    for start in range(0, len(stream), 512):
        framer.feed(stream[start : start + 512])
        units.append(framer.next())
    assert [unit is not None for unit in units] == [False] * (len(units) - 1) + [True]
    assert steps < 60_000


def alike(name: bytes, *leaves: bytes, indefinite: bool = True) -> bytes:
    """A list of records as servers send it: they differ in one leaf."""
    records = [
        ber_writing.constructed(
            ber.SEQUENCE,
            ber_writing.primitive(context(0), name),
            ber_writing.constructed(context(1), ber_writing.primitive(context(1), leaf)),
        )
        for leaf in leaves
    ]
    unit = ber_writing.constructed(context(25), *records)
    return with_indefinite_lengths(unit) if indefinite else unit


LEAVES = st.lists(st.binary(max_size=200) | st.binary(min_size=250, max_size=300), max_size=6)


@given(
    st.lists(st.tuples(st.sampled_from([b"", b"a", b"Books"]), LEAVES, st.booleans()), max_size=4), st.data()
)
def test_elements_that_are_alike_are_read_as_any_others(
    runs: list[tuple[bytes, list[bytes], bool]], data: st.DataObject
) -> None:
    lists = (alike(name, *leaves, indefinite=indefinite) for name, leaves, indefinite in runs)
    stream = b"\xb9\x80" + b"".join(lists) + b"\x00\x00"
    # One element a feed: nothing is whole beside the one before it, so that nothing is compared.
    slowly, at_once = Framer(), Framer()
    at_once.feed(stream)
    walked = None
    for octet in stream:
        slowly.feed(bytes([octet]))
        walked = slowly.next()
    compared = at_once.next()
    assert walked is not None
    assert compared is not None
    assert shape(compared) == shape(walked)
    damaged = bytearray(stream)
    damaged[data.draw(st.integers(0, len(stream) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(bytes(damaged), len(damaged)) == outcome(bytes(damaged), 1)


def outcome(stream: bytes, chunk: int) -> object:
    """What a framer makes of a stream that may be damaged."""
    framer = Framer()
    try:
        for start in range(0, len(stream), chunk):
            framer.feed(stream[start : start + chunk])
            if (unit := framer.next()) is not None:
                return shape(unit)
    except Malformed:
        return "malformed"
    return "not whole"


@pytest.mark.parametrize("indefinite", [True, False])
def test_alike_elements_are_recognised(indefinite: bool) -> None:
    framer = Framer()
    framer.feed(alike(b"Books", b"one", b"two" * 100, b"three", indefinite=indefinite))
    unit = framer.next()
    assert unit is not None
    assert unit.children is not None
    assert [type(child) for child in unit.children] == [Element, Alike, Alike]
    assert [child.leaf for child in unit.children if isinstance(child, Alike)] == [b"two" * 100, b"three"]
