"""What a benchmark is: sides that do the same work, and the figures by which they are compared."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from hub.messages.catalogue import text
from hub.services.progress import Progress, unwatched

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BenchmarkOrder:
    """What is to be measured, and with what."""

    records: int
    rounds: int
    folder: Path  #: for scratch files, on the disk that is to be measured
    stopwatch: Callable[[], float]  #: seconds from any fixed start
    file: Path | None = None  #: records to use in the place of made ones
    progress: Progress = unwatched
    processor: Callable[[], float] = time.thread_time  #: seconds of processor time this thread has used

    def seconds(self, work: Callable[[], T]) -> tuple[T, float]:
        """What ``work`` answers, and the seconds it took."""
        began = self.stopwatch()
        answer = work()
        return answer, self.stopwatch() - began


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; its name ends with its unit."""

    name: str
    more_is_better: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """One side's round: its values by the names of the figures, and what was done, equal on every side."""

    values: Mapping[str, float]
    work: str


@dataclass(frozen=True, slots=True)
class Side:
    """One way to do the work: ours or a peer's."""

    name: str
    run: Callable[[], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Measure:
    """The same work done by each side in turn. The first side is ours; the others are its peers."""

    name: str
    figures: tuple[Figure, ...]
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """A side that cannot take part here: its name, and the message that says why."""

    side: str
    reason: str
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """Why, in words."""
        return text(self.reason, language, **self.values)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A benchmark ready to be measured: data made, peers found or known to be absent."""

    measures: tuple[Measure, ...]
    absent: tuple[Absent, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)  #: measured once, while preparing


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark by its name. ``prepare`` makes the data and clears it away after the last round."""

    name: str
    summary: str  #: key of a message
    records: int  #: where none are asked for
    prepare: Callable[[BenchmarkOrder], AbstractAsyncContextManager[Prepared]]
