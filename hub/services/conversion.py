"""A file of records in one flavour to a file in the other: ``tongjie convert``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from connectors.marc.crosswalk import Converted, to_cnmarc, to_marc21
from connectors.marc.files import read_file
from connectors.marc.reading import ReadRecord, read
from connectors.marc.writing import to_iso2709
from hub.errors import NotFound
from hub.kernel.record import Flavour, Record
from hub.services.progress import Progress

CONVERTERS: Mapping[str, Callable[[Record], Converted]] = {"cnmarc": to_cnmarc, "marc21": to_marc21}
CHINESE = frozenset({Flavour.CNMARC, Flavour.UNIMARC})


def _already(record: Record, to: str) -> bool:
    return (record.flavour in CHINESE) == (to == "cnmarc")


def convert_file(source: Path, target: Path, *, to: str, encoding: str, progress: Progress) -> dict[str, Any]:
    """Convert every record that can be read; count the rest with their reasons.

    Returns:
        read, written, quarantined, reasons, and not_carried: fields that have no place in the other flavour.

    Raises:
        NotFound: there is no such file.
    """
    if not source.is_file():
        raise NotFound("common.not_found", field="file", what="file", key=str(source))
    read_count, written = 0, 0
    reasons, not_carried = Counter[str](), Counter[str]()
    with target.open("wb") as out:
        for raw in read_file(source):
            read_count += 1
            found = read(raw)
            if not isinstance(found, ReadRecord):
                reasons[found.reason] += 1
                continue
            record = found.record
            if not _already(record, to):
                converted = CONVERTERS[to](record)
                record = converted.record
                not_carried.update(converted.not_carried)
            out.write(to_iso2709(record, encoding=encoding))
            written += 1
            progress(source.name, read_count)
    return {
        "read": read_count,
        "written": written,
        "quarantined": reasons.total(),
        "reasons": dict(reasons),
        "not_carried": dict(not_carried),
    }
