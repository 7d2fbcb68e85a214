from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors.difference import Comparison, Difference, Share, digest
from connectors.ports import RawRecord

HELD = {
    "kept": digest(b"kept"),
    "edited": digest(b"before"),
    "sold": digest(b"sold"),
    "lost": digest(b"lost"),
}
DELIVERY = [
    RawRecord(b"kept", "kept"),
    RawRecord(b"after", "edited"),
    RawRecord(b"", "sold", deleted=True),
    RawRecord(b"", "never held", deleted=True),
    RawRecord(b"bought", "bought"),
    RawRecord(b"bought again", "bought"),
    RawRecord(b"nameless", None),
    RawRecord(b"unreadable_file at c.mrc", None, syntax="diagnostic"),
]
CHANGES = Difference(
    new=Share(1, ("bought",)),
    changed=Share(1, ("edited",)),
    deleted=Share(1, ("sold",)),
    unchanged=Share(1, ("kept",)),
    repeated=Share(1, ("bought",)),
    unnamed=Share(1, (digest(b"nameless")[:16],)),
    refused=Share(1, ("unreadable_file at c.mrc",)),
    untouched=Share(1, ("never held",)),
)


def test_each_record_is_of_one_kind() -> None:
    comparison = Comparison(HELD)
    comparison.take(DELIVERY)
    assert comparison.result(whole=False) == CHANGES
    assert comparison.result(whole=True).missing == Share(1, ("lost",))


def test_only_some_examples_are_kept() -> None:
    comparison = Comparison({}, examples=2)
    comparison.take(RawRecord(b"x", str(number)) for number in range(9))
    assert comparison.result(whole=True).new == Share(9, ("0", "1"))


names = st.sampled_from("abcdef")


@given(st.dictionaries(names, st.binary(max_size=2)), st.lists(st.tuples(names, st.binary(max_size=2))))
def test_the_numbers_add_up(held: dict[str, bytes], delivered: list[tuple[str, bytes]]) -> None:
    comparison = Comparison({name: digest(raw) for name, raw in held.items()})
    comparison.take(RawRecord(raw, name, deleted=not raw) for name, raw in delivered)
    found = comparison.result(whole=True)
    came = found.new.count + found.changed.count + found.unchanged.count + found.deleted.count
    assert came + found.untouched.count + found.repeated.count == len(delivered)
    kept = found.changed.count + found.unchanged.count + found.deleted.count + found.missing.count
    assert kept == len(held)
