"""Create the transport tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "custody",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("barcode", sa.String(), nullable=False),
        sa.Column("place_kind", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "barcode", name=op.f("pk_custody")),
    )
    with op.batch_alter_table("custody", schema=None) as batch_op:
        batch_op.create_index("custody_barcode", ["barcode"], unique=False)
        batch_op.create_index("custody_place", ["place_kind", "place"], unique=False)

    op.create_table(
        "custody_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("barcode", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place_kind", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_event")),
        sa.UniqueConstraint("key", name=op.f("uq_custody_event_key")),
    )
    with op.batch_alter_table("custody_event", schema=None) as batch_op:
        batch_op.create_index("custody_volume", ["owner", "barcode"], unique=False)

    op.create_table(
        "routing_slip",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("barcode", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("supply", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "barcode", name=op.f("pk_routing_slip")),
    )
    with op.batch_alter_table("routing_slip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_routing_slip_destination"), ["destination"], unique=False)

    op.create_table(
        "tote",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("trip", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tote")),
    )
    with op.batch_alter_table("tote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tote_destination"), ["destination"], unique=False)
        batch_op.create_index(batch_op.f("ix_tote_origin"), ["origin"], unique=False)

    op.create_table(
        "trip",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("departure", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("vehicle", sa.String(), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip")),
        sa.UniqueConstraint("route", "day", "departure", name=op.f("uq_trip_route_day_departure")),
    )
    op.create_table(
        "tote_content",
        sa.Column("tote", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("barcode", sa.String(), nullable=False),
        sa.Column("packed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unpacked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discrepancy", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tote"], ["tote.id"], name=op.f("fk_tote_content_tote")),
        sa.PrimaryKeyConstraint("tote", "owner", "barcode", name=op.f("pk_tote_content")),
    )
    with op.batch_alter_table("tote_content", schema=None) as batch_op:
        batch_op.create_index("tote_content_volume", ["owner", "barcode"], unique=False)

    op.create_table(
        "trip_stop",
        sa.Column("trip", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["trip"], ["trip.id"], name=op.f("fk_trip_stop_trip")),
        sa.PrimaryKeyConstraint("trip", "position", name=op.f("pk_trip_stop")),
    )
