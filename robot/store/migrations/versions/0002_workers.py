"""Workers that may work."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "arende_worker",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("executor", sa.String(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("serves", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("term"),
    )
    with op.batch_alter_table("arende_worker", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arende_worker_executor"), ["executor"], unique=False)
