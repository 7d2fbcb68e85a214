"""The volume: one physical piece that can be lent, named the way the shelf names it.

Barcodes are unique only within a library, so the key is the pair (owner, barcode).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Volume:
    """One physical piece: the code of the library that owns it and its barcode there."""

    owner: str
    barcode: str

    def __str__(self) -> str:
        """As people write it: owner/barcode."""
        return f"{self.owner}/{self.barcode}"
