"""How column types are written into a revision: as plain SQLAlchemy, not as the classes of today."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import BigInteger
from sqlmodel import AutoString

from hub.storage.tables.columns import Instant


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """The text for one column type, or False where Alembic's own is right."""
    if kind != "type":
        return False
    if isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, AutoString):
        return "sa.String()"
    if isinstance(item, BigInteger):
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False
