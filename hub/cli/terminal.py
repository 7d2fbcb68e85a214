"""Progress on a terminal: bars where a person watches, a line now and then where a log does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from hub.services.progress import Progress, unwatched


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator[Progress]:
    """Bars on stderr while the command runs; nothing when ``quiet`` or when stderr is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield unwatched
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(task: str, done: int, total: int | None = None) -> None:
            if task not in tasks:
                tasks[task] = bars.add_task(task, total=total)
            bars.update(tasks[task], completed=done, total=total)

        yield show
