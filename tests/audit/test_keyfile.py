"""Key files."""

import base64
import stat
from pathlib import Path

import pytest

from audit.errors import KeyFileError
from audit.keyfile import create_key_file, read_key_file


def test_a_created_key_comes_back_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    """A new key file holds 32 bytes in base64 and has mode 0600."""
    path = tmp_path / "master.key"
    create_key_file(path, lambda count: bytes(range(count)))
    assert read_key_file(path) == bytes(range(32))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_keys_differ(tmp_path: Path) -> None:
    """Without a seed the key is random."""
    create_key_file(tmp_path / "one")
    create_key_file(tmp_path / "two")
    assert read_key_file(tmp_path / "one") != read_key_file(tmp_path / "two")


def test_a_key_file_is_never_replaced(tmp_path: Path) -> None:
    """Creating a key where one is would lose everything it encrypts: refused."""
    path = tmp_path / "master.key"
    create_key_file(path)
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="exists already: what it encrypts would be lost"):
        create_key_file(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected 32 bytes in base64, found 0 bytes"),
        (b"inte base64!", "found text that is not base64"),
        (base64.b64encode(bytes(16)), "expected 32 bytes in base64, found 16 bytes"),
        (b"\xff\xfe", "found text that is not base64"),
    ],
)
def test_a_broken_key_file_says_what_was_expected(tmp_path: Path, content: bytes, message: str) -> None:
    """A file that is no key says what was expected and found, never its content."""
    path = tmp_path / "master.key"
    path.write_bytes(content)
    with pytest.raises(KeyFileError, match=message):
        read_key_file(path)


def test_a_missing_key_file_says_what_to_do(tmp_path: Path) -> None:
    """A missing file or folder, and a folder in its place, are named."""
    with pytest.raises(KeyFileError, match="found nothing: create it, or point the setting at it"):
        read_key_file(tmp_path / "absent.key")
    with pytest.raises(KeyFileError, match="cannot be read"):
        read_key_file(tmp_path)
    with pytest.raises(KeyFileError, match="cannot be written"):
        create_key_file(tmp_path / "absent" / "master.key")
