from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import pytest

from hub.kernel.record import Field, Record, Subfield, control_field, data_field

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
    return data_field("245", "10\x1faTitle\x1fb")


def test_fields_built_fast_are_the_same_values() -> None:
    assert title() == TITLE
    assert hash(title()) == hash(TITLE)
    assert repr(title()) == repr(TITLE)
    assert (title().value, title().indicators, title().subfields) == ("", "10", TITLE.subfields)
    assert list(title().pairs) == [("a", "Title"), ("b", "")] == list(TITLE.pairs)
    assert control_field("001", "b0001") == Field("001", "b0001")


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
