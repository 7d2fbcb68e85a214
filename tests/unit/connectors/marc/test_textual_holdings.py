"""What a library holds of a serial, in words."""

from __future__ import annotations

from connectors.marc.textual_holdings import HeldRun, held_runs
from hub.kernel.record import Field, Record, Subfield


def record(*written: str) -> Record:
    fields = []
    for one in written:
        tag, *parts = one.split("$")
        fields.append(Field(tag.strip(), "", "  ", tuple(Subfield(part[0], part[1:]) for part in parts)))
    return Record(" " * 24, tuple(fields))


def test_textual_holdings_stand_at_the_location_they_are_linked_with() -> None:
    found = held_runs(
        record(
            "852$80$bJLT",
            "852$81$bXWT",
            "866$80$av.1-10 (1990-1999)$z缺 v.3",
            "866$81$av.2",
            "867$80$a增刊1",
            "868$80$a索引",
        )
    )
    assert found == (
        HeldRun("JLT", "basic", "v.1-10 (1990-1999)", "缺 v.3"),
        HeldRun("XWT", "basic", "v.2"),
        HeldRun("JLT", "supplements", "增刊1"),
        HeldRun("JLT", "indexes", "索引"),
    )


def test_without_links_the_location_before_holds() -> None:
    found = held_runs(record("852$bA", "866$av.1", "852$bB", "866$av.2", "866$a "))
    assert [(run.location, run.text) for run in found] == [("A", "v.1"), ("B", "v.2")]


def test_patterns_are_read_with_their_captions() -> None:
    found = held_runs(
        record(
            "852$bJLT",
            "853$81$av.$bno.$i(year)$j(month)",
            "853$82$a卷",
            "863$81.1$a1$b1-12$i1990$j01-12",
            "863$82.1$a7-9",
            "863$81.2$i1995",
        )
    )
    assert [run.text for run in found] == ["v.1:no.1-12 (1990:01-12)", "卷7-9", "1995"]
    assert {run.location for run in found} == {"JLT"}


def test_a_record_of_one_volume_states_no_runs() -> None:
    assert held_runs(record("852$bJLT$p001", "863$8")) == ()
