"""The vault's tables: wrapped case keys and encrypted values. A case whose rows here are gone is forgotten."""

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel


class CaseKeyRow(SQLModel, table=True):
    """The key of one case, wrapped by the master key. ``created`` is UTC, ISO 8601."""

    __tablename__ = "vault_case_key"

    case_ref: str = Field(primary_key=True)
    wrapped: bytes
    nonce: bytes
    created: str


class ValueRow(SQLModel, table=True):
    """One encrypted value and its commitment's secret, at ``number`` in the case."""

    __tablename__ = "vault_value"

    case_ref: str = Field(primary_key=True)
    number: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    nonce: bytes
    ciphertext: bytes


CASE_KEYS = SQLModel.metadata.tables[CaseKeyRow.__tablename__]
VALUES = SQLModel.metadata.tables[ValueRow.__tablename__]
