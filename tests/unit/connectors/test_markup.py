from __future__ import annotations

import pytest

from connectors import markup
from connectors.errors import ProtocolViolation

PREAMBLES = {"blanks": b"\n", "comments": b"<!--a-->", "processing instructions": b"<?a b?>"}


@pytest.mark.parametrize("preamble", PREAMBLES.values(), ids=PREAMBLES)
def test_a_long_preamble_takes_no_time(preamble: bytes) -> None:
    # In time that doubles with each piece this would never end.
    assert markup.parse(b"<a/>" + preamble * 2_000, "here").tag == "a"
    if preamble != b"\n":
        assert markup.parse(preamble * 2_000 + b"<a/>", "here").tag == "a"
    with pytest.raises(ProtocolViolation, match="malformed"):
        markup.parse(preamble * 2_000 + b"a", "here")


@pytest.mark.parametrize("preamble", PREAMBLES.values(), ids=PREAMBLES)
def test_a_document_type_is_refused_behind_any_preamble(preamble: bytes) -> None:
    with pytest.raises(ProtocolViolation, match="xml_forbidden"):
        markup.parse(preamble * 3 + b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "here")


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("12", 12), ("", None), ("-1", None), ("１２", None), ("1.5", None), ("9" * 5000, None)],
    ids=lambda value: str(value)[:9],
)
def test_whole_numbers_are_short_and_plain(text: str, number: int | None) -> None:
    assert markup.whole_number(text) == number
