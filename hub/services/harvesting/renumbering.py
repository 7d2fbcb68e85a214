"""When a member changes its system, its records get new identifiers: a map of old to new carries all over.

Load the map after the change and before the first harvest under the new identifiers; loaded later, it joins
what that harvest took for new records to the old ones. Nothing else in the hub notices: an edition, a
decision, a volume, a reservation and a request stay with their record.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from hub.errors import NotFound, Refusal
from hub.services.context import Principal, Transaction
from hub.services.harvesting.profiles import SourceInput
from hub.services.operations import ADMINISTRATORS, Operation
from hub.storage import harvests

#: identifiers listed in an answer; the others are only counted
LISTED = 20
MOST_PAIRS = 50_000  #: in one request over HTTP; the command line takes files of any length
#: where a source's row keeps which maps were loaded
LOADED = "renumbered"
HEADINGS = frozenset({"old", "old_id", "旧号", "旧编号", "原编号"})
LONGEST_IDENTIFIER = 200


class RenumberInput(SourceInput):
    """The map, and whether only to count what it would change."""

    pairs: list[tuple[str, str]] = Field(max_length=MOST_PAIRS)
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Renumbering:
    """A map to be loaded."""

    source: str
    pairs: Mapping[str, str]
    dry_run: bool


def read_map(file: Path) -> dict[str, str]:
    """The map in a CSV file: two columns, old and new identifier, with or without headings; tabs will do.

    Raises:
        NotFound: there is no such file.
        Refusal: naming the first line that is wrong.
    """
    if not file.is_file():
        raise NotFound("common.not_found", field="file", what="file", key=str(file))
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("sources.map_not_utf8", field="file", file=file.name) from None
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    headed = bool(rows) and rows[0][:1] != [] and rows[0][0].strip().casefold() in HEADINGS
    return checked_map(rows[headed:], first_line=1 + headed)


def checked_map(rows: Iterable[Sequence[str]], first_line: int = 1) -> dict[str, str]:
    """The map in these rows; empty ones are passed over.

    Raises:
        Refusal: naming the line, or the identifiers that stand in it twice.
    """
    pairs: dict[str, str] = {}
    for line, row in enumerate(rows, start=first_line):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != 2 or not all(0 < len(cell) <= LONGEST_IDENTIFIER for cell in cells):
            raise Refusal("sources.bad_map_line", field="pairs", line=line, stated=", ".join(cells))
        if cells[0] in pairs:
            raise Refusal("sources.map_repeats", field="pairs", identifiers=cells[0], line=line)
        pairs[cells[0]] = cells[1]
    twice = [new for new, number in Counter(pairs.values()).items() if number > 1]
    if twice:
        listed = ", ".join(twice[:LISTED])
        raise Refusal("sources.map_repeats", field="pairs", identifiers=listed, line="-")
    if not pairs:
        raise Refusal("sources.map_empty", field="pairs")
    return pairs


def renumber(tx: Transaction, wanted: Renumbering) -> dict[str, Any]:
    """Give a source's records their new identifiers, all in one transaction; or count what that would change.

    The same map loaded again changes nothing.

    Raises:
        NotFound: there is no such source.
    """
    source = harvests.locked_source(tx.connection, wanted.source)
    digest = hashlib.sha256(json.dumps(sorted(wanted.pairs.items())).encode()).hexdigest()
    loaded: list[dict[str, str]] = list(source.profile.get(LOADED, ()))
    before = next((entry["at"] for entry in loaded if entry["map"] == digest), None)
    plan = harvests.renumbering(tx.connection, source.name, {} if before else wanted.pairs)
    named = {*wanted.pairs, *wanted.pairs.values()}
    left = harvests.live_beside(tx.connection, source.name, named, LISTED)
    decisions = 0
    if not wanted.dry_run and plan.keys:
        decisions = harvests.renumber(tx.connection, source.name, plan, tx.now)
        entry = {"map": digest, "at": tx.now.isoformat()}
        harvests.amend_profile(tx.connection, source.name, {LOADED: [*loaded, entry]})
    return {
        "source": source.name,
        "map_lines": len(wanted.pairs),
        "renumbered": len(plan.renames),
        "joined": len(plan.takeovers),
        "already": len(plan.already),
        "unmatched": len(plan.unmatched),
        "unmatched_first": plan.unmatched[:LISTED],
        "not_named_first": left,
        "decisions": decisions,
        "loaded_before": before or "",
        "dry_run": wanted.dry_run,
    }


def decide(tx: Transaction, principal: Principal, command: RenumberInput) -> dict[str, Any]:
    """As ``renumber``, for the API."""
    del principal
    return renumber(tx, Renumbering(command.source, checked_map(command.pairs), command.dry_run))


OPERATIONS = (
    Operation(
        "sources.renumber", "POST", "/api/v1/sources/{source}/renumber", ADMINISTRATORS, RenumberInput,
        "Give a source's records new identifiers by a map; decisions, volumes and requests stay with them.",
        decide=decide,
    ),
)  # fmt: skip
