from __future__ import annotations

import io
import json
import unicodedata

import pymarc
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connectors.marc.reading import ReadRecord, read
from connectors.marc.writing import BadTag, TooLong, to_iso2709, to_json, to_marcxml, write_iso2709
from hub.kernel.record import Field, Flavour, Record, Subfield
from tests.unit.connectors.marc.strategies import CHINESE, records

LEADER = "00000nam a2200000 a 4500"


def read_back(raw: bytes, record: Record, encoding: str = "auto") -> ReadRecord:
    result = read(raw, format=record.flavour.value, encoding=encoding)
    assert isinstance(result, ReadRecord), result
    return result


def title(text: str, flavour: Flavour = Flavour.MARC21) -> Record:
    return Record(LEADER, (Field("245", "", "10", (Subfield("a", text),)),), flavour)


@given(records())
def test_utf8_comes_back_as_it_went(record: Record) -> None:
    result = read_back(to_iso2709(record), record, "utf-8")
    assert result.record.fields == record.fields
    assert result.repairs == ()


@given(records(CHINESE))
def test_gb18030_comes_back_as_it_went(record: Record) -> None:
    result = read_back(to_iso2709(record, "gb18030"), record, "gb18030")
    assert result.record.fields == record.fields


@given(records())
def test_marc8_comes_back_composed_whatever_it_lacks(record: Record) -> None:
    written = write_iso2709(record, "marc8")
    back = read_back(written.raw, record, "marc8").record
    for sent, received in zip(record.fields, back.fields, strict=True):
        assert received.value == unicodedata.normalize("NFC", sent.value)
        assert received.subfields == tuple(
            Subfield(part.code, unicodedata.normalize("NFC", part.value)) for part in sent.subfields
        )


@given(records())
def test_marcxml_comes_back_as_it_went(record: Record) -> None:
    assume(all(xml_can_hold(part.value) for field in record.fields for part in (*field.subfields, field)))
    assert read_back(to_marcxml(record), record).record == record


@given(records())
def test_marc_in_json_comes_back_as_it_went(record: Record) -> None:
    raw = json.dumps(to_json(record)).encode("ascii")
    assert read_back(raw, record).record == record


@given(CHINESE, st.sampled_from(("utf-8", "gb18030", "cp950")))
@settings(max_examples=50)
def test_the_encoding_of_chinese_is_found(text: str, encoding: str) -> None:
    record = title(text, Flavour.CNMARC)
    try:
        raw = to_iso2709(record).decode("utf-8").encode(encoding)
    except UnicodeEncodeError:
        return
    result = read_back(raw, record)
    assert result.record.first("245", "a") == text


def xml_can_hold(text: str) -> bool:
    forbidden = {chr(code) for code in range(0x20)} - set("\t\n\r") | set("\ufffe\uffff")
    return forbidden.isdisjoint(text)


def test_pymarc_reads_what_is_written() -> None:
    record = title("Café à Łódź 中國古典小說史")
    for encoding in ("utf-8", "marc8"):
        other = next(iter(pymarc.MARCReader(io.BytesIO(to_iso2709(record, encoding)))))
        assert other is not None
        assert other["245"]["a"] == "Café à Łódź 中國古典小說史"


def test_what_marc8_lacks_is_reported_and_kept() -> None:
    record = title("smile 😀 and 啰")
    written = write_iso2709(record, "marc8")
    assert written.missing == ("😀", "啰")
    assert b"&#x1F600;" in written.raw
    assert read_back(written.raw, record, "marc8").record.first("245", "a") == "smile 😀 and 啰"


def test_gb18030_lacks_nothing() -> None:
    assert write_iso2709(title("😀 𠮷"), "gb18030").missing == ()


def test_leader_states_length_base_and_charset() -> None:
    raw = to_iso2709(title("x"))
    assert raw[:5] == f"{len(raw):05d}".encode("ascii")
    assert raw[9:10] == b"a"
    assert raw[int(raw[12:17]) - 1 : int(raw[12:17])] == b"\x1e"
    assert to_iso2709(title("x", Flavour.CNMARC), "gb18030")[20:24] == b"450 "


@pytest.mark.parametrize("length", [10_000, 100_000])
def test_what_the_format_cannot_state_is_refused(length: int) -> None:
    with pytest.raises(TooLong):
        to_iso2709(title("x" * length))


@pytest.mark.parametrize("tag", ["", "24", "2450", "题名项", "24\x1e"])
def test_a_tag_the_directory_cannot_hold_is_refused(tag: str) -> None:
    with pytest.raises(BadTag):
        to_iso2709(Record(LEADER, (Field(tag, "", "10", (Subfield("a", "x"),)),)))


def test_control_characters_in_codes_and_indicators_leave_the_xml_well_formed() -> None:
    raw = to_marcxml(Record(LEADER, (Field("245", "", "\x01\r", (Subfield("\x02", "x"),)),)))
    [field] = read_back(raw, title("")).record.every("245")
    assert (field.indicators, field.subfields) == ("\ufffd\ufffd", (Subfield("\ufffd", "x"),))


def test_separators_inside_text_cannot_break_the_layout() -> None:
    raw = to_iso2709(title("a\x1eb\x1fc\x1dd"))
    assert read_back(raw, title("")).record.first("245", "a") == "a b c d"


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(KeyError):
        to_iso2709(title("x"), "ebcdic")
