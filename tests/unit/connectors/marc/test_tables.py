"""Tables of titles and volumes: headings recognised, bad rows put aside, rows written and read again."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.marc.files import read_file
from connectors.marc.holdings import detect, items
from connectors.marc.reading import ReadRecord, Rejected, read
from connectors.marc.tables.columns import attributes, headings, recognised
from connectors.marc.tables.writing import heading_row, row_of, to_csv, to_xlsx
from hub.kernel.record import Field, Record, Subfield

HEADER = "题名,责任者,ISBN,出版社,出版日期,价格,索书号,条码,馆藏地,状态,备用"
ROW = '红楼梦,"曹雪芹著；高鹗续",978-7-02-000220-7,人民文学出版社,2008,59.70,I242.4/1,0001234,JLT,在馆,x'
FIELDS = [
    ("010", "  ", [("a", "978-7-02-000220-7"), ("d", "59.70")]),
    ("200", "1 ", [("a", "红楼梦"), ("f", "曹雪芹著；高鹗续")]),
    ("210", "  ", [("c", "人民文学出版社"), ("d", "2008")]),
    ("905", "  ", [("s", "I242.4/1")]),
    ("985", "  ", [("a", "0001234"), ("b", "JLT"), ("s", "在馆")]),
]


def shown(record: Record) -> list[tuple[str, str, list[tuple[str, str]]]]:
    return [
        (one.tag, one.value or one.indicators, [(part.code, part.value) for part in one.subfields])
        for one in record.fields
    ]


def outcomes(path: Path) -> list[ReadRecord | Rejected]:
    return list(map(read, read_file(path)))


def good(path: Path) -> list[Record]:
    return [found.record for found in outcomes(path) if isinstance(found, ReadRecord)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encoding_and_delimiter_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "books.csv"
    text = f"{HEADER}\n{ROW}\n".replace(",", delimiter)
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    path.write_bytes(mark + text.encode(encoding))
    [record] = good(path)
    assert shown(record) == FIELDS
    assert record.flavour.value == "cnmarc"


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text(f"示例图书馆采购清单\n\n{HEADER}\n{ROW}\n,,,,,,,,,,\n", "utf-8")
    assert [shown(record) for record in good(path)] == [FIELDS]


def test_a_bad_row_is_put_aside_with_its_line_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    rows = [ROW, f"{ROW},too,many", '"never closed,甲,1', ROW, "坏".join(["x,", ",y"]), ROW]
    raw = "\n".join([HEADER, *rows]).encode()
    path.write_bytes(raw.replace("坏".encode(), b"\xff\xfe"))
    found = outcomes(path)
    assert [
        (one.reason, one.detail.partition(":")[0]) if isinstance(one, Rejected) else "read" for one in found
    ] == [
        "read",
        ("row_length", "line 3"),
        ("row_quotes", "line 4"),
        "read",
        ("row_undecodable", "line 6"),
        "read",
    ]


def test_a_quoted_cell_may_hold_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text('题名,ISBN,摘要\n甲,7-5000-0001-6,"一\n二"\n乙,7-5000-0002-4,三\n', "utf-8")
    assert [record.first("330", "a") for record in good(path)] == ["一\n二", "三"]


def test_an_unchanged_row_keeps_its_bytes_wherever_it_stands(tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(f"{HEADER}\n{ROW}\n", "utf-8")
    second.write_text(f"{HEADER}\n{ROW.replace('红', '青')}\n{ROW}\n", "utf-8")
    [raw] = read_file(first)
    assert raw == list(read_file(second))[1]
    assert json.loads(raw)["cells"][:1] == [["题名", "红楼梦"]]
    assert json.loads(raw)["cells"][-1:] == [["备用", "x"]], "what no column is known for is kept as it came"


def test_the_items_of_rows_are_found_by_their_profile(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text(f"{HEADER}\n{ROW}\n", "utf-8")
    records = good(path)
    detected = detect(records)
    assert detected.profile is not None
    [item] = items(records[0], detected.profile)
    assert (item.barcode, item.location, item.call_number, item.status) == (
        "0001234",
        "JLT",
        "I242.4/1",
        "在馆",
    )
    assert detected.confidence == 1.0


def test_a_mapping_beside_the_file_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text("Nom,Qui,ISBN,題名\nTitle,Someone,7-5000-0001-6,x\n", "utf-8")
    beside = tmp_path / "books.columns.json"
    beside.write_text(json.dumps({"Nom": "245$a", "Qui": "author", "題名": None}), "utf-8")
    [record] = good(path)
    assert shown(record) == [
        ("010", "  ", [("a", "7-5000-0001-6")]),
        ("200", "1 ", [("f", "Someone")]),
        ("245", "10", [("a", "Title")]),
    ]
    beside.write_text('{"Nom": "nowhere"}', "utf-8")
    [refused] = outcomes(path)
    assert isinstance(refused, Rejected)
    assert refused.reason == "bad_columns"


@pytest.mark.parametrize(
    "heading", ["ＩＳＢＮ號", "Book Title", "书 名", "館藏地点", "Call Number", "出版社"]
)
def test_headings_are_known_however_they_are_written(heading: str) -> None:
    assert recognised(heading) is not None


def test_no_heading_means_two_things() -> None:
    assert [name for name, heading in headings().items() if recognised(heading) != attributes()[name]] == []


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.create_sheet("附表").append(["没有", "表头"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_is_read_as_a_person_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "books.xlsx"
    header = ["题名", "出版日期", "价格", "条码", "ISBN", None]
    path.write_bytes(
        workbook(
            [["清单"], header, ["红楼梦", date(2008, 5, 1), 59.7, 20295403.0, 9787020002207], [], ["三国"]]
        )
    )
    assert [shown(record) for record in good(path)] == [
        [
            ("010", "  ", [("a", "9787020002207"), ("d", "59.7")]),
            ("200", "1 ", [("a", "红楼梦")]),
            ("210", "  ", [("d", "2008-05-01")]),
            ("985", "  ", [("a", "20295403")]),
        ],
        [("200", "1 ", [("a", "三国")])],
    ]


def archive(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 no archive", "bad_workbook"),
        (archive({"a.txt": b"x"}), "bad_workbook"),
        (
            archive({"xl/workbook.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'}),
            "xml_entities",
        ),
        (archive({f"{number}.xml": b"" for number in range(1001)}), "workbook_too_large"),
        (archive({"bomb.xml": bytes(300 << 20)}), "workbook_too_large"),
        (workbook([["没有", "这样的", "表头"]]), "no_header"),
    ],
    ids=["no archive", "no workbook", "entities", "many parts", "bomb", "no header"],
)
def test_a_workbook_that_may_not_be_read_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "books.xlsx"
    path.write_bytes(content)
    [refused] = outcomes(path)
    assert isinstance(refused, Rejected)
    assert refused.reason == reason


CELLS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters=";；|/"),
    min_size=1,
    max_size=20,
)
TEXTS = CELLS.map(str.strip).filter(lambda text: bool(text) and text.isprintable())


@st.composite
def book_records(draw: st.DrawFn) -> Record:
    """Records made of what columns hold; the title is always there."""
    named = draw(st.sets(st.sampled_from(sorted(attributes())), max_size=6)) | {"title"}
    by_tag: dict[str, list[Subfield]] = {}
    for column in sorted((attributes()[name] for name in named), key=lambda one: one.place):
        by_tag.setdefault(column.tag, []).append(Subfield(column.code, draw(TEXTS)))
    first = {"200": "1 ", "225": "2 ", "606": "0 ", "610": "0 ", "101": "0 "}
    return Record(
        "00000nam0 2200000   450 ",
        tuple(
            Field(tag, parts[0].value) if tag == "001" else Field(tag, "", first.get(tag, "  "), tuple(parts))
            for tag, parts in by_tag.items()
        ),
    )


@given(st.lists(book_records(), min_size=1, max_size=4), st.booleans())
@settings(max_examples=40)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, written: list[Record], as_workbook: bool
) -> None:
    rows = [row_of(record) for record in written]
    assert [row.not_carried for row in rows] == [()] * len(rows)
    path = tmp_path_factory.getbasetemp() / "written"
    if as_workbook:
        with path.open("wb") as file:
            to_xlsx([row.cells for row in rows], file)
    else:
        path.write_bytes(b"".join(to_csv(row.cells for row in rows)))
    assert [record.fields for record in good(path)] == [record.fields for record in written]


def test_several_values_share_a_cell_and_part_again(tmp_path: Path) -> None:
    def subject(text: str) -> Field:
        return Field("606", "", "0 ", (Subfield("a", text),))

    title = Field("200", "", "1 ", (Subfield("a", "=1+1"), Subfield("z", "eng")))
    record = Record("00000nam0 2200000   450 ", (title, subject("诗"), subject("词")))
    row = row_of(record)
    assert row.not_carried == ("200$z",)
    path = tmp_path / "written.csv"
    path.write_bytes(b"".join(to_csv([row.cells])))
    assert b"'=1+1" in path.read_bytes(), "a spreadsheet must not take it for a formula"
    assert [record.all("606", "a") for record in good(path)] == [("诗", "词")]
    assert len(row.cells) == len(heading_row())
