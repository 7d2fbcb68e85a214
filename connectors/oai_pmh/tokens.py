"""Resumption tokens that hold their whole state, so that the server remembers nothing.

The place in the list is the last record given (its time and identifier), not a number: changes during a
harvest move records behind it, and nothing is skipped. A token is signed and ends at a time; what was changed
on its way is none.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from connectors.oai_pmh.protocol import Verb

_SIGNATURE: Final = 16  # bytes
_MAX_LENGTH: Final = 8_000  # characters; an address of a browser's length


@dataclass(frozen=True, slots=True)
class Token:
    """Where a list goes on."""

    verb: str
    prefix: str
    set: str
    since: str
    until: str
    after_time: str  #: of the last record given, ISO 8601
    after_identifier: str
    cursor: int  #: records given so far
    size: int  #: of the whole list, counted at its beginning
    expires: int  #: seconds of the epoch

    def encode(self, key: bytes) -> str:
        """As it goes into a response, signed with ``key``."""
        text = json.dumps(list(asdict(self).values()), ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_signature(text, key) + text).decode("ascii").rstrip("=")

    @property
    def place(self) -> tuple[datetime, str]:
        """The sort key of the last record given."""
        return datetime.fromisoformat(self.after_time), self.after_identifier


def decode(text: str, verb: Verb, key: bytes, now: datetime) -> Token | None:
    """The token that a client gave back; None where it is not one of ours, of another verb, or too old."""
    if len(text) > _MAX_LENGTH:
        return None
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return None
    signature, content = data[:_SIGNATURE], data[_SIGNATURE:]
    if not hmac.compare_digest(signature, _signature(content, key)):
        return None
    token = Token(*json.loads(content))
    return token if token.verb == verb and now.timestamp() < token.expires else None


def _signature(text: bytes, key: bytes) -> bytes:
    return hmac.digest(key, text, hashlib.sha256)[:_SIGNATURE]
