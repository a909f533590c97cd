"""Gallring: what may not be erased, what has been, and what is decided but not yet carried through."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
PERSONAL = {
    "vault_value": ("nonce", "ciphertext"),
    "vault_case_key": ("wrapped", "nonce"),
    "arende_case": ("subject",),
    "arende_intake": ("content_sha256", "faults"),
}


def upgrade() -> None:
    """Add the columns and create the table."""
    with op.batch_alter_table("arende_case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "arende_erasure",
        sa.Column("case_ref", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case_ref"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # The planner's statistics keep samples of a column's values: of these, nothing may outlive gallring.
        for name, columns in PERSONAL.items():
            for column in columns:
                op.execute(f"ALTER TABLE {name} ALTER COLUMN {column} SET STATISTICS 0")
