"""Lending: requests from the wish to the volume back on its shelf, loans, returns and deadlines."""

from hub.services.lending.operations import OPERATIONS

__all__ = ["OPERATIONS"]
