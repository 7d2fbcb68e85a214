"""Escapes of XML that stand in records which are not XML: ``Pride &amp; prejudice``.

They are left over from a conversion. Only the five names that XML itself defines are taken for escapes.
"""

from __future__ import annotations

import re
from typing import Final

_ESCAPES: Final = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_ESCAPE: Final = re.compile("|".join(_ESCAPES))
_AMPERSAND: Final = ord("&")
_RAW_ESCAPE: Final = re.compile(_ESCAPE.pattern.encode("ascii"))


def may_have_escapes(raw: bytes) -> bool:
    """Whether the bytes hold an escape, in any encoding that extends ASCII."""
    if _AMPERSAND not in raw:
        return False
    # From one ampersand to the next: several times as quick as seeking the pattern.
    at = -1
    while (at := raw.find(b"&", at + 1)) >= 0:
        if _RAW_ESCAPE.match(raw, at):
            return True
    return False


def without_escapes(text: str, repairs: list[str]) -> str:
    """The text with what each escape stands for; ``repairs`` then gets ``markup``."""
    if "&" not in text:
        return text
    text, count = _ESCAPE.subn(lambda match: _ESCAPES[match[0]], text)
    if count:
        repairs.append("markup")
    return text
