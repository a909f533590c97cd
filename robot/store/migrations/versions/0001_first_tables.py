"""Journal, vault, cases, intake and definitions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "arende_case",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("job", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("amount_ore", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stratum", sa.String(), nullable=True),
        sa.Column("probability", sa.String(), nullable=True),
        sa.Column("picked", sa.Boolean(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("ref"),
    )
    with op.batch_alter_table("arende_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arende_case_decided_at"), ["decided_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_arende_case_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_arende_case_lane"), ["lane"], unique=False)
        batch_op.create_index(batch_op.f("ix_arende_case_month"), ["month"], unique=False)
        batch_op.create_index(batch_op.f("ix_arende_case_process"), ["process"], unique=False)
        batch_op.create_index(batch_op.f("ix_arende_case_subject"), ["subject"], unique=False)
        batch_op.create_index("ix_case_closed", ["status", "closed_at"], unique=False)
        batch_op.create_index("ix_case_status_due", ["status", "due_at"], unique=False)

    op.create_table(
        "arende_definition",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archive", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    with op.batch_alter_table("arende_definition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arende_definition_process"), ["process"], unique=False)

    op.create_table(
        "arende_intake",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("case_ref", sa.String(), nullable=True),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("ref"),
        sa.UniqueConstraint("content_sha256"),
    )
    with op.batch_alter_table("arende_intake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_arende_intake_case_ref"), ["case_ref"], unique=False)
        batch_op.create_index(batch_op.f("ix_arende_intake_received_at"), ["received_at"], unique=False)

    op.create_table(
        "journal_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("case_ref", sa.String(), nullable=False),
        sa.Column("case_seq", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_ref", "case_seq", name="uq_journal_entry_case"),
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index("ix_journal_entry_type_id", ["type", "id"], unique=False)

    op.create_table(
        "vault_case_key",
        sa.Column("case_ref", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case_ref"),
    )
    op.create_table(
        "vault_value",
        sa.Column("case_ref", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_ref", "number"),
    )
