"""Files of records in every layout: what is written is read again."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, read
from connectors.marc.record_files import LAYOUTS, TABLES, layout_of, write_file
from connectors.marc.writing import ENCODINGS, encode_text, write_iso2709
from hub.kernel.record import Field, Flavour, Record, Subfield
from tests.unit.connectors.marc.strategies import CHINESE, records


def title(text: str, *others: Field) -> Record:
    field = Field("200", "", "1 ", (Subfield("a", text),))
    return Record("00000nam0 2200000   450 ", (field, *others), Flavour.CNMARC)


def printable(record: Record) -> Record:
    """The record without the control characters that some layouts cannot hold."""

    def kept(text: str) -> str:
        return "".join(filter(str.isprintable, text))

    fields = (
        Field(
            one.tag,
            kept(one.value),
            one.indicators,
            tuple(Subfield(part.code, kept(part.value)) for part in one.subfields),
        )
        for one in record.fields
    )
    return Record(record.leader, tuple(fields), record.flavour)


def content(path: Path, encoding: str) -> list[tuple[Field, ...]]:
    found = [read(raw, format="cnmarc", encoding=encoding) for raw in read_file(path)]
    return [one.record.fields for one in found if isinstance(one, ReadRecord)]


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - TABLES))
@given(st.lists(records(CHINESE).map(printable), min_size=1, max_size=4))
@settings(max_examples=25)
def test_a_file_comes_back_as_it_went(
    tmp_path_factory: pytest.TempPathFactory, layout: str, written: list[Record]
) -> None:
    path = tmp_path_factory.getbasetemp() / "file"
    with path.open("wb") as file:
        report = write_file(written, file, layout)
    encoding = "utf-8" if layout == "iso2709" else "auto"
    assert content(path, encoding) == [record.fields for record in written]
    assert report.written == len(written)
    assert not report.reasons


@pytest.mark.parametrize("layout", sorted(TABLES))
def test_a_table_names_what_no_column_holds(tmp_path: Path, layout: str) -> None:
    path = tmp_path / "file"
    other = Field("801", "", " 0", (Subfield("b", "JLT"),))
    with path.open("wb") as file:
        report = write_file([title("甲", other), title("乙")], file, layout)
    assert content(path, "auto") == [title("甲").fields, title("乙").fields]
    assert report.not_carried == {"801$b": 1}
    with pytest.raises(ValueError, match="CNMARC"):
        write_file([Record("x" * 24, (), Flavour.MARC21)], io.BytesIO(), layout)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("layout", ["iso2709", "worksheet"])
def test_what_an_encoding_lacks_is_reported(encoding: str, layout: str) -> None:
    report = write_file([title("江\N{CAT FACE}蘇")], io.BytesIO(), layout, encoding)
    assert report.missing == ({} if encoding in ("utf-8", "gb18030") else {"\N{CAT FACE}": 1})


@pytest.mark.parametrize(("encoding", "codec"), [("gbk", "gbk"), ("big5", "cp950")])
def test_legacy_code_pages_write_references_for_what_they_lack(encoding: str, codec: str) -> None:
    assert encode_text("江蘇\N{CAT FACE}", encoding).raw.decode(codec) == "江蘇&#x1F431;"
    written = write_iso2709(title("江蘇古籍出版社的書目與索引"), encoding)
    found = read(written.raw, encoding="gb18030" if encoding == "gbk" else encoding)
    assert isinstance(found, ReadRecord)
    assert found.record.first("200", "a") == "江蘇古籍出版社的書目與索引"


def test_what_cannot_be_written_is_counted_with_its_reason() -> None:
    long, odd = title("x" * 10_000), Record("x" * 24, (Field("题名", "", "  ", (Subfield("a", "x"),)),))
    report = write_file([long, odd, title("甲")], io.BytesIO(), "iso2709")
    assert report.reasons == {"too_long": 1, "bad_tag": 1}
    assert report.written == 1


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("a.iso", "iso2709"),
        ("a", "iso2709"),
        ("a.XML", "marcxml"),
        ("a.jsonl", "json"),
        ("a.mrk", "worksheet"),
        ("a.csv", "csv"),
        ("a.xlsx", "xlsx"),
    ],
)
def test_the_layout_goes_by_the_name(name: str, layout: str) -> None:
    assert layout_of(Path(name)) == layout
