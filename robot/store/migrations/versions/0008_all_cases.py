"""The list of all cases, earliest due first, without sorting every case."""

from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_case_due", "arende_case", ["due_at", "ref"])
