"""All tables on one metadata. Table classes never leave ``hub.storage``: values go in and come out."""

from sqlmodel import SQLModel

from hub.storage.tables import accounts, catalogue, clusters, lending, operations, transport

__all__ = ["accounts", "catalogue", "clusters", "lending", "metadata", "operations", "transport"]

metadata = SQLModel.metadata
