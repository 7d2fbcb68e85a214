"""The only module that opens connections: TCP for Z39.50, HTTP for SRU and OAI-PMH.

Owns: deadlines, size limits, retries, and the rule that traffic goes only where an operator configured it.
Must not: know what is said over a connection.
"""

from __future__ import annotations

import asyncio
import socket as socket_constants
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from socket import IPPROTO_TCP
from types import MappingProxyType, TracebackType
from typing import Final, TypeVar
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import aiohttp

from connectors.bodies import CODINGS, Body
from connectors.errors import (
    Disconnected,
    Interrupted,
    Misconfigured,
    ProtocolViolation,
    TimedOut,
    Unreachable,
)

Sleep = Callable[[float], Awaitable[object]]
P = TypeVar("P", bound=asyncio.BaseProtocol)

_MAX_REDIRECTS: Final = 3
_QUICK_ACKNOWLEDGEMENT: Final[int | None] = getattr(socket_constants, "TCP_QUICKACK", None)  # Linux only
_MAX_WAIT: Final = 60.0  # seconds that a peer may ask us to wait
_PORTS: Final[Mapping[str, int]] = MappingProxyType({"http": 80, "https": 443})
_TRY_LATER: Final = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """Where a Z39.50 server listens."""

    host: str
    port: int
    path: str  #: what follows the first slash, for Z39.50 the database
    tls: bool

    def __str__(self) -> str:
        """As in messages and logs."""
        return f"{'tls' if self.tls else 'tcp'}://{self.host}:{self.port}/{self.path}"


def tcp_address(text: str) -> TcpAddress:
    """Read ``tcp://host:port/Database`` or ``tls://host:port/Database``.

    Raises:
        Misconfigured: ``bad_address``.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
        parts = urlsplit("")
    if parts.scheme not in ("tcp", "tls") or not host or not port or parts.username is not None:
        raise _bad_address(text, "tcp://host:port/Database")
    return TcpAddress(host, port, unquote(parts.path.strip("/")), parts.scheme == "tls")


def http_address(text: str) -> str:
    """Check an ``http://`` or ``https://`` base address.

    Raises:
        Misconfigured: ``bad_address``; user information belongs into the options ``user`` and ``password``.
    """
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
        _ = parts.port
    except ValueError:
        good = False
    if not good:
        raise _bad_address(text, "http://host/path")
    return text


def _bad_address(text: str, expected: str) -> Misconfigured:
    # What stands before an @ may be a password, which must not reach a log.
    shown = text.rpartition("@")[2]
    return Misconfigured("bad_address", shown, address=shown, expected=expected)


async def open_protocol(
    protocol: Callable[[], P], address: TcpAddress, *, seconds: float, tls: ssl.SSLContext | None = None
) -> P:
    """Connect within ``seconds``; with TLS, verified, where the address says so.

    What arrives goes to the protocol that ``protocol`` makes.

    Raises:
        Unreachable: refused, no route, unknown host, or the certificate does not hold.
        TimedOut: no connection within the time.
    """
    trust = (tls or ssl.create_default_context()) if address.tls else None
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            _, opened = await loop.create_connection(protocol, address.host, address.port, ssl=trust)
    except TimeoutError:
        raise TimedOut("timed_out", str(address), seconds=seconds, during="connect") from None
    except OSError as error:
        raise Unreachable("unreachable", str(address), reason=error.strerror or str(error)) from error
    return opened


def acknowledge_at_once(transport: asyncio.BaseTransport) -> None:
    """Acknowledge what arrives next without the usual delay, where the system can.

    A server that sends several answers in a row holds the end of one back until the one before it is
    acknowledged; the delay would cost 40 ms for each answer in flight beyond the first.
    """
    socket = transport.get_extra_info("socket")
    if socket is not None and _QUICK_ACKNOWLEDGEMENT is not None:
        socket.setsockopt(IPPROTO_TCP, _QUICK_ACKNOWLEDGEMENT, 1)


@dataclass(frozen=True, slots=True)
class HttpPolicy:
    """Limits of an HTTP conversation."""

    seconds: float = 60.0  #: for one whole answer
    max_bytes: int = 64 * 1024 * 1024  #: of one answer, after decompression
    attempts: int = 3  #: including the first
    pause: float = 1.0  #: seconds before the second attempt, doubled before each further one


class HttpClient:
    """Fetches documents from one configured host; use it as an asynchronous context manager."""

    def __init__(
        self,
        base: str,
        policy: HttpPolicy,
        *,
        credentials: tuple[str, str] | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """``credentials`` are user and password for basic authentication."""
        self._base = http_address(base)
        self._policy = policy
        self._headers = {"User-Agent": "Tongjie", "Accept-Encoding": "gzip, deflate"}
        if credentials is not None:
            self._headers["Authorization"] = aiohttp.BasicAuth(*credentials, encoding="utf-8").encode()
        self._sleep = sleep
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> HttpClient:
        timeout = aiohttp.ClientTimeout(total=self._policy.seconds)
        # Unpacking is done here, piece by piece: a few kilobytes may hold gigabytes.
        self._session = aiohttp.ClientSession(timeout=timeout, headers=self._headers, auto_decompress=False)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, parameters: Mapping[str, str]) -> bytes:
        """The document at the base address with these parameters.

        Raises:
            Interrupted: not reachable or too slow, after all attempts.
            ProtocolViolation: an error status, a redirect to elsewhere, or more bytes than allowed.
        """
        pause = self._policy.pause
        for attempt in range(1, self._policy.attempts + 1):
            try:
                return await self._get_once(parameters)
            except _TryLater as later:
                if attempt == self._policy.attempts:
                    raise later.error from None
                await self._sleep(pause if later.seconds is None else later.seconds)
            except Interrupted:
                if attempt == self._policy.attempts:
                    raise
                await self._sleep(pause)
            pause *= 2
        raise AssertionError("the last attempt returns or raises")

    async def _get_once(self, parameters: Mapping[str, str]) -> bytes:
        if self._session is None:
            raise RuntimeError("the client is not open")
        url, query = self._base, dict(parameters)
        try:
            for _ in range(_MAX_REDIRECTS + 1):
                async with self._session.get(url, params=query, allow_redirects=False) as response:
                    if response.status in (301, 302, 303, 307, 308):
                        url, query = self._redirected(url, response.headers.get("Location", "")), {}
                        continue
                    return await self._body(response)
        except TimeoutError:
            raise TimedOut("timed_out", self._base, seconds=self._policy.seconds, during="answer") from None
        except aiohttp.ClientConnectorError as error:
            raise Unreachable("unreachable", self._base, reason=str(error.os_error)) from error
        except aiohttp.ClientError as error:
            # Not its cause: the error itself tells the whole address, in whose query a password may stand.
            raise Disconnected("disconnected", self._base, reason=_reason(error)) from None
        raise self._refused(url)

    def _redirected(self, url: str, location: str) -> str:
        """Where a redirect leads: to the configured host and port, or to that host with TLS besides.

        Raises:
            ProtocolViolation: it leads elsewhere, where neither questions nor credentials may go.
        """
        try:
            target = urljoin(url, location)
            here, there = urlsplit(self._base), urlsplit(target)
            kept = there.scheme == here.scheme and _port(there) == _port(here)
            secured = (here.scheme, there.scheme) == ("http", "https") and _port(there) == _PORTS["https"]
        except ValueError:
            raise self._refused(location) from None
        if there.hostname != here.hostname or not (kept or secured):
            raise self._refused(target)
        return target

    def _refused(self, location: str) -> ProtocolViolation:
        # Servers repeat the query in a redirect, and with it what was sent as a parameter.
        shown = location.partition("?")[0].rpartition("@")[2]
        return ProtocolViolation("redirect_refused", self._base, location=shown[:200])

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        if response.status in _TRY_LATER:
            raise _TryLater(
                Interrupted("http_status", self._base, status=response.status),
                _seconds(response.headers.get("Retry-After", "")),
            )
        if response.status != 200:
            raise ProtocolViolation("http_status", self._base, status=response.status)
        coding = response.headers.get("Content-Encoding", "identity").strip().casefold()
        if coding not in CODINGS:
            raise ProtocolViolation("malformed", self._base, reason=f"Content-Encoding {coding[:40]!r}")
        body = Body(coding, self._policy.max_bytes, self._base)
        async for chunk in response.content.iter_chunked(65536):
            body.feed(chunk)
        return body.whole()


class _TryLater(Exception):
    """The peer asks for another attempt, perhaps after some seconds."""

    def __init__(self, error: Interrupted, seconds: float | None) -> None:
        super().__init__()
        self.error = error
        self.seconds = seconds


def _port(parts: SplitResult) -> int | None:
    return parts.port or _PORTS.get(parts.scheme)


def _reason(error: aiohttp.ClientError) -> str:
    """What went wrong, without the address that was asked."""
    if isinstance(error, aiohttp.ClientResponseError):
        return error.message
    return type(error).__name__ if isinstance(error, aiohttp.InvalidURL) else str(error)


def _seconds(retry_after: str) -> float | None:
    """Seconds of a Retry-After header; its date form is not worth a clock here."""
    return min(float(retry_after), _MAX_WAIT) if retry_after.strip().isdecimal() else None
