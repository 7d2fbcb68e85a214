from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from connectors import testing
from connectors.errors import ConnectorError
from connectors.testing import HttpFault, Reply
from connectors.transport import HttpClient, HttpPolicy

SECRET = {"query": "all", "x-password": "open sesame"}


async def no_wait(_seconds: float) -> None:
    return None


def asked(*faults: HttpFault, base: str = "{address}") -> bytes:
    async def run() -> bytes:
        async with testing.http_peer(lambda _parameters: b"done", *faults) as address:
            policy = HttpPolicy(seconds=5.0, attempts=1)
            async with HttpClient(base.format(address=address), policy, sleep=no_wait) as client:
                return await client.get(SECRET)

    return asyncio.run(run())


def away(location: str) -> HttpFault:
    def fault(reply: Reply) -> Reply:
        return replace(reply, status=302, headers=(("Location", location),)) if reply.number == 1 else reply

    return fault


def bad_header(reply: Reply) -> Reply:
    return replace(reply, headers=(("Bad Name", "value"),))


FAULTS = {
    "a bad header": bad_header,
    "a redirect with the query": away("http://10.0.0.1/?x-password=open+sesame"),
    "a redirect with a password": away("http://user:sesame@10.0.0.1/"),
    "a redirect to no address": away("http://[?x-password=sesame"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_error_does_not_tell_what_was_sent(fault: HttpFault) -> None:
    with pytest.raises(ConnectorError) as refused:
        asked(fault)
    assert "sesame" not in f"{refused.value} {refused.value.__cause__}"


@pytest.mark.parametrize("location", ["/elsewhere", "?page=2"])
def test_a_redirect_on_the_same_host_and_port_is_followed(location: str) -> None:
    assert asked(away(location)) == b"done"


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:1/", "https://127.0.0.1:1/", "ftp://127.0.0.1/", "http://localhost/"]
)
def test_a_redirect_to_another_host_or_port_is_refused(location: str) -> None:
    with pytest.raises(ConnectorError, match="redirect_refused"):
        asked(away(location))


@pytest.mark.parametrize(
    ("base", "location", "followed"),
    [
        ("http://library.example/oai", "https://library.example/oai", True),
        ("http://library.example:80/oai", "http://library.example/oai", True),
        ("https://library.example/oai", "http://library.example/oai", False),
        ("https://library.example:8443/oai", "https://library.example/oai", False),
    ],
)
def test_a_redirect_may_add_tls_and_never_drops_it(base: str, location: str, followed: bool) -> None:
    client = HttpClient(base, HttpPolicy())
    if followed:
        assert client._redirected(base, location) == location
    else:
        with pytest.raises(ConnectorError, match="redirect_refused"):
            client._redirected(base, location)
