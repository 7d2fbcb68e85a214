"""A file of records in one flavour to a file in the other: ``tongjie convert``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.marc.crosswalk import Converted, to_cnmarc, to_marc21
from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, read
from connectors.marc.writing import Unwritable, write_iso2709
from hub.errors import Conflict, NotFound
from hub.kernel.record import Flavour, Record
from hub.services.progress import Progress

CONVERTERS: Mapping[str, Callable[[Record], Converted]] = {"cnmarc": to_cnmarc, "marc21": to_marc21}
CHINESE = frozenset({Flavour.CNMARC, Flavour.UNIMARC})


def _already(record: Record, to: str) -> bool:
    return (record.flavour in CHINESE) == (to == "cnmarc")


@dataclass(slots=True)
class _Counts:
    read: int = 0
    written: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    not_carried: Counter[str] = field(default_factory=Counter)
    missing_characters: Counter[str] = field(default_factory=Counter)


def convert_file(source: Path, target: Path, *, to: str, encoding: str, progress: Progress) -> dict[str, Any]:
    """Convert every record that can be read and written; count the rest with their reasons.

    The target appears whole or not at all.

    Returns:
        read, written, quarantined, reasons, not_carried (fields that have no place in the other flavour) and
        missing_characters (those the encoding lacks, written as character references), each with its number.

    Raises:
        NotFound: there is no such file.
        Conflict: the target is the source.
    """
    if not source.is_file():
        raise NotFound("common.not_found", field="file", what="file", key=str(source))
    if target.exists() and target.samefile(source):
        raise Conflict("matching.same_file", field="target", file=str(target))
    counts = _Counts()
    unfinished = target.with_name(f"{target.name}.part")
    with unfinished.open("wb") as out:
        for raw in read_file(source):
            counts.read += 1
            out.write(_convert(raw, to, encoding, counts))
            progress(source.name, counts.read)
    unfinished.replace(target)
    return {
        "read": counts.read,
        "written": counts.written,
        "quarantined": counts.reasons.total(),
        "reasons": dict(counts.reasons),
        "not_carried": dict(counts.not_carried),
        "missing_characters": dict(counts.missing_characters),
    }


def _convert(raw: bytes, to: str, encoding: str, counts: _Counts) -> bytes:
    """One record's bytes; none, with the reason counted, when it cannot be read or written."""
    found = read(raw)
    if not isinstance(found, ReadRecord):
        counts.reasons[found.reason] += 1
        return b""
    record: Record = found.record
    not_carried: tuple[str, ...] = ()
    if not _already(record, to):
        converted = CONVERTERS[to](record)
        record, not_carried = converted.record, converted.not_carried
    try:
        written = write_iso2709(record, encoding)
    except Unwritable as problem:
        counts.reasons[problem.reason] += 1
        return b""
    counts.written += 1
    counts.not_carried.update(not_carried)
    counts.missing_characters.update(written.missing)
    return written.raw
