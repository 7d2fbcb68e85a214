"""zoomsh and yaz-client, terminals of the reference implementation, drive our SRU server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.catalogues import catalogue
from tests.members import sru_member

pytestmark = pytest.mark.debian("zoomsh", "yaz-client")


def drive(program: str, *commands: str) -> str:
    """What the program prints when it is given these commands; ``{address}`` is that of 50 books."""

    async def run() -> str:
        async with sru_member(catalogue(50), Path()) as base:
            lines = [command.format(address=f"{base}Books") for command in (*commands, "quit")]
            client = await asyncio.create_subprocess_exec(
                program,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            async with asyncio.timeout(20):
                output, _ = await client.communicate("\n".join(lines).encode() + b"\n")
            return output.decode("utf-8", "replace")

    return asyncio.run(run())


@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_zoomsh_searches_retrieves_scans_and_is_refused(method: str, version: str) -> None:
    said = drive(
        "zoomsh",
        f"set sru {method}",
        f"set sru_version {version}",
        "connect {address}",
        "search cql:dc.title=number1*",
        "show 0 11",
        "scan cql:dc.title=number4",
        "search cql:dc.nothing=1",
    )
    assert "Books: 11 hits" in said
    assert said.count("Book number1") == 11
    assert "number40 1" in said
    assert "Unsupported index (info:srw/diagnostic/1:16) dc.nothing" in said


@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
def test_yaz_client_sorts_and_reads_the_explanation(version: str) -> None:
    said = drive(
        "yaz-client",
        f"sru get {version}",
        "open {address}",
        "querytype cql",
        "find dc.title=book sortby rec.id/sort.descending",
        "show 1",
        "explain",
    )
    assert "Number of hits: 50" in said
    assert "Book number49 of the shelf" in said
    assert f'protocol="SRU" version="{version}"' in said
