"""The layouts beside ISO 2709: XML, JSON and worksheet text, and files of them."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.harvesting.identifiers import control_number
from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, Rejected, read

DATA_FIELD = b'<datafield tag="245" ind1="1" ind2="0"><subfield code="a">Title</subfield></datafield>'
INDICATORS = b'"ind1": "1", "ind2": "0"'


def fields(raw: bytes) -> list[tuple[str, str, list[tuple[str, str]]]]:
    result = read(raw)
    assert isinstance(result, ReadRecord), result
    return [
        (field.tag, field.value or field.indicators, [(part.code, part.value) for part in field.subfields])
        for field in result.record.fields
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"<record>" + DATA_FIELD + b"</record>",
        b'\xef\xbb\xbf<?xml version="1.0"?><record>' + DATA_FIELD + b"</record>",
        b'<m:record xmlns:m="http://www.loc.gov/MARC21/slim">'
        + DATA_FIELD.replace(b"<", b"<m:").replace(b"<m:/", b"</m:")
        + b"</m:record>",
        b"<outer><record><data><record>" + DATA_FIELD + b"</record></data></record></outer>",
        b'{"fields": [{"245": {%s, "subfields": [{"a": "Title"}]}}]}' % INDICATORS,
        b'{"id": 1, "marc": {"fields": [{"245": {%s, "subfields": [{"a": "Title"}]}}]}}' % INDICATORS,
        b'{"fields": [{"tag": "245", %s, "subfields": [{"code": "a", "value": "Title"}]}]}' % INDICATORS,
        b"=LDR  00000nam a2200000 a 4500\n=245  10$aTitle\n",
        "=245  10‡aTitle\r\n".encode(),
    ],
)
def test_all_layouts_say_the_same(raw: bytes) -> None:
    assert fields(raw) == [("245", "10", [("a", "Title")])]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<record><leader>x</record>", "bad_xml"),
        (b"<record></record>", "no_fields"),
        (
            b"<a><record>" + DATA_FIELD + b"</record><record>" + DATA_FIELD + b"</record></a>",
            "several_records",
        ),
        (b'<!DOCTYPE r [<!ENTITY e "x">]><record>' + DATA_FIELD + b"</record>", "xml_entities"),
        (b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><record>' + DATA_FIELD + b"</record>", "xml_entities"),
        (b"<record>&unknown;</record>", "bad_xml"),
        (b"{", "bad_json"),
        (b'{"fields": "none"}', "no_fields"),
        (b'{"fields": []}', "no_fields"),
        (b'{"fields": [{"245": {"ind1": "1"}}]}', "bad_json"),
        (b'{"fields": [1]}', "bad_json"),
        (b'{"fields": ' + b"[" * 100_000, "bad_json"),
        (b"=LDR  x\nnot a field\n", "bad_worksheet"),
        (b"=LDR  x\n", "no_fields"),
    ],
)
def test_what_is_no_record_says_why(raw: bytes, reason: str) -> None:
    result = read(raw)
    assert isinstance(result, Rejected)
    assert result.reason == reason


def test_missing_attributes_are_repaired_and_reported() -> None:
    raw = (
        b'<record><leader>short</leader><controlfield>lost</controlfield><datafield tag="245">'
        b'<subfield code="a">Title</subfield><subfield>nameless</subfield></datafield></record>'
    )
    result = read(raw)
    assert isinstance(result, ReadRecord)
    assert fields(raw) == [("245", "  ", [("a", "Title")])]
    assert result.repairs == ("tag_missing", "indicators", "subfield_code", "leader_length")


def test_non_sorting_marks_are_cleaned_in_every_layout() -> None:
    raw = json.dumps(
        {"fields": [{"200": {"ind1": "1", "ind2": " ", "subfields": [{"a": "\x98Le \x9cjardin"}]}}]}
    ).encode()
    assert fields(raw) == [("200", "1 ", [("a", "Le jardin")])]


@given(st.binary(max_size=200), st.sampled_from((b"", b"<", b"{", b"=", b"<record>", b'{"fields": [')))
def test_no_bytes_raise(data: bytes, start: bytes) -> None:
    assert isinstance(read(start + data), ReadRecord | Rejected)


def iso2709(content: bytes) -> bytes:
    body = content + b"\x1e\x1d"
    head = b"00049nam a2200037   4500200%04d00000\x1e" % (len(body) - 1)
    return b"%05d" % (len(head) + len(body)) + head[5:] + body


@pytest.mark.parametrize(
    "raw",
    [
        iso2709(b"1 \x1faTit\x00le"),
        b'{"fields": [{"001": "1\\u00002"}, {"245": {%s, "subfields": [{"a": "\\ud800 x"}]}}]}' % INDICATORS,
        b'{"fields": [{"tag": "245", %s, "subfields": [{"code": "a", "value": "\\u0000"}]}]}' % INDICATORS,
        b"=245  10$aTit\x00le\n",
        b"00049nam a2200037   4500\x00\x00\x00040000000\x1e1 \x1fax\x1e\x1d",
        b"=2\x0045\n",
    ],
)
def test_every_text_can_be_stored(raw: bytes) -> None:
    answer = read(raw)
    if isinstance(answer, Rejected):
        texts = [answer.detail]
    else:
        parts = [part.value for field in answer.record.fields for part in field.subfields]
        texts = [answer.record.leader, *parts, *(field.value for field in answer.record.fields)]
    assert texts
    assert not [text for text in texts if "\x00" in text]
    assert "".join(texts).encode()
    assert "\x00" not in (control_number(raw) or "")


@given(st.binary(max_size=300), st.sampled_from((b"", b"<", b"{", b"[", b"=", b"<collection>")))
def test_no_file_raises(tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(start + data)
    for raw in read_file(path):
        assert isinstance(read(raw), ReadRecord | Rejected)


JSON_RECORD = b'{"fields": [{"245": {%s, "subfields": [{"a": "%s"}]}}]}' % (INDICATORS, b"Title" * 400)


@pytest.mark.parametrize(
    "content",
    [
        b"<collection>" + (b"<record>" + DATA_FIELD * 20 + b"</record>\n") * 4000 + b"</collection>",
        b"[" + b",\n".join([JSON_RECORD] * 4000) + b"]",
        b"\n".join([JSON_RECORD] * 4000),
        (b"=245  10$a" + b"Title" * 400 + b"\n\n") * 4000,
    ],
    ids=["xml", "json list", "json lines", "worksheet"],
)
def test_a_long_collection_is_read_in_flat_memory(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "long"
    path.write_bytes(content)
    tracemalloc.start()
    count = sum(1 for _ in read_file(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 4000
    assert peak < path.stat().st_size / 2


@pytest.mark.parametrize(
    "content",
    [
        b'[{"a": 1}, {"b": "[}"}]',
        b'[\n {"a": 1},\n {"b": "[}"}\n]\n',
        b'\xef\xbb\xbf[{"a": 1}\n,{"b": "[}"}]',
        b'{\n"a": 1}\n{"b": "[}"}',
    ],
)
def test_objects_are_cut_from_a_list_with_their_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(content)
    assert [raw.replace(b"\n", b"") for raw in read_file(path)] == [b'{"a": 1}', b'{"b": "[}"}']


def test_the_rest_of_a_broken_list_is_one_piece(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_bytes(b'[{"a": 1}, {"b": \xff\xfe}, {"c": 1}]')
    assert list(read_file(path)) == [b'{"a": 1}', b'{"b": \xff\xfe}, {"c": 1}]']
