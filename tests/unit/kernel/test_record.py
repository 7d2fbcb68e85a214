from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import pytest

from hub.kernel.fields import fields_of
from hub.kernel.record import Field, Flavour, Record, Subfield, record_of

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


TITLE = Field("245", "", "10", (Subfield("a", "Title"), Subfield("b", "")))


def title() -> Field:
    [made] = fields_of(["245"], ["10\x1faTitle\x1fb"])
    return made


def test_fields_built_fast_are_the_same_values() -> None:
    assert title() == TITLE
    assert hash(title()) == hash(TITLE)
    assert repr(title()) == repr(TITLE)
    assert (title().value, title().indicators, title().subfields) == ("", "10", TITLE.subfields)
    assert list(title().pairs) == [("a", "Title"), ("b", "")] == list(TITLE.pairs)
    assert fields_of(["001"], ["b0001"]) == (Field("001", "b0001"),)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda field: pickle.loads(pickle.dumps(field))])
def test_a_field_not_yet_cut_is_copied_whole(again) -> None:  # type: ignore[no-untyped-def]  # any copier
    assert again(title()) == TITLE


def test_what_is_replaced_in_a_field_not_yet_cut_holds_everywhere() -> None:
    other = replace(title(), tag="246", subfields=(Subfield("a", "Other"),))
    assert other == Field("246", "", "10", (Subfield("a", "Other"),))
    assert other.first("a") == "Other"


def test_a_field_built_fast_cannot_be_changed_and_has_no_other_parts() -> None:
    field = title()
    with pytest.raises(AttributeError):
        field.tag = "246"  # type: ignore[misc]  # the test is that it refuses
    with pytest.raises(AttributeError, match="nothing_such"):
        field.nothing_such  # type: ignore[attr-defined]  # noqa: B018 - the test is that it refuses


TAGS = ("001", "245", "650", "650")
TEXTS = ("b0001", "10\x1faTitle\x1fb", " 0\x1faOne", " 0\x1fxTwo")


def uncut() -> Record:
    return record_of(" " * 24, TAGS, TEXTS, Flavour.MARC21)


def cut() -> Record:
    return Record(" " * 24, fields_of(TAGS, TEXTS), Flavour.MARC21)


def test_a_record_not_yet_cut_is_the_same_value() -> None:
    assert uncut() == cut()
    assert hash(uncut()) == hash(cut())
    assert repr(uncut()) == repr(cut())
    assert pickle.loads(pickle.dumps(uncut())) == cut()
    assert replace(uncut(), fields=()).fields == ()
    assert list(replace(uncut(), fields=()).every("245")) == []


@pytest.mark.parametrize("record", [uncut(), cut()])
def test_a_record_answers_the_same_whether_it_is_cut_or_not(record: Record) -> None:
    assert [field.tag for field in record.every("650", "001")] == ["001", "650", "650"]
    assert (record.first("001"), record.first("245"), record.first("245", "a")) == ("b0001", "", "Title")
    assert (record.first("650", "x"), record.first("650", "q"), record.first("900")) == ("Two", None, None)
    assert record.all("650", "ax") == ("One", "Two")
    assert list(record.contents()) == [
        ("001", "b0001", []),
        ("245", "", [("a", "Title"), ("b", "")]),
        ("650", "", [("a", "One")]),
        ("650", "", [("x", "Two")]),
    ]
    assert record.identifier == "b0001"


@pytest.mark.parametrize("record", [uncut(), cut()])
def test_the_fields_are_the_same_objects_each_time(record: Record) -> None:
    assert all(one is other for one, other in zip(record.every(*TAGS), record.fields, strict=True))
