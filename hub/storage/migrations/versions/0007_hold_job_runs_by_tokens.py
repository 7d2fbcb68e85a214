"""Job runs are held by fencing tokens, and sources have timetables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Apply it."""
    # A claim is of the moment, and no hub runs while its database is upgraded: nothing is lost with it.
    op.drop_table("job_run")
    op.create_table(
        "job_run",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("fire_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resume_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("job", "fire_at", name=op.f("pk_job_run")),
    )
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.create_index("job_run_token", ["job", "token"], unique=True)
        batch_op.create_index(
            "job_run_unfinished",
            ["job"],
            unique=True,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )
    op.create_table(
        "source_timetable",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("times", sa.String(), nullable=False),
        sa.Column("days", sa.String(), nullable=False),
        sa.Column("full", sa.String(), nullable=False),
        sa.Column("window", sa.String(), nullable=False),
        sa.Column("missed", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_source_timetable_source")),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_timetable")),
    )
