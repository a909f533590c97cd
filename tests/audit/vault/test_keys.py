"""The keys of the vault."""

from pathlib import Path

import pytest

from audit.errors import KeyFileError, VaultError
from audit.keyfile import create_key_file
from audit.vault.keys import KeyRing, MasterKey
from tests.audit.ground import MASTER, case_ref

NUMBER = "194408139089"
NONCE = bytes(12)


def test_a_case_key_opens_for_its_case_only() -> None:
    """A wrapped key opens with the same master key and case, and for nothing else."""
    ring, key = KeyRing(MASTER), bytes(reversed(range(32)))
    wrapped = ring.wrap(case_ref(1), key, NONCE)
    assert ring.unwrap(case_ref(1), wrapped, NONCE) == key
    assert key not in wrapped
    for other, case in ((ring, case_ref(2)), (KeyRing(MasterKey(bytes(32))), case_ref(1))):
        with pytest.raises(VaultError, match="the case key does not open"):
            other.unwrap(case, wrapped, NONCE)


def test_the_subject_index_finds_a_person_without_the_number() -> None:
    """The blind index is the same for the same number and key, and another for another number or key."""
    index = KeyRing(MASTER).subject_index(NUMBER)
    assert index == KeyRing(MASTER).subject_index(NUMBER)
    assert len(index) == 64
    assert index != KeyRing(MASTER).subject_index("199006022397")
    assert index != KeyRing(MasterKey(bytes(32))).subject_index(NUMBER)


@pytest.mark.parametrize("written", [NUMBER[2:], f"{NUMBER[:8]}-{NUMBER[8:]}", "", f"{NUMBER} "])
def test_another_spelling_of_a_number_is_refused_and_not_repeated(written: str) -> None:
    """A number in another form is refused, and the error does not hold it."""
    with pytest.raises(VaultError, match="expected a personnummer as ÅÅÅÅMMDDNNNN") as caught:
        KeyRing(MASTER).subject_index(written)
    assert NUMBER[2:8] not in str(caught.value)


def test_a_t_number_has_an_index() -> None:
    """A temporary T-number is twelve characters too, with a letter in the ninth."""
    assert KeyRing(MASTER).subject_index("19880209T050")


def test_the_master_key_comes_from_a_file_and_never_shows(tmp_path: Path) -> None:
    """A master key is read from its file, has 32 bytes, and its repr is empty."""
    create_key_file(tmp_path / "master.key")
    master = MasterKey.from_file(tmp_path / "master.key")
    assert repr(master) == "MasterKey()"
    with pytest.raises(KeyFileError, match="expected 32 bytes, found 31"):
        MasterKey(bytes(31))
