"""yaz-client, the reference implementation's terminal, drives our Z39.50 server."""

from __future__ import annotations

import asyncio
import shutil

import pytest

from connectors.serving import ServedCatalogue
from connectors.z3950.answering import ServerLimits, ServerSession
from connectors.z3950.server import listen
from tests.catalogues import catalogue

pytestmark = [
    pytest.mark.debian("yaz-client"),
    pytest.mark.skipif(shutil.which("yaz-client") is None, reason="yaz-client is not installed"),
]


def drive(served: ServedCatalogue, *commands: str) -> str:
    """What yaz-client prints when it is given these commands."""

    async def run() -> str:
        limits = ServerLimits(records_per_present=7)
        async with await listen(lambda: ServerSession(served, limits), "127.0.0.1", 0) as server:
            lines = [f"open 127.0.0.1:{server.port}", "base Books", *commands, "quit"]
            client = await asyncio.create_subprocess_exec(
                "yaz-client",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            async with asyncio.timeout(20):
                output, _ = await client.communicate("\n".join(lines).encode() + b"\n")
            return output.decode("utf-8", "replace")

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (["find @attr 1=4 number7"], "Number of hits: 1,"),
        (["find @or @or @attr 1=4 number1 @attr 1=4 number2 @attr 1=4 number3"], "Number of hits: 3,"),
        (["find @not @attr 2=103 x @attr 1=4 number2"], "Number of hits: 49,"),
        (["find @attr 1=4 number7", "show 1"], "Book number7 of the shelf"),
        (["find @attr 1=4 book", "format xml", "show 3+1"], 'tag="001">b000002<'),
        (["find @attr 1=4 book", "format sutrs", "show 3+1"], "Record type: SUTRS"),
        (["find @attr 1=4 book", "show 1+10"], "nextResultSetPosition = 8"),
        (["find @attr 1=4 book", "show 50+3"], "[13] Present request out of range"),
        (["find @attr 1=9999 x"], "[114] Unsupported Use attribute"),
        (["base Nowhere", "find x"], "[109] Database unavailable"),
        (["find @attr 1=4 book", "format opac", "show 1"], "[239] Record syntax not supported"),
        (["querytype cql", "find dc.title=number7"], "Number of hits: 1,"),
        (["querytype cql", "find dc.title=number1*"], "Number of hits: 11,"),
        (["querytype cql", "find dc.title prox x"], "[3] Unsupported search"),
        (["querytype cql", "find ((("], "[108] Malformed query"),
        (["querytype ccl", "find x"], "[107] Query type not supported"),
        (["find @prox 0 3 0 2 k 2 @attr 1=4 book @attr 1=4 of"], "[110] Operator unsupported"),
        (["scan @attr 1=12 b000010"], "* b000010 (1)"),
        (["scan @attr 1=9999 x"], "[114]"),
        (["find @attr 1=4 book", "delete 1"], "deleteResultSetResponse"),
        (["close"], "Reason: finished"),
    ],
)
def test_it_says(commands: list[str], said: str) -> None:
    output = drive(catalogue(50), *commands)
    assert said.casefold() in output.casefold(), output


def test_a_long_query_arrives_whole() -> None:
    words = " ".join(["@or"] * 299 + [f"@attr 1=4 number{number}" for number in range(300)])
    assert "Number of hits: 50," in drive(catalogue(50), f"find {words}")
