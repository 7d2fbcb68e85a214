"""What Alembic runs to find the connection and the tables; ``hub.storage.schema`` hands both in."""

from __future__ import annotations

from alembic import context

from hub.storage.migrations.rendering import render_item
from hub.storage.tables import metadata

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=metadata,
    include_object=attributes.get("include_object"),
    render_item=render_item,
    render_as_batch=True,
    # On SQLite too: the connection begins its transactions itself, so that a failed upgrade leaves nothing.
    transactional_ddl=True,
)
context.run_migrations()
