"""A file of records in one flavour and layout to a file in another: ``tongjie convert``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.harvesting.identifiers import control_number
from connectors.marc.crosswalk import Converted, to_cnmarc, to_marc21
from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, read
from connectors.marc.record_files import TABLES, Report, layout_of, write_file
from connectors.marc.writing import Unwritable
from hub.errors import Conflict, NotFound, Refusal
from hub.kernel.record import Flavour, Record
from hub.services.progress import Progress

#: so many of the records that are left out are named one by one
MOST_NAMED = 100
CHINESE = frozenset({Flavour.CNMARC, Flavour.UNIMARC})


@dataclass(frozen=True, slots=True)
class Conversion:
    """What to convert into what; ``layout`` auto goes by the target's name."""

    source: Path
    target: Path
    to: str
    encoding: str = "utf-8"
    layout: str = "auto"
    keep_foreign: bool = False  #: keep what MARC 21 has no place for in 886


@dataclass(slots=True)
class _Counts:
    """What was met on the way; the record last read is at position ``read``."""

    read: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    not_carried: Counter[str] = field(default_factory=Counter)
    left_out: list[dict[str, Any]] = field(default_factory=list)

    def leave_out(self, identifier: str | None, reason: str, detail: str) -> None:
        """Name the record last read as one that is not in the target."""
        if len(self.left_out) < MOST_NAMED:
            self.left_out.append(
                {"position": self.read, "record": identifier or "", "reason": reason, "detail": detail}
            )

    def refused(self, record: Record, problem: Unwritable) -> None:
        """Name a record that can be read and not be written."""
        self.leave_out(record.identifier, problem.reason, str(problem))


def convert_file(order: Conversion, progress: Progress) -> dict[str, Any]:
    """Convert every record that can be read and written; count the rest with their reasons.

    The target appears whole or not at all.

    Returns:
        read, written, quarantined, reasons, left_out (the first of them, each with its position from 1 on,
        its number, the reason and what exactly), not_carried (what has no place in the other flavour, or in
        the columns of a table) and missing_characters (those the encoding lacks, written as character
        references), each with its number.

    Raises:
        NotFound: there is no such file.
        Conflict: the target is the source.
        Refusal: a table is asked for in MARC 21.
    """
    source, target = order.source, order.target
    if not source.is_file():
        raise NotFound("common.not_found", field="file", what="file", key=str(source))
    if target.exists() and target.samefile(source):
        raise Conflict("matching.same_file", field="target", file=str(target))
    layout = layout_of(target) if order.layout == "auto" else order.layout
    if layout in TABLES and order.to == "marc21":
        raise Refusal("conversion.table_of_marc21", field="to")
    counts = _Counts()
    report = Report(refused=counts.refused)
    unfinished = target.with_name(f"{target.name}.part")
    with unfinished.open("wb") as out:
        write_file(_converted(order, counts, progress), out, layout, order.encoding, report)
    unfinished.replace(target)
    reasons = counts.reasons + report.reasons
    return {
        "read": counts.read,
        "written": report.written,
        "quarantined": reasons.total(),
        "reasons": dict(reasons),
        "left_out": counts.left_out,
        "not_carried": dict((counts.not_carried + report.not_carried).most_common()),
        "missing_characters": dict(report.missing),
    }


def _converted(order: Conversion, counts: _Counts, progress: Progress) -> Iterator[Record]:
    """The records that can be read, in the wanted flavour."""
    for raw in read_file(order.source):
        counts.read += 1
        found = read(raw)
        if isinstance(found, ReadRecord):
            converted = _in_flavour(found.record, order)
            counts.not_carried.update(converted.not_carried)
            yield converted.record
        else:
            counts.reasons[found.reason] += 1
            counts.leave_out(control_number(raw), found.reason, found.detail)
        progress(order.source.name, counts.read)


def _in_flavour(record: Record, order: Conversion) -> Converted:
    if (record.flavour in CHINESE) == (order.to == "cnmarc"):
        return Converted(record, ())
    if order.to == "cnmarc":
        return to_cnmarc(record)
    return to_marc21(record, keep_foreign=order.keep_foreign)
