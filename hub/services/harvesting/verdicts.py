"""Was the run complete? Promise P7, decided from what the target said and what came. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.ports import Counted, Finished
from hub.storage.harvests.values import Tally


@dataclass(frozen=True, slots=True)
class RunVerdict:
    """How a run ended."""

    state: str  #: complete, incomplete or failed; paused where the run goes on later
    expected: int | None
    problem: str = ""


def judge(counted: dict[str, Counted], finished: Finished, tally: Tally, inexact: int) -> RunVerdict:
    """A run is complete when every slice was exact, the total stood still, and everything has its place.

    Args:
        counted: the target's totals, by moment (before, after).
        finished: the connector's last word.
        tally: what became of the records received.
        inexact: slices that brought another number than they counted.
    """
    before, after = counted.get("before"), counted.get("after")
    expected = after.total if after is not None else before.total if before is not None else None
    if finished.problem is not None:
        return RunVerdict("incomplete" if tally.received else "failed", expected, said(finished))
    if expected is None:
        return RunVerdict("incomplete", None, "total_unknown")
    if before is not None and before.total != expected:
        return RunVerdict("incomplete", expected, f"total_changed: before={before.total}, after={expected}")
    if inexact:
        return RunVerdict("incomplete", expected, f"slice_inexact: slices={inexact}")
    if tally.received != expected:
        return RunVerdict("incomplete", expected, f"sum_differs: sum={tally.received}, total={expected}")
    return RunVerdict("complete", expected)


def said(finished: Finished) -> str:
    """The last word of a connector as a run keeps it: ``code`` or ``code: particulars``, or nothing."""
    particulars = ", ".join(f"{name}={value}" for name, value in finished.values.items())
    return f"{finished.problem}: {particulars}" if particulars else finished.problem or ""
