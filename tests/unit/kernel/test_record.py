from __future__ import annotations

from hub.kernel.record import Field, Record, Subfield

RECORD = Record(
    " " * 24,
    (
        Field("001", " 012 "),
        Field("200", "", "1 ", (Subfield("a", "围城"), Subfield("f", "钱钟书著"))),
        Field("606", "", "0 ", (Subfield("a", "长篇小说"), Subfield("y", "中国"))),
        Field("606", "", "0 ", (Subfield("x", "文学"),)),
    ),
)


def test_first_reads_control_fields_and_subfields() -> None:
    assert RECORD.first("200", "a") == "围城"
    assert RECORD.first("001") == " 012 "
    assert RECORD.first("200", "b") is None
    assert RECORD.first("999") is None


def test_first_goes_on_to_the_next_field_with_the_tag() -> None:
    assert RECORD.first("606", "x") == "文学"


def test_all_keeps_the_order_of_the_record() -> None:
    assert RECORD.all("606", "yxa") == ("长篇小说", "中国", "文学")


def test_every_takes_several_tags() -> None:
    assert [field.tag for field in RECORD.every("606", "001")] == ["001", "606", "606"]


def test_identifier_is_trimmed_and_absent_when_blank() -> None:
    assert RECORD.identifier == "012"
    assert Record(" " * 24, (Field("001", "  "),)).identifier is None
    assert Record(" " * 24, ()).identifier is None


def test_control_fields_are_those_of_iso_2709() -> None:
    assert Field("005").is_control
    assert not Field("010").is_control
