"""The one reason why bytes are not a record."""

from __future__ import annotations


class Malformed(ValueError):
    """The bytes are no record that may be read.

    ``reason`` is a stable code; ``detail`` says where, in printable characters whatever the bytes were.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = "".join(one if one.isprintable() else "\ufffd" for one in detail)
