from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.marc.encodings import decode
from connectors.marc.evidence import Undecodable

SAMPLES = {
    "utf-8": "城南旧影 / 李示例著. — 南京 : 示例出版社, 2019",
    "gb18030": "城南旧影 / 李示例著. — 南京 : 示例出版社, 2019",
    "big5": "城南舊影 / 李範例著. 南京 : 範例出版社, 1999 臺灣圖書館藏",
    "cp1251": "Основы гидравлического расчёта инженерных сетей",
    "koi8-r": "Основы гидравлического расчета инженерных сетей",
    "cp866": "Основы гидравлического расчета инженерных сетей",
    "latin-1": "Château à la française, où l'été naît",
}


@pytest.mark.parametrize("encoding", SAMPLES)
def test_the_encoding_is_found_from_the_bytes(encoding: str) -> None:
    text = SAMPLES[encoding]
    decoded = decode(b"2019\x1e" + text.encode("cp950" if encoding == "big5" else encoding))
    assert (decoded.encoding, decoded.texts) == (encoding, ["2019", text])
    assert decoded.confidence > 0.45


@pytest.mark.parametrize("encoding", SAMPLES)
def test_a_named_encoding_is_obeyed(encoding: str) -> None:
    text = SAMPLES[encoding]
    decoded = decode(text.encode("cp950" if encoding == "big5" else encoding), encoding)
    assert (decoded.text, decoded.confidence) == (text, 1.0)


def test_plain_ascii_is_certain() -> None:
    assert decode(b"plain").confidence == 1.0


def test_marc8_is_known_by_its_escapes() -> None:
    assert decode(b"10\x1fa\x1b$1!0!\x1b(B").encoding == "marc8"


def test_marc8_is_known_by_marks_before_letters() -> None:
    decoded = decode(b"  \x1faDvo\xe9r\xe2ak, Anton\xe2in")
    assert (decoded.encoding, decoded.texts[0]) == ("marc8", "  \x1faDvořák, Antonín")


def test_a_trail_byte_that_looks_like_a_delimiter_is_no_delimiter() -> None:
    text = "1 \x1fa亅倈億剕 城南旧影示例出版社的一本书"
    assert decode(text.encode("gb18030")).text == text


@pytest.mark.parametrize(
    "text",
    [
        "  \x1faMark Shaw著\x1fgLaurence King Publishers译",
        "  \x1fa무라카미 하루키著",
        "  \x1faเกมนี้ชื่อลักพาตัว\x1ff東野圭吾著",
        "  \x1faたかぎなおこのアジアで花咲け\x1ffたかぎなおこ著",
        "  \x1fa圍城\x1ff錢鍾書著",
        "  \x1faBernt Øksendal著",
        "  \x1fa£8.98\x1ff著",
    ],
)
def test_gb18030_is_found_in_scarce_and_foreign_text(text: str) -> None:
    decoded = decode(b"plain " * 30 + b"\x1e" + text.encode("gb18030"))
    assert (decoded.encoding, decoded.texts[1]) == ("gb18030", text)


def test_a_field_in_another_encoding_is_read_and_reported() -> None:
    contents = ("  \x1fa城南旧影示例出版社的一本书".encode("gb18030"), "  \x1fa散文集".encode())
    decoded = decode(b"\x1e".join(contents))
    assert decoded.texts[1] == "  \x1fa散文集"
    assert decoded.repairs == ("mixed_encoding",)
    assert decoded.confidence < 0.9


def test_damage_is_replaced_and_reported() -> None:
    decoded = decode(b"  \x1faTitle \xff" + b"plain text " * 40)
    assert "\ufffd" in decoded.texts[0]
    assert decoded.repairs == ("undecodable_bytes",)


def test_an_unknown_encoding_is_not_guessed() -> None:
    with pytest.raises(Undecodable):
        decode("  \x1faHistória do João António Século Verão".encode("mac-roman"))


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(LookupError):
        decode("é".encode(), "no-such-codec")


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_any_bytes_are_decoded_or_refused(contents: list[bytes]) -> None:
    contents = [content.replace(b"\x1e", b"") for content in contents]
    try:
        decoded = decode(b"\x1e".join(contents))
    except Undecodable:
        return
    assert len(decoded.texts) == len(contents)
