"""tongjie doctor, backup, restore and upgrade."""

from __future__ import annotations

import argparse
import asyncio

from hub.bootstrap.assembly import SystemClock, database_url, index_folder
from hub.cli.command import Answer, Command, Context, absolute
from hub.cli.saying import broken_promises, labelled
from hub.services import safekeeping
from hub.services.doctor.examination import examine


def _file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=absolute)


def _restore_arguments(parser: argparse.ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("--overwrite", action="store_true")


async def _doctor(context: Context, arguments: argparse.Namespace) -> Answer:
    del arguments
    return (await examine(context.opened(), context.progress)).to_dict(context.language)


def _kept(context: Context) -> safekeeping.Kept:
    settings = context.settings
    return safekeeping.Kept(
        database_url(settings), settings.data, index_folder(settings), context.environment
    )


async def _backup(context: Context, arguments: argparse.Namespace) -> Answer:
    now = context.opened().clock.now()
    return await asyncio.to_thread(safekeeping.back_up, _kept(context), arguments.file, now)


async def _restore(context: Context, arguments: argparse.Namespace) -> Answer:
    now = SystemClock().now()
    return await asyncio.to_thread(
        safekeeping.restore, _kept(context), arguments.file, now, overwrite=arguments.overwrite
    )


async def _upgrade(context: Context, arguments: argparse.Namespace) -> Answer:
    del arguments
    return await asyncio.to_thread(safekeeping.upgrade, _kept(context), SystemClock().now())


COMMANDS = (
    Command(("doctor",), "cli.doctor", _doctor, labelled, complaints=broken_promises),
    Command(("backup",), "cli.backup", _backup, labelled, _file),
    Command(("restore",), "cli.restore", _restore, labelled, _restore_arguments, needs_hub=False),
    Command(("upgrade",), "cli.upgrade", _upgrade, labelled, needs_hub=False),
)
