"""The ways in which HTTP servers were seen to fail, whatever they serve."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from typing import Final

from connectors.testing.http_peers import HttpFault, Reply
from connectors.testing.listening import Then

_MEBIBYTE: Final = 1 << 20
_BOMB: Final = 100  # mebibytes, unpacked; more than any answer may have


def when(number: int, fault: HttpFault) -> HttpFault:
    """The fault, only at the request of this number."""
    return lambda reply: fault(reply) if reply.number == number else reply


def status(code: int, *headers: tuple[str, str]) -> HttpFault:
    """Answer with another status."""
    return lambda reply: replace(reply, status=code, headers=headers)


def redirect(location: str) -> HttpFault:
    """Send elsewhere."""
    return status(302, ("Location", location))


def hang(reply: Reply) -> Reply:
    """Accept the connection and say nothing."""
    return replace(reply, raw=b"", then=Then.HANG)


def hang_in_the_middle(reply: Reply) -> Reply:
    """Send half of the answer and say nothing more."""
    return replace(reply, raw=reply.bytes[: len(reply.bytes) // 2], then=Then.HANG)


def drip(reply: Reply) -> Reply:
    """Send the answer byte by byte, so that something arrives all the time and nothing ever whole."""
    return replace(reply, then=Then.DRIP)


def drop(reply: Reply) -> Reply:
    """Close the connection without an answer."""
    return replace(reply, raw=b"")


def drop_in_the_middle(reply: Reply) -> Reply:
    """Close the connection after half of the body, of which more was announced."""
    half = len(reply.body) // 2
    return replace(reply, body=reply.body[:half], missing=len(reply.body) - half)


def half_a_document(reply: Reply) -> Reply:
    """Send half of the document and call it the whole."""
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def nonsense(reply: Reply) -> Reply:
    """Answer in another protocol."""
    return replace(reply, raw=b"\x00\xb9\x80 220 ready\r\n" * 9)


def endless_headers(reply: Reply) -> Reply:
    """Send headers for ever."""
    return replace(
        reply, raw=b"HTTP/1.1 200 OK\r\n", then=Then.REPEAT, repeated=b"X-More: and more\r\n" * 100
    )


def endless_body(reply: Reply) -> Reply:
    """Send a body without an announced length, and never end it."""
    filling = replace(reply, body=reply.body[:200], missing=None)
    return replace(filling, then=Then.REPEAT, repeated=b" " * 65536)


def bomb(reply: Reply) -> Reply:
    """Send a few kilobytes that unpack to a thousand times as much."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(b" " * _MEBIBYTE) for _ in range(_BOMB)) + packer.flush()
    return replace(reply, body=packed, headers=(("Content-Encoding", "gzip"),))


def packed(reply: Reply) -> Reply:
    """Pack the body, which is allowed."""
    return replace(reply, body=gzip.compress(reply.body), headers=(("Content-Encoding", "gzip"),))


def packed_without_end(reply: Reply) -> Reply:
    """Pack the body and leave out the end, with all the bytes that were announced."""
    return replace(packed(reply), body=packed(reply).body[:-12])


def badly_packed(reply: Reply) -> Reply:
    """Call the body packed, which it is not."""
    return replace(reply, headers=(("Content-Encoding", "gzip"),))


def mislabelled(reply: Reply) -> Reply:
    """Call the document something else than XML; many servers do, and mean nothing by it."""
    return replace(reply, headers=(("Content-Type", "text/html; charset=iso-8859-1"),))


def for_people(reply: Reply) -> Reply:
    """Answer with a page for people, as portals and login pages do, with success."""
    return replace(reply, body=b"<html><body><p>Please sign in.</p></body></html>")


def empty(reply: Reply) -> Reply:
    """Answer with nothing, successfully."""
    return replace(reply, body=b"")


def with_dtd(declaration: bytes) -> HttpFault:
    """Put a document type with this internal subset before the document, and use its entity ``x``."""

    def fault(reply: Reply) -> Reply:
        body = reply.body.partition(b"?>")[2].replace(b"</", b"&x;</", 1)
        return replace(reply, body=b'<?xml version="1.0"?><!DOCTYPE a [' + declaration + b"]>" + body)

    return fault


def laughs() -> bytes:
    """Entities of entities of entities, which together are a billion times the first."""
    lines = [b'<!ENTITY l0 "ha">']
    lines += [b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)]
    return b"".join(lines) + b'<!ENTITY x "&l9;">'


def external(location: str) -> bytes:
    """An entity that stands in another place."""
    return f'<!ENTITY x SYSTEM "{location}">'.encode()


def bottomless(reply: Reply) -> Reply:
    """Nest elements far deeper than anything sensible."""
    return replace(reply, body=b"<a>" * 100_000 + b"</a>" * 100_000)


def misencoded(reply: Reply) -> Reply:
    """Send Latin-1 and call it UTF-8."""
    return replace(reply, body=reply.body.replace(b"Book", b"B\xf6\xf6k"))


def recoded(encoding: str, name: str) -> HttpFault:
    """Send the document in another encoding, and say so, which is allowed."""

    def fault(reply: Reply) -> Reply:
        content = reply.body.decode().partition("?>")[2]
        return replace(reply, body=f'<?xml version="1.0" encoding="{name}"?>{content}'.encode(encoding))

    return fault
