"""The peer of ``z3950``: yaz-client, Index Data's command-line client, told to fetch everything."""

from __future__ import annotations

import asyncio
from pathlib import Path

from connectors.transport import TcpAddress

PROGRAMS = ("yaz-client",)
LONGEST_SECONDS = 600.0


async def fetch(address: TcpAddress, query: str, count: int, chunk: int, file: Path) -> int:
    """Find ``query`` and show ``count`` records, ``chunk`` at a time, into ``file``; how many bytes came.

    Raises:
        TimeoutError: it did not finish.
    """
    shown = [f"show {start}+{min(chunk, count - start + 1)}" for start in range(1, count + 1, chunk)]
    lines = [
        f"open {address.host}:{address.port}", f"base {address.path}", "format usmarc", f"find {query}",
        *shown, "quit",
    ]  # fmt: skip
    client = await asyncio.create_subprocess_exec(
        "yaz-client", "-m", str(file),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await client.communicate("\n".join(lines).encode() + b"\n")
    finally:
        if client.returncode is None:
            client.kill()
            await client.wait()
    return await asyncio.to_thread(_size, file)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
