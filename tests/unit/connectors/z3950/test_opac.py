from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.testing import with_indefinite_lengths
from connectors.z3950 import ber_writing, oids
from connectors.z3950.apdu import PresentResponse, RetrievedRecord
from connectors.z3950.ber import SEQUENCE, Malformed, context
from connectors.z3950.decoding import decode
from connectors.z3950.encoding import encode
from connectors.z3950.opac import Circulation, OpacHolding, OpacRecord, Volume, decode_opac, encode_opac

#: NUL has no place in a text and is read as U+FFFD.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
VOLUMES = st.builds(Volume, TEXTS, TEXTS, TEXTS)
CIRCULATION = st.builds(
    Circulation, st.booleans(), TEXTS, TEXTS, TEXTS, TEXTS, st.booleans(), st.booleans(), TEXTS, TEXTS, TEXTS
)
HOLDINGS = st.builds(
    OpacHolding,
    local_location=TEXTS,
    call_number=TEXTS,
    copy_number=TEXTS,
    volumes=st.lists(VOLUMES, max_size=3).map(tuple),
    circulation=st.lists(CIRCULATION, max_size=3).map(tuple),
    nuc_code=TEXTS,
    format=TEXTS,
    terms_of_use=TEXTS,
)
MARC_HOLDINGS = st.builds(RetrievedRecord, st.just(oids.USMARC), st.binary(max_size=20))
RECORDS = st.builds(
    OpacRecord,
    st.binary(max_size=30),
    st.sampled_from([oids.USMARC, oids.UNIMARC, oids.SUTRS]),
    st.lists(HOLDINGS, max_size=3).map(tuple),
    st.lists(MARC_HOLDINGS, max_size=2).map(tuple),
)


@given(RECORDS)
def test_opac_records_come_back(record: OpacRecord) -> None:
    content = encode_opac(record)
    assert decode_opac(content) == record
    assert decode_opac(with_indefinite_lengths(content)) == record


@given(st.lists(RECORDS, min_size=1, max_size=3))
def test_they_come_back_as_records_of_a_present(records: list[OpacRecord]) -> None:
    slots = tuple(RetrievedRecord(oids.OPAC, encode_opac(record)) for record in records)
    unit = with_indefinite_lengths(encode(PresentResponse(slots)))
    answer = decode(unit)
    assert isinstance(answer, PresentResponse)
    assert answer.records == slots
    assert [decode_opac(slot.content) for slot in slots] == records


def test_a_title_without_record_and_without_holdings_is_one() -> None:
    assert decode_opac(encode_opac(OpacRecord(b"", ""))) == OpacRecord(b"", "")


@given(st.binary(max_size=80))
def test_any_bytes_are_an_opac_record_or_malformed(content: bytes) -> None:
    with contextlib.suppress(Malformed):
        decode_opac(content)


@pytest.mark.parametrize(
    ("octets", "encoding", "text"),
    [
        ("总馆".encode(), "gb18030", "总馆"),
        ("总馆".encode("gb18030"), "gb18030", "总馆"),
        (b"\xff\xff", "utf-8", "\\xff\\xff"),
    ],
)
def test_texts_are_read_in_utf8_and_else_in_the_encoding_of_the_target(
    octets: bytes, encoding: str, text: str
) -> None:
    holding = ber_writing.constructed(context(2), ber_writing.octets(context(9), octets))
    content = ber_writing.constructed(SEQUENCE, ber_writing.constructed(context(2), holding))
    (read,) = decode_opac(content, encoding).holdings
    assert read.local_location == text
