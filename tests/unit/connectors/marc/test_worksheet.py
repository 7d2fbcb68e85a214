"""Worksheet text: delimiters found, pseudo-fields left out, the writer's text read back as it went."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, Rejected, read
from connectors.marc.worksheet import DELIMITERS, is_worksheet, to_worksheet
from hub.kernel.record import Field, Record, Subfield
from tests.unit.connectors.marc.strategies import records


def parsed(raw: bytes) -> Record:
    result = read(raw)
    assert isinstance(result, ReadRecord), result
    return result.record


def field(tag: str, indicators: str, *parts: str) -> Field:
    return Field(tag, "", indicators, tuple(Subfield(part[0], part[1:]) for part in parts))


@given(records(), st.sampled_from(DELIMITERS))
def test_worksheet_text_comes_back_as_it_went(record: Record, delimiter: str) -> None:
    assume(any(each.subfields for each in record.fields))
    result = read(to_worksheet(record, delimiter).encode(), format=record.flavour.value)
    assert isinstance(result, ReadRecord)
    assert result.record == record


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_delimiter_is_found_whatever_the_encoding(delimiter: str, encoding: str) -> None:
    # The second byte of 亅 in GBK is the vertical line, that of 丂 the commercial at.
    text = "200 1 $a亅部与丂部的字$f李示例著\n210   $a南京$c示例出版社的书$d2019\n".replace("$", delimiter)
    record = parsed(text.encode(encoding))
    assert record.fields == (
        field("200", "1 ", "a亅部与丂部的字", "f李示例著"),
        field("210", "  ", "a南京", "c示例出版社的书", "d2019"),
    )


def test_a_worksheet_as_dp2_writes_it() -> None:
    record = parsed(
        "-01http://127.0.0.1/中文图书/1|xxx\n01234nam0 2200253   450_\n001012004002367\n"
        "100  ǂa20200101d2019____em_y0chiy50______ea\n2001 ǂa城南旧影ǂf李示例著\n   王范例绘\n".encode()
    )
    assert record.leader == "01234nam0 2200253   450 "
    assert record.fields == (
        Field("001", "012004002367"),
        field("100", "  ", "a20200101d2019    em y0chiy50      ea"),
        field("200", "1 ", "a城南旧影", "f李示例著 王范例绘"),
    )


def test_a_worksheet_spaced_for_the_eye() -> None:
    record = parsed(b"LDR  01234nam  2200253   4500\n001  x1\n245 10 |a Title : |b rest\n650  0 |a China.\n")
    assert record.fields == (
        Field("001", "x1"),
        field("245", "10", "aTitle :", "brest"),
        field("650", " 0", "aChina."),
    )


def test_mnemonics_stand_for_what_would_be_layout() -> None:
    record = parsed(b"=245  10$aPrice {dollar}5 {lcub}x{rcub} a{bsol}b\n=300  \\\\$a1 v.\n")
    assert record.fields == (field("245", "10", "aPrice $5 {x} a\\b"), field("300", "  ", "a1 v."))


def test_records_are_separated_by_empty_lines_rules_or_leaders(tmp_path: Path) -> None:
    path = tmp_path / "worksheets.txt"
    text = "2001 ǂa甲\n210  ǂc甲社\n***\n2001 ǂa乙\n\nLDR 01234nam0 2200253   450 \n2001 ǂa丙\n"
    path.write_text(f"{text}-01path\n2001 ǂa丁\n", "utf-8")
    assert [parsed(raw).first("200", "a") for raw in read_file(path)] == ["甲", "乙", "丙", "丁"]


@pytest.mark.parametrize(
    "raw", [b"", b"plain text", b"not@all a record", b"00049nam a2200037   4500200\x1e", b"a,b\n1,2\n"]
)
def test_what_is_no_worksheet(raw: bytes) -> None:
    assert not is_worksheet(raw)


@pytest.mark.parametrize("raw", ["2001 ǂa题名\nwords without a tag\n", "=245  10$aTitle\nwords\n"])
def test_a_line_that_is_no_field_is_named(raw: str) -> None:
    result = read(raw.encode())
    assert isinstance(result, Rejected)
    assert (result.reason, result.detail[:5]) == ("bad_worksheet", "words")
