"""Key files: 32 random bytes in base64 on one line, kept outside the database."""

import base64
import binascii
import os
from collections.abc import Callable
from pathlib import Path

from audit.errors import KeyFileError

KEY_BYTES = 32


def read_key_file(path: Path) -> bytes:
    """The 32 bytes of a key file. Raises `KeyFileError` with what was expected, found and to be done."""
    try:
        text = path.read_bytes().strip()
    except FileNotFoundError:
        raise KeyFileError(
            f"{path}: expected a key file, found nothing: create it, or point the setting at it"
        ) from None
    except OSError as error:
        raise KeyFileError(f"{path}: the key file cannot be read: {error.strerror}") from None
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise KeyFileError(f"{path}: expected {KEY_BYTES} bytes in base64, found text that is not base64") from None
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"{path}: expected {KEY_BYTES} bytes in base64, found {len(key)} bytes")
    return key


def create_key_file(path: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
    """Write a new key that only the owner can read (0600). Raises `KeyFileError` rather than replace a file."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(f"{path}: exists already: what it encrypts would be lost; choose another path") from None
    except OSError as error:
        raise KeyFileError(f"{path}: the key file cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(random_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
