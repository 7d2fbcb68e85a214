"""The display record of an edition, built field by field from the best of its records."""

from dedupe.merging.choosing import Source
from dedupe.merging.display import display_record

__all__ = ["Source", "display_record"]
