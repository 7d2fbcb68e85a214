"""The plan of a batch, over any order and repetition: nothing is lost, everything is counted once."""

from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from hub.storage.harvests.batch_plan import BatchPlan, KnownRecord, plan_batch
from hub.storage.harvests.values import RecordRow

ROWS = st.lists(
    st.builds(
        lambda identifier, content: RecordRow(identifier, content.encode(), "cnmarc", "utf-8"),
        st.sampled_from("ab"),
        st.sampled_from("xyz"),
    ),
    max_size=8,
)


class Kept:
    """A database of records in memory, changed by plans."""

    def __init__(self) -> None:
        self.known: dict[str, KnownRecord] = {}
        self._numbers = count(1)

    def apply(self, plan: BatchPlan, run: int) -> None:
        names = {known.id: name for name, known in self.known.items()}
        for name, row in plan.inserts.items():
            assert name not in self.known
            self.known[name] = KnownRecord(next(self._numbers), row.digest, True, run)
        for number, row in plan.updates.items():
            self.known[names[number]] = KnownRecord(number, row.digest, True, run)
        for number in plan.seen - plan.updates.keys():
            before = self.known[names[number]]
            self.known[names[number]] = KnownRecord(number, before.digest, True, run)


def harvest(kept: Kept, run: int, batches: list[list[RecordRow]]) -> tuple[int, int]:
    stored = unchanged = 0
    for rows in batches:
        plan = plan_batch(kept.known, rows, run, newest_wins=False)
        kept.apply(plan, run)
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
        seen = {known.digest for known in kept.known.values() if known.seen_run == run}
        assert seen == {row.digest for row in received}


@given(ROWS, st.randoms(use_true_random=False))
def test_the_same_records_in_another_order_are_unchanged(rows: list[RecordRow], chance: object) -> None:
    kept = Kept()
    harvest(kept, 1, [rows])
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis hands in a random.Random
    assert harvest(kept, 2, [shuffled]) == (0, len(rows))
