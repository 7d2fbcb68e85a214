"""Finding editions and showing what can be had of them: the operations of the union catalogue."""

from hub.services.searching.edition import EDITION_OPERATIONS
from hub.services.searching.search import SEARCH_OPERATIONS
from hub.services.suggesting import SUGGESTING_OPERATIONS

OPERATIONS = (*SEARCH_OPERATIONS, *EDITION_OPERATIONS, *SUGGESTING_OPERATIONS)

__all__ = ["OPERATIONS"]
