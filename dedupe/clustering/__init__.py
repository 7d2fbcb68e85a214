"""From scored pairs and decisions to editions: a function of the set alone."""

from dedupe.clustering.decisions import Contradiction, Decisions, contradiction
from dedupe.clustering.partitioning import partition

__all__ = ["Contradiction", "Decisions", "contradiction", "partition"]
