from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.marc.marc8 import Decoder, encode


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        (b"Dvo\xe9r\xe2ak", "Dvořák"),
        (b"\xb1\xe2od\xe2z", "łódź"),
        (b"\x1b$1!0!!0!\x1b(B end", "一一 end"),
        (b"H\x1bb2\x1bsO", "H₂O"),
        (b"\x1bga\x1bs-ray", "α-ray"),
        (b"\x1bga-ray", "α-ray"),
        (b"\x1b(Nmoskwa\x1b(B", "МОСКВА"),
        (b"&#x4E2D;&#x1F600;", "中😀"),
        (b"AT&#x26;T", "AT&T"),
    ],
)
def test_known_sequences(data: bytes, text: str) -> None:
    assert Decoder().decode(data) == text


@pytest.mark.parametrize("text", ["中國古典小說史", "日本語の本", "서울", "南京 2019 : 卷一"])
def test_east_asian_text_comes_back(text: str) -> None:
    data, missing = encode(text)
    assert missing == ()
    assert data.startswith(b"\x1b$1")
    assert data.isascii()
    assert Decoder().decode(data) == text


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00\x1b\x1d\x1e\x1f")))
def test_every_text_comes_back_composed(text: str) -> None:
    data, _ = encode(text)
    assert Decoder().decode(data) == unicodedata.normalize("NFC", text)


@given(st.binary(max_size=80))
def test_any_bytes_decode_to_something(data: bytes) -> None:
    decoder = Decoder()
    text = decoder.decode(data)
    assert text.count("\ufffd") >= min(decoder.unknown, 1)


def test_unknown_codes_are_counted_and_shown() -> None:
    decoder = Decoder()
    assert decoder.decode(b"\x1b$1\x21\x21") == "\ufffd"
    assert decoder.unknown == 1


def test_each_value_begins_in_the_default_sets() -> None:
    decoder = Decoder()
    decoder.decode(b"\x1b$1")
    assert decoder.decode(b"abc") == "abc"
