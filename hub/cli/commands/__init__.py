"""The table of commands."""

from __future__ import annotations

from hub.cli.command import Command
from hub.cli.commands import (
    accounts,
    benchmark,
    catalogue,
    dedupe,
    demo,
    maintenance,
    network,
    serve,
    simulate,
    source_records,
    sources,
    timetable,
)

COMMANDS: tuple[Command, ...] = (
    *demo.COMMANDS,
    *serve.COMMANDS,
    *network.COMMANDS,
    *sources.COMMANDS,
    *source_records.COMMANDS,
    *timetable.COMMANDS,
    *catalogue.COMMANDS,
    *dedupe.COMMANDS,
    *simulate.COMMANDS,
    *maintenance.COMMANDS,
    *benchmark.COMMANDS,
    *accounts.COMMANDS,
)
