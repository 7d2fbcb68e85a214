"""tongjie dedupe evaluate and explain."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from hub.cli.command import Answer, Command, Context, absolute
from hub.cli.saying import labelled
from hub.services.matching import evaluate_files, explain_records

EVIDENCE = ("215", "price", "series", "isbn")


def evidence(value: str) -> frozenset[str]:
    """An argument type: kinds of evidence to hide, with commas between."""
    names = frozenset(part.strip() for part in value.split(",") if part.strip())
    if unknown := names - set(EVIDENCE):
        raise argparse.ArgumentTypeError(
            f"cannot hide {', '.join(sorted(unknown))}; only {', '.join(EVIDENCE)}"
        )
    return names


def _evaluate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--records", type=absolute, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--pairs", type=absolute, required=True, metavar="FILE")
    parser.add_argument("--without", type=evidence, default=frozenset(), metavar=",".join(EVIDENCE))


def _explain_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", metavar="RECORD")
    parser.add_argument("second", metavar="RECORD")


async def _evaluate(context: Context, arguments: argparse.Namespace) -> Answer:
    records: list[Path] = arguments.records
    return evaluate_files(records, arguments.pairs, arguments.without, time.monotonic, context.progress)


async def _explain(context: Context, arguments: argparse.Namespace) -> Answer:
    return await explain_records(context.opened(), arguments.first, arguments.second)


COMMANDS = (
    Command(
        ("dedupe", "evaluate"),
        "cli.dedupe_evaluate",
        _evaluate,
        labelled,
        _evaluate_arguments,
        needs_hub=False,
    ),
    Command(("dedupe", "explain"), "cli.dedupe_explain", _explain, labelled, _explain_arguments),
)
