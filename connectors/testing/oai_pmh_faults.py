"""The ways in which OAI-PMH repositories were seen to fail: in tokens, or in what they say of a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from connectors.testing.http_peers import HttpFault, Reply

Respond: TypeAlias = Callable[[dict[str, str]], bytes]

_TOKEN: Final = "resumptionToken"
_TOKEN_ELEMENT: Final = re.compile(rb"<resumptionToken[^>]*?(?:/>|>[^<]*</resumptionToken>)")
_SIZE: Final = re.compile(rb'completeListSize="(\d+)"')
_RECORDS: Final = re.compile(rb"<record>.*</record>", re.DOTALL)


def circular(respond: Respond, first: dict[str, str]) -> Respond:
    """Answer every token with the first page, and the same token with it."""
    return lambda given: respond(first if _TOKEN in given else given)


def forgetful(respond: Respond, *times: int) -> Respond:
    """Forget the list at these times at which it is continued, counted from 1; always, if none are given."""
    continued = iter(range(1, 1_000_000_000))

    def forgets(given: dict[str, str]) -> bytes:
        if _TOKEN in given and (next(continued) in times or not times):
            return respond({**given, _TOKEN: "forgotten"})
        return respond(given)

    return forgets


def without_token(reply: Reply) -> Reply:
    """End the list where it should go on."""
    if _TOKEN not in reply.parameters:
        return reply
    return replace(reply, body=_TOKEN_ELEMENT.sub(b"", reply.body))


def nothing_matches(reply: Reply) -> Reply:
    """Answer a token with "no records match", as if the list had ended."""
    if _TOKEN not in reply.parameters:
        return reply
    error = b'<OAI-PMH><error code="noRecordsMatch">none</error></OAI-PMH>'
    return replace(reply, body=error)


def empty_pages(reply: Reply) -> Reply:
    """Go on for ever with pages that hold nothing, each with a new token."""
    if _TOKEN not in reply.parameters:
        return reply
    token = b"<resumptionToken>%d</resumptionToken>" % reply.number
    return replace(reply, body=b"<OAI-PMH><ListRecords>" + token + b"</ListRecords></OAI-PMH>")


def lying_size(difference: int) -> HttpFault:
    """State another length of the list than it has."""

    def lie(match: re.Match[bytes]) -> bytes:
        return b'completeListSize="%d"' % (int(match[1]) + difference)

    return lambda reply: replace(reply, body=_SIZE.sub(lie, reply.body))


def without_size(reply: Reply) -> Reply:
    """State no length of the list, which is allowed."""
    return replace(reply, body=_SIZE.sub(b"", reply.body))


def without_records(reply: Reply) -> Reply:
    """Leave out the records of a page, and keep its token."""
    if _TOKEN not in reply.parameters:
        return reply
    return replace(reply, body=_RECORDS.sub(b"", reply.body))


def without_metadata(identifier: str) -> HttpFault:
    """Give one record without its metadata."""
    record = re.compile(
        rb"(:" + identifier.encode() + rb"</identifier>.*?</header>)<metadata>.*?</metadata>", re.DOTALL
    )
    return lambda reply: replace(reply, body=record.sub(rb"\1", reply.body))


def without_identifier(reply: Reply) -> Reply:
    """Give records without identifiers."""
    return replace(reply, body=re.sub(rb"<identifier>[^<]*</identifier>", b"", reply.body))
