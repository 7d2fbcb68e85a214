"""The ways in which SRU servers were seen to fail: in what they overlook, or say of their results."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from connectors.testing.http_peers import HttpFault, Reply

Respond: TypeAlias = Callable[[dict[str, str]], bytes]

_TOTAL: Final = re.compile(rb"(<numberOfRecords>)(\d+)(<)")


def asking_instead(respond: Respond, **parameters: str) -> Respond:
    """Answer as if these parameters had been sent: how servers ignore a position, a number or a schema."""
    return lambda given: respond(
        {**given, **{name: value for name, value in parameters.items() if name in given}}
    )


def at_most(respond: Respond, most: int) -> Respond:
    """Deliver fewer records than asked for."""

    def fewer(given: dict[str, str]) -> bytes:
        asked = int(given.get("maximumRecords", "0") or 0)
        return respond({**given, "maximumRecords": str(min(asked, most))})

    return fewer


def refusing_beyond(respond: Respond, position: int) -> Respond:
    """Refuse every position after this one, as servers with a window do."""

    def windowed(given: dict[str, str]) -> bytes:
        far = int(given.get("startRecord", "1")) > position
        return respond({**given, "startRecord": "999999999"} if far else given)

    return windowed


def lying_total(difference: int, applies: Callable[[int, Mapping[str, str]], bool]) -> HttpFault:
    """State another number of hits where ``applies`` to the honest one and the parameters."""

    def fault(reply: Reply) -> Reply:
        def lie(match: re.Match[bytes]) -> bytes:
            honest = int(match[2])
            stated = max(0, honest + difference) if applies(honest, reply.parameters) else honest
            return b"%s%d%s" % (match[1], stated, match[3])

        return replace(reply, body=_TOTAL.sub(lie, reply.body, count=1))

    return fault


def cut(most: int) -> HttpFault:
    """Keep no more hits than this of any search, in silence."""

    def fault(reply: Reply) -> Reply:
        def less(match: re.Match[bytes]) -> bytes:
            return b"%s%d%s" % (match[1], min(most, int(match[2])), match[3])

        return replace(reply, body=_TOTAL.sub(less, reply.body, count=1))

    return fault


def without_total(reply: Reply) -> Reply:
    """State no number of hits."""
    return replace(reply, body=_TOTAL.sub(b"", reply.body, count=1).replace(b"</numberOfRecords>", b"", 1))


def surrogate(identifier: str) -> HttpFault:
    """Put a diagnostic into the place of one record."""
    slot = re.compile(
        rb"<recordData>(?:(?!</recordData>).)*?" + identifier.encode() + rb".*?</recordData>", re.DOTALL
    )
    diagnostic = (
        b'<recordData><diagnostic xmlns="http://www.loc.gov/zing/srw/diagnostic/">'
        b"<uri>info:srw/diagnostic/1/70</uri></diagnostic></recordData>"
    )
    return lambda reply: replace(reply, body=slot.sub(diagnostic, reply.body))
