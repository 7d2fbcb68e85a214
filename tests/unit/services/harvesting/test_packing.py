"""What passes between processes arrives as it was sent, with every row's own bytes."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from connectors.marc.writing import to_iso2709
from connectors.ports import RawRecord
from hub.benchmarks.records import made_record
from hub.services.harvesting.intake import Habits, take_in
from hub.services.harvesting.locations import Locations
from hub.services.harvesting.packing import pack, pack_intake, unpack, unpack_intake

HABITS = Habits(Locations("JLT", single=True), profile="cnmarc-905-copies")
RECORDS = st.one_of(
    st.builds(
        RawRecord,
        st.integers(0, 9).map(lambda number: to_iso2709(made_record(number))),
        st.sampled_from([None, "a", "b"]),
    ),
    st.just(RawRecord(b"bytes of a record that is gone", "gone", deleted=True)),
    st.just(RawRecord(b"14: not available", None, syntax="diagnostic")),
    st.binary(max_size=40).map(lambda raw: RawRecord(raw, None)),
)


@given(st.lists(RECORDS, max_size=12), st.integers(0, 1000))
def test_what_came_of_records_is_the_same_in_a_child_process(received: list[RawRecord], began: int) -> None:
    there = unpack(pickle.loads(pickle.dumps(pack(received))))
    assert there == received
    back = pickle.loads(pickle.dumps(pack_intake(take_in(there, HABITS, began), began)))
    here, expected = unpack_intake(back, received), take_in(received, HABITS, began)
    assert here == expected
    assert [type(row) for row in here.rows] == [type(row) for row in expected.rows]
    assert [row.items for row in here.rows] == [row.items for row in expected.rows]
    assert all(item._fields for row in here.rows for item in row.items)
