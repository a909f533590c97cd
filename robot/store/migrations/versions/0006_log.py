"""The tree over all entries, its signed heads, and what has no place in it yet."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables. Every entry so far waits for its place."""
    pending = op.create_table("log_pending", sa.Column("entry_id", NUMBER, primary_key=True, autoincrement=False))
    op.create_table(
        "log_leaf",
        sa.Column("position", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("entry_id", NUMBER, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("entry_id"),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number"),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("size", NUMBER, autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("signed_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "size"),
    )
    op.create_table(
        "log_cosignature",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("size", NUMBER, autoincrement=False, nullable=False),
        sa.Column("witness", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "size", "witness"),
    )
    entry = sa.table("journal_entry", sa.column("id"))
    op.get_bind().execute(pending.insert().from_select(["entry_id"], sa.select(entry.c.id)))
