"""The vault."""

from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from audit.errors import CanonicalError, VaultError
from audit.vault.keys import MasterKey
from audit.vault.tables import CaseKeyRow, ValueRow
from audit.vault.vault import Vault, parse_reference, reference
from tests.audit.ground import MASTER, House, case_ref

CASE = case_ref(1)
CREATED = "2026-11-20T10:15:02.123456Z"
VALUE: dict[str, Any] = {"namn": "Åsa Öberg", "belopp": "12300.00"}


def test_a_value_comes_back_with_its_secret(session: Session, house: House) -> None:
    """What was stored opens at its place, with the same 32 secret bytes; another place is empty."""
    stored = house.vault.store(session, CASE, 3, {"f": VALUE}, created=CREATED)["f"]
    sealed = house.vault.load(session, CASE)
    assert sealed.open(3) == stored
    assert stored.value == VALUE
    assert len(stored.secret) == 32
    assert sealed.open(4) is None
    assert house.vault.load(session, case_ref(2)).open(3) is None


def test_the_tables_hold_neither_value_nor_key(session: Session, house: House) -> None:
    """Nothing in the vault's rows is readable, and a case has one key."""
    for number in (1, 2):
        house.vault.store(session, CASE, number, {"f": VALUE}, created=CREATED)
    for row in session.exec(select(ValueRow)).all():
        assert "Åsa".encode() not in row.ciphertext
    keys = session.exec(select(CaseKeyRow)).all()
    assert [(key.case_ref, key.created) for key in keys] == [(CASE, CREATED)]


def test_the_same_value_twice_is_two_secrets_and_two_ciphertexts(session: Session, house: House) -> None:
    """Equal values cannot be recognised as equal."""
    one, other = house.vault.store(session, CASE, 1, {"a": VALUE, "b": VALUE}, created=CREATED).values()
    assert one.secret != other.secret
    first, second = session.exec(select(ValueRow)).all()
    assert first.ciphertext != second.ciphertext


def test_a_place_is_used_once(session: Session, house: House) -> None:
    """A second value at the same number is refused by the database."""
    house.vault.store(session, CASE, 1, {"f": VALUE}, created=CREATED)
    with pytest.raises(IntegrityError):
        house.vault.store(session, CASE, 1, {"f": VALUE}, created=CREATED)


def test_without_its_key_a_case_is_forgotten(session: Session, house: House) -> None:
    """When the case's key is deleted, nothing opens any more."""
    house.vault.store(session, CASE, 1, {"f": VALUE}, created=CREATED)
    session.execute(delete(CaseKeyRow))
    assert house.vault.load(session, CASE).open(1) is None


def test_another_master_key_is_named_as_the_fault(session: Session, house: House) -> None:
    """The wrong key file says so, instead of looking like erased data."""
    house.vault.store(session, CASE, 1, {"f": VALUE}, created=CREATED)
    with pytest.raises(VaultError, match="expected the master key it was wrapped by; check the key file"):
        Vault(MasterKey(bytes(32))).load(session, CASE)


def test_a_moved_ciphertext_does_not_open(session: Session, house: House) -> None:
    """A ciphertext is bound to its case and number."""
    house.vault.store(session, CASE, 1, {"f": VALUE}, created=CREATED)
    session.execute(update(ValueRow).values(number=2))
    with pytest.raises(VaultError, match="they have been altered or moved"):
        house.vault.load(session, CASE).open(2)


def test_what_is_not_json_is_refused_without_its_value(session: Session, house: House) -> None:
    """A float in a personal value is refused by path, and the message does not hold it."""
    with pytest.raises(CanonicalError, match=r"f\.belopp: expected JSON without floats") as caught:
        house.vault.store(session, CASE, 1, {"f": {"belopp": 12300.5}}, created=CREATED)  # type: ignore[dict-item]  # the fault tested
    assert "12300" not in str(caught.value)


def test_nothing_opened_shows_in_a_repr(session: Session, house: House) -> None:
    """Values, secrets and keys stay out of logs that print objects."""
    stored = house.vault.store(session, CASE, 1, {"f": VALUE}, created=CREATED)["f"]
    assert repr(stored) == "Opened()"
    assert repr(house.vault.load(session, CASE)) == f"SealedCase(case='{CASE}')"
    assert str(MASTER.secret) not in repr(MASTER)


def test_a_reference_names_case_and_number() -> None:
    """The reference in the journal leads back to its case and number."""
    assert parse_reference(reference(CASE, 7001)) == (CASE, 7001)
    assert reference("stickprov-lon-2026-11", 0) == "vault:stickprov-lon-2026-11/0"
