"""Create the clusters tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "cluster",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("display", sa.JSON(), nullable=False),
        sa.Column("work", sa.String(), nullable=False),
        sa.Column("set_of", sa.String(), nullable=False),
        sa.Column("redirect", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
    )
    with op.batch_alter_table("cluster", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cluster_redirect"), ["redirect"], unique=False)
        batch_op.create_index(batch_op.f("ix_cluster_work"), ["work"], unique=False)

    op.create_table(
        "cluster_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_event")),
    )
    with op.batch_alter_table("cluster_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cluster_event_cluster"), ["cluster"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_table(
        "cluster_member",
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("cluster", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cluster"], ["cluster.id"], name=op.f("fk_cluster_member_cluster")),
        sa.ForeignKeyConstraint(["record"], ["source_record.id"], name=op.f("fk_cluster_member_record")),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_cluster_member")),
    )
    with op.batch_alter_table("cluster_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cluster_member_cluster"), ["cluster"], unique=False)

    op.create_table(
        "description",
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("matcher", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("work", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["source_record.id"], name=op.f("fk_description_record")),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_description")),
    )
    with op.batch_alter_table("description", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_description_work"), ["work"], unique=False)

    op.create_table(
        "edge",
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["first"], ["source_record.id"], name=op.f("fk_edge_first")),
        sa.ForeignKeyConstraint(["second"], ["source_record.id"], name=op.f("fk_edge_second")),
        sa.PrimaryKeyConstraint("first", "second", name=op.f("pk_edge")),
    )
    with op.batch_alter_table("edge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edge_second"), ["second"], unique=False)
        batch_op.create_index(batch_op.f("ix_edge_tier"), ["tier"], unique=False)

    op.create_table(
        "match_key",
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("refinements", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["source_record.id"], name=op.f("fk_match_key_record")),
        sa.PrimaryKeyConstraint("record", "key", name=op.f("pk_match_key")),
    )
    with op.batch_alter_table("match_key", schema=None) as batch_op:
        batch_op.create_index("match_key_key", ["key"], unique=False)

    op.create_table(
        "pending_record",
        sa.Column("record", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["source_record.id"], name=op.f("fk_pending_record_record")),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_pending_record")),
    )
