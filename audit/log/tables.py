"""The journal's table and the tree's: a row is the stored bytes or hashes, and the columns that find them."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel


def _number(**more: Any) -> Column[int]:
    return Column(BigInteger().with_variant(Integer, "sqlite"), **more)


class EntryRow(SQLModel, table=True):
    """One entry. ``id`` is this database's order only; its place in the whole log is `LeafRow.position`.

    ``data`` are the canonical bytes, ``leaf`` their leaf hash (32 bytes); the other columns repeat what the bytes say.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("case_ref", "case_seq", name="uq_journal_entry_case"),
        Index("ix_journal_entry_type_id", "type", "id"),
    )

    id: int | None = Field(default=None, sa_column=_number(primary_key=True, autoincrement=True))
    case_ref: str
    case_seq: int
    type: str
    ts: str
    data: bytes
    leaf: bytes


class PendingRow(SQLModel, table=True):
    """An entry that has no place in the log yet: written with the entry, removed when the sequencer has taken it.

    Entries become visible in another order than they got their ids; what stands here can never be passed over.
    """

    __tablename__ = "log_pending"

    entry_id: int = Field(sa_column=_number(primary_key=True, autoincrement=False))


class LeafRow(SQLModel, table=True):
    """The place of one entry in the log, counted from 0, and its leaf hash as the tree has taken it."""

    __tablename__ = "log_leaf"

    position: int = Field(sa_column=_number(primary_key=True, autoincrement=False))
    entry_id: int = Field(sa_column=_number(nullable=False, unique=True))
    leaf: bytes


class NodeRow(SQLModel, table=True):
    """The root of 256**``level`` entries, number ``number`` of its kind: a hash of the tiles above level 0."""

    __tablename__ = "log_node"

    level: int = Field(primary_key=True)
    number: int = Field(sa_column=_number(primary_key=True, autoincrement=False))
    hash: bytes


class CheckpointRow(SQLModel, table=True):
    """One signed head of the log: the note as it was signed, without its witnesses. ``signed_at`` is UTC, ISO 8601."""

    __tablename__ = "log_checkpoint"

    origin: str = Field(primary_key=True)
    size: int = Field(sa_column=_number(primary_key=True, autoincrement=False))
    root: bytes
    note: str
    signed_at: str


class CosignatureRow(SQLModel, table=True):
    """The signature line that a witness gave for a checkpoint. ``witness`` is its key's name."""

    __tablename__ = "log_cosignature"

    origin: str = Field(primary_key=True)
    size: int = Field(sa_column=_number(primary_key=True, autoincrement=False))
    witness: str = Field(primary_key=True)
    line: str


class TimestampRow(SQLModel, table=True):
    """The token (RFC 3161) that an authority gave for a checkpoint. ``asked_at`` is our own clock: UTC, ISO 8601."""

    __tablename__ = "log_timestamp"

    origin: str = Field(primary_key=True)
    size: int = Field(sa_column=_number(primary_key=True, autoincrement=False))
    token: bytes
    asked_at: str


ENTRIES = SQLModel.metadata.tables[EntryRow.__tablename__]
PENDING = SQLModel.metadata.tables[PendingRow.__tablename__]
LEAVES = SQLModel.metadata.tables[LeafRow.__tablename__]
NODES = SQLModel.metadata.tables[NodeRow.__tablename__]
CHECKPOINTS = SQLModel.metadata.tables[CheckpointRow.__tablename__]
COSIGNATURES = SQLModel.metadata.tables[CosignatureRow.__tablename__]
TIMESTAMPS = SQLModel.metadata.tables[TimestampRow.__tablename__]
LOG_TABLES = (PENDING, LEAVES, NODES, CHECKPOINTS, COSIGNATURES, TIMESTAMPS)
