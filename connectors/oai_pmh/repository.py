"""A served catalogue as a repository: its address, its sets, and the limits of a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connectors.oai_pmh.arguments import Refused
from connectors.oai_pmh.protocol import DAYS, SECONDS, ErrorCode, stamp
from connectors.serving import ServedCatalogue, ServedRecord

_SPEC: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*")


@dataclass(frozen=True, slots=True)
class ServedSet:
    """A set for selective harvesting; ``city:street`` lies within ``city``."""

    spec: str
    name: str
    holds: Callable[[ServedRecord], bool]  #: whether a record is in it; its parents' records include these


@dataclass(frozen=True, slots=True)
class Repository:
    """What is served, and how."""

    catalogue: ServedCatalogue
    base_url: str
    token_key: bytes  #: signs resumption tokens, so that nobody else can make one
    email: str = "admin@localhost.invalid"
    page: int = 100  #: records in one response
    sets: tuple[ServedSet, ...] = ()
    granularity: str = SECONDS  #: or ``DAYS``
    token_life: timedelta = timedelta(hours=24)

    def __post_init__(self) -> None:
        specs = {one.spec for one in self.sets}
        for spec in specs:
            if not _SPEC.fullmatch(spec) or spec.rpartition(":")[0] not in {*specs, ""}:
                raise ValueError(f"{spec} is no set, or lies in none")
        if len(self.token_key) < 16 or self.granularity not in (DAYS, SECONDS):
            raise ValueError("a key of 16 bytes and a granularity of the protocol are needed")

    def stamp(self, moment: datetime) -> str:
        """An instant as this repository writes datestamps."""
        return stamp(moment, days=self.granularity == DAYS)

    def identifier(self, record: ServedRecord) -> str:
        """The record's identifier as a URI."""
        return f"oai:{self.catalogue.name}:{record.identifier}"

    def record(self, identifier: str) -> ServedRecord:
        """The record under an identifier.

        Raises:
            Refused: there never was one.
        """
        prefix = f"oai:{self.catalogue.name}:"
        record = self.catalogue.record(identifier.removeprefix(prefix))
        if record is None or not identifier.startswith(prefix):
            raise Refused(ErrorCode.ID_DOES_NOT_EXIST, identifier)
        return record

    def sets_of(self, record: ServedRecord) -> tuple[str, ...]:
        """The sets that a record is in, without those that others of them lie in."""
        specs = [one.spec for one in self.sets if one.holds(record)]
        return tuple(spec for spec in specs if not any(other.startswith(f"{spec}:") for other in specs))

    def in_set(self, record: ServedRecord, spec: str) -> bool:
        """Whether a record is in a set or in one within it; every record is in the empty set."""
        if not spec:
            return True
        within = f"{spec}:"
        return any(f"{one.spec}:".startswith(within) and one.holds(record) for one in self.sets)

    def check_set(self, spec: str) -> None:
        """Refuse a set that cannot be asked for.

        Raises:
            Refused: there are no sets at all, or the text is none. An unknown set is an empty one.
        """
        if not self.sets:
            raise Refused(ErrorCode.NO_SET_HIERARCHY, "this repository has no sets")
        if not _SPEC.fullmatch(spec):
            raise Refused(ErrorCode.BAD_ARGUMENT, "set is not a setSpec")
