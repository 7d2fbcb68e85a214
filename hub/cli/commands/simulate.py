"""tongjie simulate."""

from __future__ import annotations

import argparse

from hub.bootstrap.simulated import REQUESTS_PER_DAY, SimulationOrder, simulate
from hub.cli.command import Answer, Command, Context
from hub.cli.saying import broken_promises, labelled

MOST_DAYS = 3650


def _number(value: str) -> int:
    """An argument type: a whole number of at least one."""
    if not value.isdecimal() or not 1 <= int(value) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{value!r} is no whole number from 1 to {MOST_DAYS}")
    return int(value)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=_number, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--requests-per-day", type=_number, default=REQUESTS_PER_DAY)
    parser.add_argument("--faults", action="store_true")


async def _simulate(context: Context, arguments: argparse.Namespace) -> Answer:
    order = SimulationOrder(arguments.days, arguments.seed, arguments.requests_per_day, arguments.faults)
    return await simulate(order, context.progress)


COMMANDS = (
    Command(
        ("simulate",), "cli.simulate", _simulate, labelled, _arguments, complaints=broken_promises,
        needs_hub=False,
    ),
)  # fmt: skip
