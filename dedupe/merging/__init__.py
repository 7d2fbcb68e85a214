"""The display record of an edition, built field by field from the best of its records."""

from dedupe.merging.display import Source, display_record

__all__ = ["Source", "display_record"]
