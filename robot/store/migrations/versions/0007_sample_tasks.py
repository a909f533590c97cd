"""Reviews of the stickprov, to find them by lane."""

import sqlalchemy as sa
from alembic import op

from robot.store.tables import Moment

revision = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "arende_sample_task",
        sa.Column("case_ref", sa.String(), primary_key=True),
        sa.Column("task", sa.String(), primary_key=True),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=True),
        sa.Column("opened_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
    )
    op.create_index("ix_arende_sample_task_period", "arende_sample_task", ["period"])
    op.create_index("ix_sample_task_queue", "arende_sample_task", ["lane", "answered_at", "due_at"])
