"""A result set delivered whole: as fast as the target allows, record by record where it refuses.

Owns: how many records are asked for at once, and what a refused request means.
Must not: search, or open an association.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from connectors.errors import Diagnostic, Disconnected, ProtocolViolation
from connectors.z3950 import oids
from connectors.z3950.apdu import DiagnosticRecord, Slot
from connectors.z3950.client import Client
from connectors.z3950.settings import Settings

_OUT_OF_RANGE: Final = 13
_NO_SUCH_RESULT_SET: Final = 30
_MAX_REFUSED_IN_A_ROW: Final = 20


async def deliver(
    client: Client, settings: Settings, position: int, hits: int
) -> AsyncGenerator[tuple[Slot, ...], None]:
    """The records of the result set "default" from ``position`` to ``hits``, one answer after another.

    A request that is refused is made smaller; a single record that is refused comes as a diagnostic in its
    place.

    Raises:
        Diagnostic: the target refuses whatever it is asked for.
        ConnectorError: the conversation broke off, made no sense, or the result set was lost.
    """
    pace = Pace(settings.chunk, settings.pipeline)
    while position <= hits:
        count = pace.reach(hits - position + 1)
        try:
            answers = client.fetch(position, count, chunk=pace.chunk, in_flight=pace.in_flight)
            async with aclosing(answers):
                async for slots in answers:
                    if not slots:
                        reason = "a Present without records"
                        raise ProtocolViolation("no_progress", settings.where, reason=reason)
                    pace.faster()
                    position += len(slots)
                    yield slots
        except Diagnostic as error:
            _raise_if_hopeless(error, pace)
            if pace.chunk > 1:
                pace.slower()
                continue
            # One record alone is refused: it takes its place among those received, as a refusal.
            pace.refused += 1
            position += 1
            yield (DiagnosticRecord(error.number, error.detail, error.diagnostic_set),)


class Pace:
    """How much is asked for at once: less after a refusal, more again after a success."""

    def __init__(self, chunk: int, in_flight: int) -> None:
        self._most_chunk, self._most_in_flight = chunk, in_flight
        self.chunk = chunk
        self.refused = 0  #: single records refused since the last success
        self._doubted = False

    @property
    def in_flight(self) -> int:
        """Requests at the target at once."""
        return 1 if self._doubted else self._most_in_flight

    def reach(self, left: int) -> int:
        """How many of the records that are left to ask for before the pace is looked at again."""
        return min(self.chunk, left) if self._doubted else left

    def slower(self) -> None:
        """Half as many, one request at a time."""
        self.chunk, self._doubted = max(1, self.chunk // 2), True

    def faster(self) -> None:
        """Twice as many, up to what was configured."""
        self.refused = 0
        if self._doubted:
            self._doubted = self.chunk * 2 < self._most_chunk
            self.chunk = min(self._most_chunk, self.chunk * 2)


def _raise_if_hopeless(error: Diagnostic, pace: Pace) -> None:
    if error.number == _NO_SUCH_RESULT_SET and error.diagnostic_set == oids.BIB1_DIAGNOSTICS:
        raise Disconnected("disconnected", error.where, reason="the result set was lost") from error
    if error.number == _OUT_OF_RANGE or pace.refused >= _MAX_REFUSED_IN_A_ROW:
        raise error
