"""Deadlines that have been noted, and the applicant's request for a decision."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("arende_case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("marks", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("request_due_at", sa.DateTime(timezone=True), nullable=True))
