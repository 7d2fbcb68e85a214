"""Resumption tokens that hold their whole state, so that the server remembers nothing.

The place in the list is the last record given (its time and identifier), not a number: changes during a
harvest move records behind it, and nothing is skipped.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from connectors.oai_pmh.protocol import Verb


@dataclass(frozen=True, slots=True)
class Token:
    """Where a list goes on."""

    verb: str
    prefix: str
    since: str
    until: str
    after_time: str  #: of the last record given, ISO 8601
    after_identifier: str
    cursor: int  #: records given so far
    size: int  #: of the whole list, counted at its beginning

    def encode(self) -> str:
        """As it goes into a response."""
        text = json.dumps(list(asdict(self).values()), ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")

    @property
    def place(self) -> tuple[datetime, str]:
        """The sort key of the last record given."""
        return datetime.fromisoformat(self.after_time), self.after_identifier


def decode(text: str, verb: Verb) -> Token | None:
    """The token that a client gave back; None where it is not one of ours for this verb."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        kinds = [str] * 6 + [int] * 2
        if len(values) != len(fields(Token)) or list(map(type, values)) != kinds or values[0] != verb:
            return None
        token = Token(*values)
        if token.place[0].tzinfo is None:
            return None
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return None
    return token
