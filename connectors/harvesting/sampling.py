"""What a sample of a target's records tells about it. Pure.

Owns: the judgement on identity and encoding. Must not: fetch the sample.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from connectors.marc.reading import ReadRecord, read
from connectors.ports import RawRecord
from connectors.profile import Finding
from hub.kernel.record import Record

#: Share of records that may lack a number of their own before records are told apart by their bytes.
_TOLERATED: Final = 0.1
_TITLE_TAGS: Final = ("200", "245")


def identity(sample: Sequence[RawRecord]) -> Finding | None:
    """What tells the records apart: their identifiers, or their digests where too many lack or repeat one."""
    if not sample:
        return None
    numbers = Counter(record.identifier for record in sample)
    blank = numbers.pop(None, 0)
    repeated = sum(count for count in numbers.values() if count > 1)
    rule = "identifier" if blank + repeated <= _TOLERATED * len(sample) else "digest"
    evidence = f"{len(sample)} records: {blank} without a number, {repeated} that share one"
    return Finding(rule, evidence=evidence)


def encodings(sample: Sequence[RawRecord]) -> Finding | None:
    """The encoding that most records are in."""
    found = Counter(answer.encoding for answer in _readable(sample))
    if not found:
        return None
    evidence = ", ".join(f"{name}: {count}" for name, count in found.most_common())
    return Finding(found.most_common(1)[0][0], evidence=evidence)


def readable(sample: Sequence[RawRecord]) -> list[Record]:
    """The records of the sample that can be read."""
    return [answer.record for answer in _readable(sample)]


def foreign_titles(records: Sequence[Record]) -> list[str]:
    """Titles beyond ASCII, with which query encodings are tried, the shortest first."""
    titles = {
        title
        for record in records
        for tag in _TITLE_TAGS
        if (title := (record.first(tag, "a") or "").strip(" /:;,.")) and not title.isascii()
    }
    return sorted(titles, key=lambda title: (len(title), title))


def term(records: Sequence[Record], places: Sequence[tuple[str, str]]) -> str | None:
    """A term that the target should find: the first content at these tags and subfields that is ASCII."""
    for tag, code in places:
        for record in records:
            content = (record.first(tag, code) or "").strip(" /:;,.[]")
            if content and content.isascii():
                return content
    return None


def _readable(sample: Sequence[RawRecord]) -> Iterator[ReadRecord]:
    for raw in sample:
        if raw.deleted or raw.syntax in ("diagnostic", "sutrs"):
            continue
        answer = read(raw.raw)
        if isinstance(answer, ReadRecord):
            yield answer
