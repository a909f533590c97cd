"""Signed notes and checkpoints: what is signed, how it reads, and what is refused."""

import base64
import dataclasses
import hashlib
from datetime import UTC, datetime

import pytest

from audit.errors import NoteError
from audit.log.checkpoint import Checkpoint, cosigned, is_signed, opened, signed
from audit.log.keys import log_keys, rotations
from audit.log.note import Algorithm, Note, Signature, SigningKey, VerifierKey
from audit.log.receipt import Receipt

ORIGIN = "exempelkommun/ekonomiskt_bistand/2026"
AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEYS = log_keys(ORIGIN, b"k" * 32)
HEAD = Checkpoint(ORIGIN, 20852163, bytes(range(32)))
NOTE = signed(HEAD, KEYS, AT)
WITNESS = SigningKey.from_seed("witness.example.com/w1", Algorithm.WITNESS, b"w" * 32)


def test_the_text_is_the_three_lines_of_the_specification() -> None:
    """Origin, size in decimal digits, root in base64, each with a newline."""
    assert HEAD.text() == f"{ORIGIN}\n20852163\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert Checkpoint.parse(HEAD.text()) == HEAD


def test_a_note_reads_back_and_both_signatures_verify() -> None:
    """Text, blank line, one line for each key; the public keys survive being written down."""
    note = Note.parse(NOTE.render())
    assert note == NOTE
    assert opened(note, [VerifierKey.parse(key.text()) for key in KEYS.verifiers]) == HEAD


def test_the_published_example_has_its_key_id() -> None:
    """The key id of the specification's own example: SHA-256 over name, newline, type and key."""
    key = VerifierKey("example.com/foo", Algorithm.ED25519, bytes(32))
    assert key.key_id == hashlib.sha256(b"example.com/foo\n\x01" + bytes(32)).digest()[:4]


def test_a_cosignature_says_when() -> None:
    """The witness signs header, time and the text; the time stands before the signature in eight bytes."""
    line = cosigned(HEAD, WITNESS, AT)
    assert int.from_bytes(line.data[:8]) == int(AT.timestamp())
    message = f"cosignature/v1\ntime {int(AT.timestamp())}\n{HEAD.text()}".encode()
    WITNESS.verifier.public_key().verify(line.data[8:], message)
    assert is_signed(Note(NOTE.text, (*NOTE.signatures, line)), WITNESS.verifier)


@pytest.mark.parametrize("number", [0, 1])
def test_each_signature_covers_origin_size_and_root(number: int) -> None:
    """Another origin, size or root under the old signatures is refused for either key."""
    key = KEYS.verifiers[number]
    for change in ({"size": 20852164}, {"root": bytes(32)}, {"origin": f"{ORIGIN}-2"}):
        other = dataclasses.replace(HEAD, **change)
        with pytest.raises(NoteError):
            is_signed(Note(other.text(), NOTE.signatures), key)


def test_a_missing_signature_is_not_a_valid_one() -> None:
    """A note that lacks one of the asked keys, or when no key is asked for, opens to nothing."""
    with pytest.raises(NoteError, match="ML_DSA_44"):
        opened(Note(NOTE.text, NOTE.signatures[:1]), KEYS.verifiers)
    with pytest.raises(NoteError):
        opened(NOTE, [])
    assert not is_signed(NOTE, WITNESS.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "a\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n1\nAAEC\n",
        "a\n1\nnot base64\n",
        "\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nextension\n",
        "a\n9223372036854775808\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
    ],
)
def test_another_text_is_no_checkpoint(text: str) -> None:
    """Missing and extra lines, sizes that are written otherwise, and roots that are not 32 bytes."""
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "note", ["", "text\n", "text\n\n", "text\n\n— a b\n", "text\n\n- a AAAAAAA=\n", "t\x01\n\n— a AAAAAAA=\n"]
)
def test_another_text_is_no_note(note: str) -> None:
    """No signature, another dash, control characters, and signatures that are not base64 or too short."""
    with pytest.raises(NoteError):
        Note.parse(note)


@pytest.mark.parametrize("key", ["", "a+00000000+AQ==", "a+zz+AQ==", "a b+00000000+AQ==", "a+00000000"])
def test_another_text_is_no_key(key: str) -> None:
    """A vkey needs its name, the id that belongs to it, and a key of the type it says."""
    with pytest.raises(NoteError):
        VerifierKey.parse(key)


def test_a_key_has_a_name_that_a_note_can_carry() -> None:
    """No spaces and no plus signs."""
    for name in ("", "två ord", "a+b"):
        with pytest.raises(NoteError):
            log_keys(name, b"k" * 32)


def test_old_and_new_key_sign_the_exchange() -> None:
    """Each body of `key.rotated` verifies under the key it names as old and the one it names as new."""
    new = log_keys(ORIGIN, b"n" * 32)
    for body, old_key, new_key in zip(rotations(KEYS, new), KEYS.verifiers, new.verifiers, strict=True):
        message = f"key.rotated/v1\n{ORIGIN}\n{old_key.text()}\n{new_key.text()}\n".encode()
        assert (body["old"], body["new"]) == (old_key.text(), new_key.text())
        for key, name in ((old_key, "by_old"), (new_key, "by_new")):
            assert key.verified(message, base64.b64decode(str(body[name])))


def test_the_code_for_the_minutes_tells_heads_apart() -> None:
    """Five groups of five letters; another size, root or name gives another code."""
    code = HEAD.code()
    assert [len(group) for group in code.split("-")] == [5] * 5
    assert not set(code) & set("IO0123456789")
    others = (dataclasses.replace(HEAD, size=1), dataclasses.replace(HEAD, root=bytes(32)), Checkpoint("a", *_rest()))
    assert len({code, *(other.code() for other in others)}) == 4


def _rest() -> tuple[int, bytes]:
    return HEAD.size, HEAD.root


def test_the_journal_keeps_a_receipt_that_reads_back() -> None:
    """Everything but the large signature comes back from the journal's body; other bodies are refused."""
    receipt = Receipt(7, b"l" * 32, (b"a" * 32, b"b" * 32), NOTE)
    again = Receipt.of_body(receipt.body())
    assert (again.index, again.leaf, again.path, again.head) == (7, b"l" * 32, receipt.path, HEAD)
    assert is_signed(again.note, KEYS.ed25519.verifier)
    assert again.text().startswith("c2sp.org/tlog-proof@v1\nextra ")
    with pytest.raises(NoteError):
        Receipt.of_body({"index": 7})


def test_a_line_is_not_taken_for_another_key() -> None:
    """A signature line with the right name and another key's id is ignored."""
    stranger = Signature(ORIGIN, b"abcd", b"x" * 64)
    assert not is_signed(Note(NOTE.text, (stranger,)), KEYS.ed25519.verifier)
