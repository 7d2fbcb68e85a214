"""tongjie bench."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from typing import Any

from hub.benchmarks.running import Wanted, run
from hub.benchmarks.table import BENCHMARKS
from hub.cli.command import Answer, Command, Context, absolute
from hub.cli.saying import table, told
from hub.messages.catalogue import label, text


def positive(value: str) -> int:
    """An argument type: a number of things, one at least."""
    number = int(value)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {number}")
    return number


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", choices=sorted(BENCHMARKS), metavar="NAME", help=", ".join(sorted(BENCHMARKS))
    )
    parser.add_argument("--records", type=positive)
    parser.add_argument("--rounds", type=positive, default=5)
    parser.add_argument("--file", type=absolute)


async def _bench(context: Context, arguments: argparse.Namespace) -> Answer:
    wanted = Wanted(arguments.name, arguments.rounds, arguments.records, arguments.file)
    # Where the hub keeps its data, since the disk is part of what is measured.
    folder = context.settings.data.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return await run(wanted, folder, time.perf_counter, context.language, context.progress)


def _say(answer: Answer, language: str) -> Iterable[str]:
    yield text(BENCHMARKS[answer["name"]].summary, language)
    yield ""
    yield from table(list(_rows(answer)), language)
    yield ""
    for name, done in answer["work"].items():
        yield f"{name}: {done}"
    if not answer["same_work"]:
        yield text("bench.not_the_same_work", language)
    for side, reason in answer["absent"].items():
        yield f"{side}: {reason}"
    for name in ("records", "rounds"):
        yield f"{label(name, language)}: {answer[name]}"


def _rows(answer: Answer) -> Iterator[dict[str, Any]]:
    """One row a figure: every side's value, and the ratios with their lowest and highest."""
    rows: dict[str, dict[str, Any]] = {}
    for name, value in answer["figures"].items():
        figure, _, side = name.partition(".")
        rows.setdefault(figure, {"figure": figure})[side] = f"{value:,.6g}"
    for name, ratio in answer["ratios"].items():
        figure, _, sides = name.partition(".")
        low, high = answer["ratio_ranges"][name]
        rows[figure][sides] = f"{told(ratio)} ({told(low)}-{told(high)})"
    yield from rows.values()


COMMANDS = (Command(("bench",), "bench.about", _bench, _say, _arguments, needs_hub=False),)
