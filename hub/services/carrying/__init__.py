"""Carrying: totes, trips, receiving and the transport board."""

from hub.services.carrying.operations import OPERATIONS

__all__ = ["OPERATIONS"]
