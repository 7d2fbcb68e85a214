"""What is asked of a member about one record, and what it answers.

Owns: the port behind which every protocol answers whether copies are in. Must not: know a protocol, or decide
what an answer means for a loan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from connectors.errors import ConnectorError
from connectors.statuses import CirculationStatus
from connectors.words import isbn
from hub.kernel.record import Flavour, Record


@dataclass(frozen=True, slots=True)
class LocalIdentifiers:
    """What one record is known by at its member."""

    number: str = ""  #: its own number there (001); "" where it has none
    isbns: tuple[str, ...] = ()  #: for targets that do not find the number


@dataclass(frozen=True, slots=True)
class LiveItem:
    """A copy as its member's system says it stands now; texts as they came, "" where nothing is said."""

    barcode: str | None  #: None where the system names its copies otherwise or not at all
    location: str = ""
    shelf: str = ""
    call_number: str = ""
    volume: str = ""
    status: CirculationStatus = "unknown"
    status_text: str = ""  #: the words that the status was read from
    due: date | None = None  #: a day of the member's calendar
    copies: int = 1  #: more than one where only a number is told


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """One record that a target found, with what it says is held of it."""

    record: Record | None  #: None where the holdings came without one, or it cannot be read
    items: tuple[LiveItem, ...]


class AvailabilitySource(Protocol):
    """One member's system. Not for use by several tasks at once."""

    async def ask(self, identifiers: LocalIdentifiers) -> tuple[LiveItem, ...]:
        """The copies of a record; none where the system has the record and says nothing of copies.

        Raises:
            ConnectorError: ``record_not_found``, or the system cannot be reached, refuses or makes no sense.
        """
        ...

    async def close(self) -> None:
        """Let go of the connection; the next question opens another."""
        ...


def asked_for(found: Iterable[HeldRecord], identifiers: LocalIdentifiers, where: str) -> tuple[LiveItem, ...]:
    """The copies of the record that was meant, out of what a target found.

    A target may find more than it was asked for, since numbers are often searched as words: the record with
    the same 001 counts; without one, those with one of the ISBNs; else the only one found.

    Raises:
        ConnectorError: ``record_not_found``.
    """
    records = list(found)
    same = [one for one in records if one.record is not None and _number(one.record) == identifiers.number]
    if identifiers.number and same:
        return same[0].items
    wanted = {isbn(number) for number in identifiers.isbns}
    alike = [one for one in records if one.record is not None and wanted & _isbns(one.record)]
    if alike:
        return tuple(item for one in alike for item in one.items)
    if len(records) == 1 and not _another(records[0].record, identifiers):
        return records[0].items
    raise not_found(identifiers, where)


def not_found(identifiers: LocalIdentifiers, where: str) -> ConnectorError:
    """The error for a record that a target does not have."""
    named = ", ".join(filter(None, (identifiers.number, *identifiers.isbns)))
    return ConnectorError("record_not_found", where, identifiers=named)


def _another(record: Record | None, identifiers: LocalIdentifiers) -> bool:
    """Whether a record's own number says that it is not the one that was meant."""
    number = "" if record is None else _number(record)
    return bool(number and identifiers.number and number != identifiers.number)


def _number(record: Record) -> str:
    return record.identifier or ""


def _isbns(record: Record) -> set[str]:
    tag = "020" if record.flavour is Flavour.MARC21 else "010"
    # Qualifiers follow the number after a blank or in brackets.
    return {isbn(value.split("(")[0].strip()) for value in record.all(tag, "a")}
