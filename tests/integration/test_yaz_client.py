"""The reference implementation's terminal and its library's shell drive our Z39.50 server."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from pathlib import Path

import pytest

from connectors.serving import ServedCatalogue
from connectors.z3950.answering import ServerLimits, ServerSession
from connectors.z3950.apdu import Credentials
from connectors.z3950.opac import Circulation, OpacHolding
from connectors.z3950.server import listen
from tests.catalogues import catalogue
from tests.certificates import self_signed

pytestmark = [
    pytest.mark.debian("yaz-client"),
    pytest.mark.skipif(shutil.which("yaz-client") is None, reason="yaz-client is not installed"),
]


def held(identifier: str) -> tuple[OpacHolding, ...]:
    """One copy in and one on loan of every record."""
    items = (
        Circulation(available_now=True, item_id=f"{identifier}-1"),
        Circulation(available_now=False, availability_date="2026-12-01", item_id=f"{identifier}-2"),
    )
    return (OpacHolding(local_location="Main", call_number="I247/1", circulation=items),)


def known(who: Credentials | None) -> bool:
    """Whoever names no password may come in, as may whoever names the right one."""
    return who is None or who.password in (None, "right")


def drive(served: ServedCatalogue, *commands: str, before: tuple[str, ...] = ()) -> str:
    """What yaz-client prints when it is given these commands, some of them before it connects."""

    async def run() -> str:
        limits = ServerLimits(records_per_present=7)

        def session() -> ServerSession:
            return ServerSession(served, limits, holdings=held, admits=known)

        async with await listen(session, "127.0.0.1", 0) as server:
            lines = [*before, f"open 127.0.0.1:{server.port}", "base Books", *commands, "quit"]
            return await output("yaz-client", lines)

    return asyncio.run(run())


async def output(program: str, lines: list[str], *arguments: str) -> str:
    """What a program prints when it reads these lines."""
    client = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(20):
        printed, _ = await client.communicate("\n".join(lines).encode() + b"\n")
    return printed.decode("utf-8", "replace")


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
        (["find @attr 1=4 book", "format grs-1", "show 1"], "[239] Record syntax not supported"),
        (["find @attr 1=4 book", "format opac", "show 2"], "itemId: b000001-2"),
        (["find @attr 1=4 book", "schema 1.2.840.10003.13.1", "elements F", "show 1"], "number0 of"),
        (["find @attr 1=4 book", "elements galaxy", "show 1"], "[25]"),
        (["find @and @attr 1=1003 author3 @attr 1=4 @attr 5=1 number1"], "Number of hits: 2,"),
        (["find @attr 1=12 b000031"], "Number of hits: 1,"),
        (["find @attr 1=7 9787020002207"], "Number of hits: 0,"),
        (["find @attr 1=4 @attr 5=102 number"], "[120]"),
        (["find @attr 1=4 book", "sort title d", "show 1"], "number9 of the shelf"),
        (["find @attr 1=4 book", "sort 1=12 i>", "show 1"], "number49 of the shelf"),
        (["find @attr 1=4 book", "sort nothing i"], "[207] Cannot sort according to sequence"),
        (["find @attr 1=4 book", "cancel", "find @attr 1=4 number7"], "Number of hits: 1,"),
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


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (["authentication user group right"], "Connection accepted"),
        (["authentication user group wrong"], "authentication failed"),
        (["authentication open/string"], "Connection accepted"),
        (["negcharset utf-8"], "Accepted character set : UTF-8"),
        (["negcharset big5"], "Connection accepted"),
    ],
)
def test_it_is_let_in_as_it_asks(before: list[str], said: str) -> None:
    assert said in drive(catalogue(5), "find @attr 1=4 book", before=tuple(before))


def test_a_long_query_arrives_whole() -> None:
    words = " ".join(["@or"] * 299 + [f"@attr 1=4 number{number}" for number in range(300)])
    assert "Number of hits: 50," in drive(catalogue(50), f"find {words}")


@pytest.mark.debian("zoomsh")
def test_zoomsh_drives_it_too() -> None:
    async def run() -> str:
        async with await listen(
            lambda: ServerSession(catalogue(50), holdings=held), "127.0.0.1", 0
        ) as server:
            lines = [
                "set presentChunk 3", "set preferredRecordSyntax usmarc",
                f"connect 127.0.0.1:{server.port}/Books",
                "search @attr 1=4 @attr 5=1 number4", "show 0 11",
                "scan @attr 1=12 b000047",
                "sortby z3950 1=12 d", "set count 0", "search @attr 1=4 book", "show 0 1",
                "set preferredRecordSyntax opac", "show 48 1",
                "search @attr 1=9999 x", "quit",
            ]  # fmt: skip
            return await output("zoomsh", lines)

    printed = asyncio.run(run())
    for said in (
        "Books: 11 hits", "10 database=Books syntax=USmarc", "b000049 1", "Books: 50 hits",
        "<callNumber>I247/1</callNumber>", "Unsupported Use attribute (Bib-1:114) 9999",
    ):  # fmt: skip
        assert said in printed, printed


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"))


def test_tls_is_spoken_with_it(certificate: Path) -> None:
    async def run() -> str:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        # YAZ 5.34 takes the session tickets of TLS 1.3, which come of their own accord, for an answer.
        context.num_tickets = 0
        async with await listen(lambda: ServerSession(catalogue(50)), "127.0.0.1", 0, tls=context) as server:
            lines = [f"open ssl:127.0.0.1:{server.port}", "base Books", "find @attr 1=4 book", "quit"]
            return await output("yaz-client", lines)

    assert "Number of hits: 50," in asyncio.run(run())
