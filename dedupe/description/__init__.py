"""What matching and display need of a record, extracted once and the same from every dialect."""

from dedupe.description.describing import Description, describe, without
from dedupe.description.serialising import from_dict, to_dict

__all__ = ["Description", "describe", "from_dict", "to_dict", "without"]
