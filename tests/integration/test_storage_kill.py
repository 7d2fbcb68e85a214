"""``kill -9`` loses nothing acknowledged (promise P5)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection

from hub.storage import outbox, schema
from hub.storage.engine import open_store

# Eight callers write without end; each number is printed only after its write was acknowledged.
WRITER = """
import asyncio, itertools, sys
from hub.storage import outbox
from hub.storage.engine import open_store

async def main():
    store = open_store(sys.argv[1])
    numbers = itertools.count()
    async def caller():
        for number in numbers:
            await store.write(lambda c, n=number: outbox.put(c, "index", [f"{n} first", f"{n} second"]))
            print(number, flush=True)
    await asyncio.gather(*(caller() for _ in range(8)))

asyncio.run(main())
"""


@pytest.mark.parametrize("acknowledged_before", [1, 40, 200])
async def test_all_that_was_acknowledged_is_there_after_a_kill(
    tmp_path: Path, acknowledged_before: int
) -> None:
    url = f"sqlite:///{tmp_path}/hub.sqlite"
    schema.upgrade(url)
    acknowledged = write_and_be_killed(url, acknowledged_before)
    assert len(acknowledged) >= acknowledged_before

    store = open_store(url)
    kept = await store.read(lambda connection: keys(connection))
    assert kept >= {f"{number} {part}" for number in acknowledged for part in ("first", "second")}
    numbers = {key.split()[0] for key in kept}
    assert len(kept) == 2 * len(numbers), "a transaction is there whole or not at all"
    await store.write(lambda connection: outbox.put(connection, "index", ["after"]))
    store.close()


def keys(connection: Connection) -> set[str]:
    return {entry.key for entry in outbox.after(connection, "index", 0, 1_000_000)}


def write_and_be_killed(url: str, after: int) -> set[str]:
    """Start a writer, kill it once it has acknowledged so many writes; all that it acknowledged."""
    with subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(after)]
        process.kill()
        lines.extend(process.stdout)
    return {line.strip() for line in lines if line.endswith("\n")}
