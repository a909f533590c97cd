"""The journal's table: a row is the stored bytes, their hash, and the columns that find them."""

from sqlalchemy import BigInteger, Column, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel


class EntryRow(SQLModel, table=True):
    """One entry. ``id`` is this database's order only, for whoever gives the entries their place in the whole log.

    ``data`` are the canonical bytes, ``leaf`` their leaf hash (32 bytes); the other columns repeat what the bytes say.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("case_ref", "case_seq", name="uq_journal_entry_case"),
        Index("ix_journal_entry_type_id", "type", "id"),
    )

    id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    )
    case_ref: str
    case_seq: int
    type: str
    ts: str
    data: bytes
    leaf: bytes


ENTRIES = SQLModel.metadata.tables[EntryRow.__tablename__]
