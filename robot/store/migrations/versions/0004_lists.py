"""Lists and counts that do not read every finished case."""

from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the indexes."""
    with op.batch_alter_table("arende_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_arende_case_process"))
        batch_op.create_index("ix_case_process_status", ["process", "status"], unique=False)
