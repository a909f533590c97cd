"""Single changes to the journal's and the vault's tables, as somebody who can write to the database could make them."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from audit import canonical
from audit.log.entry import leaf_hash
from audit.log.tables import EntryRow
from audit.vault.tables import CaseKeyRow, ValueRow
from audit.vault.vault import Vault
from tests.audit.ground import case_ref

Draw = Callable[[st.SearchStrategy[Any]], Any]
Attack = Callable[[Session, Vault, Draw], None]
NEW_CASE = case_ref(999)


def _rows(session: Session, table: type[Any]) -> list[dict[str, Any]]:
    columns = table.__table__.columns
    order = [columns.case_ref, *(columns[name] for name in ("case_seq", "number") if name in columns)]
    return [dict(row._mapping) for row in session.execute(select(table.__table__).order_by(*order))]


def _pick(session: Session, table: type[Any], draw: Draw) -> dict[str, Any]:
    row: dict[str, Any] = draw(st.sampled_from(_rows(session, table)))
    return row


def _pair(session: Session, table: type[Any], draw: Draw) -> tuple[dict[str, Any], dict[str, Any]]:
    rows = _rows(session, table)
    one, other = draw(st.permutations(range(len(rows))))[:2]
    return rows[one], rows[other]


def _set(session: Session, table: type[Any], row: dict[str, Any], **values: Any) -> None:
    keys = [column == row[column.name] for column in table.__table__.primary_key]
    session.execute(update(table).where(*keys).values(**values))


def _remove(session: Session, table: type[Any], row: dict[str, Any]) -> None:
    session.execute(delete(table).where(*(column == row[column.name] for column in table.__table__.primary_key)))


def _flip(data: bytes, draw: Draw) -> bytes:
    bit = draw(st.integers(0, len(data) * 8 - 1))
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _entries_of(session: Session, case: str) -> list[dict[str, Any]]:
    return [row for row in _rows(session, EntryRow) if row["case_ref"] == case]


def flip_a_bit_of_an_entry(session: Session, _: Vault, draw: Draw) -> None:
    """Change one bit of an entry's bytes."""
    row = _pick(session, EntryRow, draw)
    _set(session, EntryRow, row, data=_flip(row["data"], draw))


def flip_a_bit_of_a_leaf(session: Session, _: Vault, draw: Draw) -> None:
    """Change one bit of a stored leaf hash."""
    row = _pick(session, EntryRow, draw)
    _set(session, EntryRow, row, leaf=_flip(row["leaf"], draw))


def edit_a_body_and_rehash(session: Session, _: Vault, draw: Draw) -> None:
    """Change an entry that is not its case's last, and give it the right hash."""
    row = draw(st.sampled_from([row for row in _rows(session, EntryRow) if not _is_last(session, row)]))
    entry = json.loads(row["data"])
    entry["body"]["planted"] = 1
    data = canonical.encode(entry)
    _set(session, EntryRow, row, data=data, leaf=leaf_hash(data))


def edit_a_column(session: Session, _: Vault, draw: Draw) -> None:
    """Change one of the columns that repeat the entry."""
    row = _pick(session, EntryRow, draw)
    changes = [
        {"case_ref": NEW_CASE},
        {"case_seq": 999},
        {"type": "case.planted"},
        {"ts": "2026-01-01T00:00:00.000000Z"},
    ]
    _set(session, EntryRow, row, **draw(st.sampled_from(changes)))


def delete_an_entry(session: Session, _: Vault, draw: Draw) -> None:
    """Remove an entry that is not its case's last."""
    row = draw(st.sampled_from([row for row in _rows(session, EntryRow) if not _is_last(session, row)]))
    _remove(session, EntryRow, row)


def delete_the_last_entry_but_not_its_values(session: Session, _: Vault, draw: Draw) -> None:
    """Remove a case's last entry where it commits to personal values."""
    last = [row for row in _rows(session, EntryRow) if _is_last(session, row) and json.loads(row["data"])["pd"]]
    _remove(session, EntryRow, draw(st.sampled_from(last)))


def swap_the_bytes_of_two_entries(session: Session, _: Vault, draw: Draw) -> None:
    """Let two rows, of one case or two, change bytes and hashes."""
    one, other = _pair(session, EntryRow, draw)
    _set(session, EntryRow, one, data=other["data"], leaf=other["leaf"])
    _set(session, EntryRow, other, data=one["data"], leaf=one["leaf"])


def swap_the_places_of_two_entries(session: Session, _: Vault, draw: Draw) -> None:
    """Let two rows change their place in the chains."""
    one, other = _pair(session, EntryRow, draw)
    _set(session, EntryRow, one, case_ref=NEW_CASE)
    _set(session, EntryRow, other, case_ref=one["case_ref"], case_seq=one["case_seq"])
    _set(session, EntryRow, one, case_ref=other["case_ref"], case_seq=other["case_seq"])


def insert_a_copy(session: Session, _: Vault, draw: Draw) -> None:
    """Add a copy of an entry at the end of a case, or as a case of its own."""
    row = _pick(session, EntryRow, draw)
    case = draw(st.sampled_from([row["case_ref"], NEW_CASE]))
    del row["id"]
    session.execute(insert(EntryRow).values(row | {"case_ref": case, "case_seq": len(_entries_of(session, case))}))


def flip_a_bit_of_a_value(session: Session, _: Vault, draw: Draw) -> None:
    """Change one bit of a value's ciphertext or nonce."""
    row = _pick(session, ValueRow, draw)
    column = draw(st.sampled_from(["ciphertext", "nonce"]))
    _set(session, ValueRow, row, **{column: _flip(row[column], draw)})


def flip_a_bit_of_a_key(session: Session, _: Vault, draw: Draw) -> None:
    """Change one bit of a wrapped case key or its nonce."""
    row = _pick(session, CaseKeyRow, draw)
    column = draw(st.sampled_from(["wrapped", "nonce"]))
    _set(session, CaseKeyRow, row, **{column: _flip(row[column], draw)})


def delete_a_value(session: Session, _: Vault, draw: Draw) -> None:
    """Remove a value without a tombstone."""
    _remove(session, ValueRow, _pick(session, ValueRow, draw))


def delete_a_key(session: Session, _: Vault, draw: Draw) -> None:
    """Remove a case key without a tombstone."""
    _remove(session, CaseKeyRow, _pick(session, CaseKeyRow, draw))


def swap_two_values(session: Session, _: Vault, draw: Draw) -> None:
    """Let two values, of one case or two, change ciphertexts."""
    one, other = _pair(session, ValueRow, draw)
    _set(session, ValueRow, one, ciphertext=other["ciphertext"], nonce=other["nonce"])
    _set(session, ValueRow, other, ciphertext=one["ciphertext"], nonce=one["nonce"])


def move_a_value(session: Session, _: Vault, draw: Draw) -> None:
    """Give a value another number or another case."""
    row = _pick(session, ValueRow, draw)
    _set(session, ValueRow, row, **draw(st.sampled_from([{"number": 999_999}, {"case_ref": NEW_CASE}])))


def replace_a_value_with_the_keys(session: Session, vault: Vault, draw: Draw) -> None:
    """Put another value in its place, properly encrypted, as somebody with the master key could."""
    row = _pick(session, ValueRow, draw)
    _remove(session, ValueRow, row)
    vault.store(session, row["case_ref"], row["number"], {"f": "planted"}, created="")


def plant_a_value(session: Session, vault: Vault, draw: Draw) -> None:
    """Add a value that no entry commits to, to a case or to none."""
    case = draw(st.sampled_from([_pick(session, EntryRow, draw)["case_ref"], NEW_CASE]))
    vault.store(session, case, 999_999, {"f": "planted"}, created="")


def plant_a_key(session: Session, vault: Vault, draw: Draw) -> None:
    """Add a key for a case that has no values."""
    have = set(session.scalars(select(col(CaseKeyRow.case_ref))))
    case = draw(st.sampled_from([NEW_CASE, *({row["case_ref"] for row in _rows(session, EntryRow)} - have)]))
    nonce = bytes(12)
    wrapped = vault.keys.wrap(case, bytes(32), nonce)
    session.execute(insert(CaseKeyRow).values(case_ref=case, wrapped=wrapped, nonce=nonce, created=""))


def _is_last(session: Session, row: dict[str, Any]) -> bool:
    return bool(row["case_seq"] == _entries_of(session, row["case_ref"])[-1]["case_seq"])


ATTACKS: list[Attack] = [
    flip_a_bit_of_an_entry,
    flip_a_bit_of_a_leaf,
    edit_a_body_and_rehash,
    edit_a_column,
    delete_an_entry,
    delete_the_last_entry_but_not_its_values,
    swap_the_bytes_of_two_entries,
    swap_the_places_of_two_entries,
    insert_a_copy,
    flip_a_bit_of_a_value,
    flip_a_bit_of_a_key,
    delete_a_value,
    delete_a_key,
    swap_two_values,
    move_a_value,
    replace_a_value_with_the_keys,
    plant_a_value,
    plant_a_key,
]
