"""Keys, checkpoints and policies as C2SP writes them."""

import random
from base64 import b64encode

import pytest

from audit.log.checkpoint import Checkpoint, cosigned
from audit.log.note import Algorithm, Note, SigningKey
from audit.verify.note import Head, Key, NoteError, number, unbase64, unhash
from audit.verify.trust import Policy, parse_keys
from benchmarks.tamper_story import SIGNED

PUBLISHED = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ROOT = b64encode(bytes(32)).decode()
KINDS = [Algorithm.ED25519, Algorithm.WITNESS, Algorithm.ML_DSA_44]


def signing(name: str, kind: Algorithm, seed: int = 0) -> SigningKey:
    """A key of a seed."""
    return SigningKey.from_seed(name, kind, random.Random(seed).randbytes(32))


def vkey(name: str, kind: Algorithm, seed: int = 0) -> str:
    """Its public half."""
    return signing(name, kind, seed).verifier.text()


def head_of(*keys: SigningKey) -> Head:
    """A head signed by the keys."""
    checkpoint = Checkpoint("a/b", 7, bytes(range(32)))
    note = Note(checkpoint.text(), tuple(cosigned(checkpoint, key, SIGNED) for key in keys))
    return Head.parse(note.render().encode(), "here")


def test_the_published_note_verifies() -> None:
    """The example of Go's note package, which others have signed, holds; one byte more does not."""
    text = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    coded = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    key, signature = Key.parse(PUBLISHED), unbase64(coded, "")
    assert (key.name, key.id.hex(), key.text) == ("PeterNeumann", "c74f20a3", PUBLISHED)
    assert signature[:4] == key.id
    assert key.verifies(signature[4:], text)
    assert not key.verifies(signature[4:], text + b" ")
    assert not key.verifies(signature[4:-1], text)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_signature_holds_for_its_checkpoint_only(kind: Algorithm) -> None:
    """A signature of each kind holds, and for no other size, root or origin, by no other key, and without its time."""
    signer = signing("a/b", kind)
    head, key = head_of(signer), Key.parse(signer.verifier.text())
    signature = head.signatures[0][2]
    assert head.signatures[0][:2] == (key.name, key.id)
    assert key.signed(head, signature)
    others = [
        Head.parse(f"{origin}\n{size}\n{root}\n\n— a {ROOT}\n".encode(), "")
        for origin, size, root in [
            ("a/c", 7, b64encode(bytes(range(32))).decode()),
            ("a/b", 8, b64encode(bytes(range(32))).decode()),
            ("a/b", 7, ROOT),
        ]
    ]
    assert not any(key.signed(other, signature) for other in others)
    assert not Key.parse(vkey("a/b", kind, 1)).signed(head, signature)
    assert not key.signed(head, signature[:-1])
    assert not key.signed(head, b"\x01" + signature[1:])
    assert not key.signed(head, b"")


def test_a_checkpoint_is_read_whole() -> None:
    """Origin, size, root, the signed bytes and every signature line come out as they stand."""
    head = Head.parse(f"å/b\n20852163\n{ROOT}\n\n— x AAAAAAE=\n— y AAAABQ==\n".encode(), "here")
    assert (head.where, head.origin, head.size, head.root) == ("here", "å/b", 20852163, bytes(32))
    assert head.text == f"å/b\n20852163\n{ROOT}\n".encode()
    assert head.signatures == (("x", bytes(4), b"\x01"), ("y", b"\x00\x00\x00\x05", b""))
    assert Head.parse(f"{'a' * 255}\n1\n{ROOT}\n\n— x AAAAAAE=\n".encode(), "").size == 1


FORM = "origin, size, root, a blank line and signatures, found another form"


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (b"\xff", "here: expected UTF-8, found other bytes"),
        (b"a\n1\n", f"here: expected {FORM}"),
        (f"a\n1\n{ROOT}\n— x AAAAAAE=\n".encode(), f"here: expected {FORM}"),
        (f"a\n1\n{ROOT}\nmore\n\n— x AAAAAAE=\n".encode(), f"here: expected {FORM}"),
        (f"a\n1\n{ROOT}\n\n— x AAAAAAE=".encode(), f"here: expected {FORM}"),
        (f"\n1\n{ROOT}\n\n— x AAAAAAE=\n".encode(), f"here: expected {FORM}"),
        (f"{'a' * 256}\n1\n{ROOT}\n\n— x AAAAAAE=\n".encode(), f"here: expected {FORM}"),
        (
            f"a\n0\n{ROOT}\n\n— x AAAAAAE=\n".encode(),
            "here: expected a tree with entries, found size 0, which proves nothing",
        ),
        (f"a\n01\n{ROOT}\n\n— x AAAAAAE=\n".encode(), "here: size: expected a decimal number, found '01'"),
        (f"a\n1\n{ROOT[:-4]}AA==\n\n— x AAAAAAE=\n".encode(), "here: root: expected a hash of 32 bytes, found 31"),
        ("a\n1\n!\n\n— x AAAAAAE=\n".encode(), "here: root: expected base64, found other characters"),
        (
            f"a\n1\n{ROOT}\n\n- x AAAAAAE=\n".encode(),
            "signature line: expected an em dash, a key name and base64, found another form",
        ),
        (
            f"a\n1\n{ROOT}\n\n— x y AAAAAAE=\n".encode(),
            "signature line: expected an em dash, a key name and base64, found another form",
        ),
        (
            f"a\n1\n{ROOT}\n\n— x AAAAAAF=\n".encode(),
            "signature line: expected base64 in its one spelling, found another",
        ),
    ],
)
def test_what_is_not_a_checkpoint_is_refused(note: bytes, why: str) -> None:
    """A note that is not exactly a checkpoint is refused, with what was expected and found."""
    with pytest.raises(NoteError) as error:
        Head.parse(note, "here")
    assert str(error.value) == why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "key: expected name+id+base64, found ''"),
        ("a+b", "key: expected name+id+base64, found 'a+b'"),
        ("+00+AA==", "key: expected name+id+base64, found '+00+AA=='"),
        ("a+00000000+", "key a: expected Ed25519 or ML-DSA-44, found kind 0 with 0 bytes"),
        ("a+00000000+?", "key a: expected base64, found other characters"),
        (
            f"a+00000000+{b64encode(bytes(33)).decode()}",
            "key a: expected Ed25519 or ML-DSA-44, found kind 0 with 32 bytes",
        ),
        (
            f"a+00000000+{b64encode(b'x' + bytes(40)).decode()}",
            "key a: expected Ed25519 or ML-DSA-44, found kind 120 with 40 bytes",
        ),
        (
            PUBLISHED.replace("c7", "c8"),
            "key PeterNeumann: expected id c74f20a3, found 'c84f20a3': the key was copied wrongly",
        ),
    ],
)
def test_what_is_not_a_key_is_refused(text: str, why: str) -> None:
    """A key whose parts do not belong together is refused."""
    with pytest.raises(NoteError) as error:
        Key.parse(text)
    assert str(error.value) == why


@pytest.mark.parametrize("text", ["", "-1", "+1", "01", "1.0", "٣", "1" * 20, " 1"])
def test_numbers_have_one_spelling(text: str) -> None:
    """A number is decimal digits, without sign, leading zeroes or other alphabets."""
    with pytest.raises(NoteError) as error:
        number(text, "it")
    assert str(error.value) == f"it: expected a decimal number, found {text[:40]!r}"
    assert (number("0", ""), number("10", ""), number("9" * 19, "")) == (0, 10, int("9" * 19))


def test_base64_and_hashes_are_exact() -> None:
    """Base64 has one spelling and a hash 32 bytes."""
    assert unbase64("", "it") == b""
    assert unhash(ROOT, "it") == bytes(32)
    for text in ("å", "A", "AA=", "AA==\n"):
        with pytest.raises(NoteError, match=r"^it: expected base64, found other characters$"):
            unbase64(text, "it")
    with pytest.raises(NoteError, match=r"^it: expected a hash of 32 bytes, found 33$"):
        unhash(b64encode(bytes(33)).decode(), "it")


def test_a_key_file_has_a_key_on_each_line() -> None:
    """Blank lines and comments are passed over; a file without keys is refused."""
    assert [key.name for key in parse_keys(f"# a\n\n  {PUBLISHED}  \n", "file")] == ["PeterNeumann"]
    with pytest.raises(NoteError, match=r"^file: expected at least one key, found none$"):
        parse_keys("# a\n", "file")


LOG, TWIN = vkey("a/b", Algorithm.ED25519), vkey("a/b", Algorithm.ML_DSA_44)
ONE, TWO, THREE = (vkey(f"w{seed}", Algorithm.WITNESS, seed) for seed in (1, 2, 3))
WITNESSES = f"witness w1 {ONE}\nwitness w2\t{TWO} https://w2.example\n  witness w3 {THREE}\n"


def test_a_policy_says_who_is_enough() -> None:
    """Groups of witnesses and of groups count as tlog-policy says."""
    logs = f"# ours\nlog {LOG}\nlog {TWIN} https://log.example\n\n"
    text = f"{logs}{WITNESSES}group two 2 w1 w2\ngroup all-of all two w3\nquorum all-of\n"
    policy = Policy.parse(text, "file")
    assert [key.text for key in policy.logs] == [LOG, TWIN]
    assert {name: key.text for name, key in policy.witnesses.items()} == {"w1": ONE, "w2": TWO, "w3": THREE}
    assert policy.groups == {"two": (2, ["w1", "w2"]), "all-of": (2, ["two", "w3"])}
    assert policy.met({"w1", "w2", "w3"}, policy.quorum)
    for missing in ("w1", "w2", "w3"):
        assert not policy.met({"w1", "w2", "w3"} - {missing}, policy.quorum)
    either = Policy.parse(f"{WITNESSES}group g any w1 w2\nquorum g\n", "file")
    assert either.met({"w2"}, "g")
    assert not either.met({"w3"}, "g")
    assert Policy.parse("quorum none", "file").met(set(), "none")
    assert Policy().met(set(), Policy().quorum)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "file: expected one quorum line ('quorum none' asks for no witness), found none"),
        ("quorum w1", "file:1: expected log, witness, group or quorum, found 'quorum' amiss"),
        ("quorum none\nquorum none", "file:2: expected log, witness, group or quorum, found 'quorum' amiss"),
        ("logs x", "file:1: expected log, witness, group or quorum, found 'logs' amiss"),
        ("log", "file:1: expected log, witness, group or quorum, found 'log' amiss"),
        (f"log {LOG} a b", "file:1: expected log, witness, group or quorum, found 'log' amiss"),
        (f"{WITNESSES}witness w1 {LOG}", "file:4: expected log, witness, group or quorum, found 'witness' amiss"),
        (f"witness none {ONE}", "file:1: expected log, witness, group or quorum, found 'witness' amiss"),
        (f"{WITNESSES}group w1 1 w2", "file:4: expected log, witness, group or quorum, found 'group' amiss"),
        (f"log {ONE}", "file:1: expected a new key of kind 1 or 6, found 4, or one twice"),
        (f"witness w {LOG}", "file:1: expected a new key of kind 4 or 6, found 1, or one twice"),
        (f"log {LOG}\nlog {LOG}", "file:2: expected a new key of kind 1 or 6, found 1, or one twice"),
        (f"witness w1 {ONE}\nwitness w2 {ONE}", "file:2: expected a new key of kind 4 or 6, found 4, or one twice"),
        (f"log {TWIN}\nwitness w2 {TWIN}", "file:2: expected a new key of kind 4 or 6, found 6, or one twice"),
        (f"{WITNESSES}group g any", "file:4: expected names from lines above, each in one group, once"),
        (f"{WITNESSES}group g any w4", "file:4: expected names from lines above, each in one group, once"),
        (f"{WITNESSES}group g any w1 w1", "file:4: expected names from lines above, each in one group, once"),
        (
            f"{WITNESSES}group g any w1\ngroup h any w1 w2",
            "file:5: expected names from lines above, each in one group, once",
        ),
        (f"{WITNESSES}group g 3 w1 w2", "file:4: expected 1 to 2 members, found 3"),
        (f"{WITNESSES}group g 0 w1 w2", "file:4: expected 1 to 2 members, found 0"),
        (f"{WITNESSES}group g most w1 w2", "file:4: expected a decimal number, found 'most'"),
    ],
)
def test_what_is_not_a_policy_is_refused(text: str, why: str) -> None:
    """A policy with anything that cannot be understood is refused, and says on which line."""
    with pytest.raises(NoteError) as error:
        Policy.parse(text, "file")
    assert str(error.value) == why
