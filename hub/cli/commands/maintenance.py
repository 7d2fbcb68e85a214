"""tongjie doctor, backup, restore and upgrade."""

from __future__ import annotations

import argparse
import asyncio
import os
from datetime import UTC, datetime

from hub.bootstrap.assembly import database_url
from hub.cli.command import Answer, Command, Context, absolute
from hub.cli.saying import broken_promises, labelled
from hub.services.doctor.examination import examine
from hub.storage.backup import backup, restore
from hub.storage.lock import HubLock
from hub.storage.schema import upgrade


def _file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=absolute)


def _restore_arguments(parser: argparse.ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("--overwrite", action="store_true")


async def _doctor(context: Context, arguments: argparse.Namespace) -> Answer:
    del arguments
    return (await examine(context.opened(), context.progress)).to_dict(context.language)


async def _backup(context: Context, arguments: argparse.Namespace) -> Answer:
    now = context.opened().clock.now()
    url = database_url(context.settings)
    manifest = await asyncio.to_thread(backup, url, arguments.file, now, context.environment)
    return {"file": str(arguments.file), "bytes": manifest.bytes, "sha256": manifest.sha256}


async def _restore(context: Context, arguments: argparse.Namespace) -> Answer:
    data = context.settings.data
    data.mkdir(parents=True, exist_ok=True)
    with HubLock(data, os.getpid(), datetime.now(UTC)):
        url = database_url(context.settings)
        manifest = await asyncio.to_thread(
            restore, arguments.file, url, context.environment, overwrite=arguments.overwrite
        )
        _, revision = await asyncio.to_thread(upgrade, url)
    return {"file": str(arguments.file), "made_at": manifest.made_at.isoformat(), "revision": revision}


async def _upgrade(context: Context, arguments: argparse.Namespace) -> Answer:
    del arguments
    data = context.settings.data
    data.mkdir(parents=True, exist_ok=True)
    with HubLock(data, os.getpid(), datetime.now(UTC)):
        before, now = await asyncio.to_thread(upgrade, database_url(context.settings))
    return {"before": before, "revision": now}


COMMANDS = (
    Command(("doctor",), "cli.doctor", _doctor, labelled, complaints=broken_promises),
    Command(("backup",), "cli.backup", _backup, labelled, _file),
    Command(("restore",), "cli.restore", _restore, labelled, _restore_arguments, needs_hub=False),
    Command(("upgrade",), "cli.upgrade", _upgrade, labelled, needs_hub=False),
)
