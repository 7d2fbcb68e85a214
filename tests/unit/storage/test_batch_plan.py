"""The plan of a batch, over any order and repetition: nothing is lost, everything is counted once."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from hub.storage.harvests.batch_plan import (
    BatchPlan,
    KnownRecord,
    alternate_identifier,
    digest_identifier,
    plain_rows,
    plan_batch,
)
from hub.storage.harvests.values import RecordRow, Sighting


def named(identifier: str, content: str) -> RecordRow:
    return RecordRow(identifier, content.encode(), "cnmarc", "utf-8")


def nameless(content: str) -> RecordRow:
    return named(digest_identifier(hashlib.sha256(content.encode()).hexdigest()), content)


CONTENTS = st.sampled_from("xyz")
ROWS = st.lists(
    st.one_of(st.builds(named, st.sampled_from("ab"), CONTENTS), st.builds(nameless, CONTENTS)), max_size=8
)


class Kept:
    """A database of records in memory, changed by plans."""

    def __init__(self) -> None:
        self.known: dict[str, KnownRecord] = {}
        self._numbers = count(1)

    def apply(self, plan: BatchPlan, seen: Sighting) -> None:
        names = {known.id: name for name, known in self.known.items()}
        for name, row in plan.inserts.items():
            assert name not in self.known
            self.known[name] = KnownRecord(next(self._numbers), row.digest, True, seen)
        for number, row in plan.updates.items():
            self.known[names[number]] = KnownRecord(number, row.digest, True, seen)
        for number in plan.seen - plan.updates.keys():
            before = self.known[names[number]]
            self.known[names[number]] = KnownRecord(number, before.digest, True, seen)


def harvest(kept: Kept, run: int, batches: list[list[RecordRow]]) -> tuple[int, int]:
    stored = unchanged = 0
    for rows in batches:
        plan = plan_batch(kept.known, rows, Sighting(run), newest_wins=False)
        kept.apply(plan, Sighting(run))
        stored += plan.stored
        unchanged += plan.unchanged
    return stored, unchanged


@given(st.lists(ROWS, max_size=3), st.lists(ROWS, max_size=3))
def test_every_received_version_is_kept_and_counted(
    first: list[list[RecordRow]], second: list[list[RecordRow]]
) -> None:
    kept = Kept()
    for run, batches in enumerate((first, second), start=1):
        stored, unchanged = harvest(kept, run, batches)
        received = [row for rows in batches for row in rows]
        assert stored + unchanged == len(received)
        seen = {known.digest for known in kept.known.values() if known.seen.run == run}
        assert seen == {row.digest for row in received}
        bare = Counter(row.identifier for row in received if row.identifier.startswith("digest:"))
        for identifier, times in bare.items():
            mine = [one for name, one in kept.known.items() if name.partition("+")[0] == identifier]
            assert sum(one.seen.run == run for one in mine) == times


@given(ROWS, st.randoms(use_true_random=False))
def test_the_same_records_in_another_order_are_unchanged(rows: list[RecordRow], chance: object) -> None:
    kept = Kept()
    harvest(kept, 1, [rows])
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis hands in a random.Random
    assert harvest(kept, 2, [shuffled]) == (0, len(rows))


@given(st.sampled_from([1, 2]), st.lists(ROWS, max_size=2), ROWS, st.sets(st.sampled_from("ab")), CONTENTS)
def test_what_is_set_apart_as_plain_is_what_the_plan_would_decide(
    run: int, before: list[list[RecordRow]], rows: list[RecordRow], gone: set[str], taken: str
) -> None:
    kept, seen = Kept(), Sighting(2)
    harvest(kept, run, before)
    rows = [*rows, *(RecordRow(name, b"", "", "", deleted=True) for name in sorted(gone))]
    # Somebody's own identifier may be what another's alternate one would be.
    rows.append(RecordRow(alternate_identifier(RecordRow("a", taken.encode(), "", "")), b"own", "", ""))
    whole = plan_batch(kept.known, rows, seen, newest_wins=False)
    plain = plain_rows(kept.known, rows, seen)
    rest = plan_batch(kept.known, plain.doubtful, seen, newest_wins=False)
    assert {row.identifier: row for row in plain.new} | rest.inserts == whole.inserts
    assert {*plain.same, *rest.seen} == whole.seen
    assert (rest.updates, rest.deletions) == (whole.updates, whole.deletions)
    assert len(plain.new) + rest.stored == whole.stored
    assert len(plain.same) + rest.unchanged == whole.unchanged
    assert (rest.deleted, rest.clashes) == (whole.deleted, whole.clashes)


def row(content: str) -> RecordRow:
    return RecordRow("a", content.encode(), "cnmarc", "utf-8")


def come(kept: Kept, seen: Sighting, content: str) -> BatchPlan:
    plan = plan_batch(kept.known, [row(content)], seen, newest_wins=False)
    kept.apply(plan, seen)
    return plan


def test_a_slice_fetched_again_after_a_break_brings_newer_versions_and_no_clashes() -> None:
    kept = Kept()
    come(kept, Sighting.in_slice(1, "2024", 1), "before the break")
    again = come(kept, Sighting.in_slice(1, "2024", 2), "changed meanwhile")
    assert (again.clashes, again.stored) == (0, 1)
    assert [known.digest for known in kept.known.values()] == [row("changed meanwhile").digest]


def test_two_records_of_one_name_clash_in_one_slice_and_across_slices_of_any_attempt() -> None:
    for second in (Sighting.in_slice(1, "2024", 2), Sighting.in_slice(1, "2025", 3)):
        kept = Kept()
        come(kept, Sighting.in_slice(1, "2024", 2), "one")
        assert come(kept, second, "another").clashes == 1
        assert len(kept.known) == 2
