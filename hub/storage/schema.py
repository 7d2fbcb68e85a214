"""The schema: creating it, and bringing an older database up to date."""

from __future__ import annotations

from sqlalchemy import create_engine

from hub.storage.tables import metadata


def create(url: str) -> None:
    """Create every table in the empty database at ``url`` as the code has them now: for tests."""
    engine = create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
