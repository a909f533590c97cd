"""The tree of RFC 6962: published vectors, and a second implementation written from the text of the RFC."""

import json
import random
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from audit.verify.tree import TILE, Tree, consistent, included, leaf, node, root

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "rfc6962"
here = pytest.mark.skipif(not VECTORS.is_dir(), reason="the published vectors are not beside the project")


def _vectors(kind: str) -> Iterator[tuple[str, dict[str, object]]]:
    for path in sorted((VECTORS / kind).rglob("*.json")):
        yield path.relative_to(VECTORS).as_posix(), json.loads(path.read_bytes())


def _hashes(coded: object) -> list[bytes]:
    return [b64decode(one) for one in coded] if isinstance(coded, list) else []


@here
def test_inclusion_vectors_are_answered_as_published() -> None:
    """Every inclusion vector of transparency-dev is answered as `wantErr` says; none is skipped."""
    seen = 0
    for name, vector in _vectors("inclusion"):
        leaf_hash, root_hash = (b64decode(str(vector[key])) for key in ("leafHash", "root"))
        index, size = int(str(vector["leafIdx"])), int(str(vector["treeSize"]))
        assert included(index, size, leaf_hash, _hashes(vector["proof"]), root_hash) is not vector["wantErr"], name
        seen += 1
    assert seen > 30


@here
def test_consistency_vectors_are_answered_as_published() -> None:
    """Every consistency vector is answered as `wantErr` says."""
    seen = 0
    for name, vector in _vectors("consistency"):
        root1, root2 = (b64decode(str(vector[key])) for key in ("root1", "root2"))
        sizes = int(str(vector["size1"])), int(str(vector["size2"]))
        assert consistent(*sizes, root1, root2, _hashes(vector["proof"])) is not vector["wantErr"], name
        seen += 1
    assert seen > 15


# The second implementation: RFC 6962 § 2.1, by recursion over the leaves, with nothing taken from the verifier.


def _mth(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return sha256(b"\x01" + _mth(leaves[:k]) + _mth(leaves[k:])).digest()


def _split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def _path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if m < k:
        return [*_path(m, leaves[:k]), _mth(leaves[k:])]
    return [*_path(m - k, leaves[k:]), _mth(leaves[:k])]


def _subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [_mth(leaves)]
    k = _split(len(leaves))
    if m <= k:
        return [*_subproof(m, leaves[:k], whole), _mth(leaves[k:])]
    return [*_subproof(m - k, leaves[k:], False), _mth(leaves[:k])]


def _root_of_path(m: int, n: int, leaf_hash: bytes, path: list[bytes]) -> bytes | None:
    """The root that a path leads to, from the top down; None when it has the wrong length."""
    if n == 1:
        return None if path else leaf_hash
    if not path:
        return None
    k = _split(n)
    below = _root_of_path(m, k, leaf_hash, path[:-1]) if m < k else _root_of_path(m - k, n - k, leaf_hash, path[:-1])
    if below is None:
        return None
    pair = below + path[-1] if m < k else path[-1] + below
    return sha256(b"\x01" + pair).digest()


def _roots_of_proof(m: int, n: int, proof: list[bytes], whole: bool, old: bytes) -> tuple[bytes, bytes] | None:
    """Old and new root of a consistency proof, from the top down; None when it has the wrong length."""
    if m == n:
        if whole:
            return None if proof else (old, old)
        return (proof[0], proof[0]) if len(proof) == 1 else None
    if not proof:
        return None
    k, last = _split(n), proof[-1]
    if m <= k:
        below = _roots_of_proof(m, k, proof[:-1], whole, old)
        return below and (below[0], sha256(b"\x01" + below[1] + last).digest())
    below = _roots_of_proof(m - k, n - k, proof[:-1], False, old)
    return below and (sha256(b"\x01" + last + below[0]).digest(), sha256(b"\x01" + last + below[1]).digest())


def _other_included(m: int, n: int, leaf_hash: bytes, path: list[bytes], root_hash: bytes) -> bool:
    if not 0 <= m < n or any(len(one) != 32 for one in (leaf_hash, root_hash, *path)):
        return False
    return _root_of_path(m, n, leaf_hash, path) == root_hash


def _other_consistent(m: int, n: int, old: bytes, new: bytes, proof: list[bytes]) -> bool:
    if not 0 < m <= n or any(len(one) != 32 for one in (old, new, *proof)):
        return False
    return _roots_of_proof(m, n, proof, True, old) == (old, new)


def _mutated(seeded: random.Random, proof: list[bytes]) -> list[bytes]:
    proof = list(proof)
    at = seeded.randrange(len(proof) + 1)
    match seeded.randrange(6):
        case 0 if proof:
            del proof[at - 1]
        case 1:
            proof.insert(at, seeded.randbytes(32))
        case 2 if proof:
            proof[at - 1] = bytes([proof[at - 1][0] ^ 1]) + proof[at - 1][1:]
        case 3 if proof:
            proof[at - 1] = proof[at - 1][: seeded.randrange(32)]
        case 4 if len(proof) > 1:
            proof[0], proof[-1] = proof[-1], proof[0]
        case _:
            pass
    return proof


def _compare(seed: int, rounds: int) -> int:
    """Compare both implementations; how many of the proofs both accepted."""
    seeded = random.Random(seed)
    leaves = [sha256(b"\x00%d" % number).digest() for number in range(70)]
    roots = {size: _mth(leaves[:size]) for size in range(1, 71)}
    proofs: dict[tuple[str, int, int], list[bytes]] = {}
    accepted = 0
    for _ in range(rounds):
        n = seeded.randrange(1, 71)
        m = seeded.randrange(0, n + 1)
        wrong = seeded.random() < 0.3
        other = max(0, n + seeded.choice([-1, 1, 7])) if wrong else n
        place = m + seeded.choice([-1, 0, 0, 1]) if wrong else m
        if m < n:
            key = ("path", m, n)
            proof = proofs[key] if key in proofs else proofs.setdefault(key, _path(m, leaves[:n]))
            proof = _mutated(seeded, proof)
            answers = {check(place, other, leaves[m], proof, roots[n]) for check in (included, _other_included)}
            assert len(answers) == 1, (place, other, len(proof))
            accepted += answers == {True}
        if m:
            key = ("consistency", m, n)
            proof = proofs[key] if key in proofs else proofs.setdefault(key, _subproof(m, leaves[:n], True))
            proof = _mutated(seeded, proof)
            answers = {check(place, other, roots[m], roots[n], proof) for check in (consistent, _other_consistent)}
            assert len(answers) == 1, (place, other, len(proof))
            accepted += answers == {True}
    return accepted


def test_a_second_implementation_agrees() -> None:
    """Two implementations give the same answer to random, right and mutated proofs."""
    assert 500 < _compare(1, 2000) < 3500


@pytest.mark.slow
def test_a_second_implementation_agrees_on_a_hundred_thousand() -> None:
    """Two implementations give the same answer to more than 100 000 proofs."""
    assert _compare(2, 60_000) > 10_000


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 511, 513, 65536 + 256 + 3])
def test_a_tree_grown_by_tiles_has_the_root_of_the_whole(size: int) -> None:
    """Root and full tiles do not depend on how the tree was grown."""
    leaves = [number.to_bytes(32) for number in range(size)]
    tree = Tree()
    for start in range(0, size, TILE):
        part = leaves[start : start + TILE]
        found = tree.root_with(part)
        for level, hashes in tree.add(part):
            assert len(hashes) == TILE
            assert level < 2
    assert found == root(leaves)
    assert [len(level) for level in tree.levels] == [size // TILE**level % TILE for level in range(len(tree.levels))]


def test_hashes_are_those_of_the_rfc() -> None:
    """Leaves begin with 0x00 and nodes with 0x01, and the root over one leaf is the leaf."""
    assert leaf(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert node(leaf(b""), leaf(b"\x00")) == sha256(b"\x01" + leaf(b"") + leaf(b"\x00")).digest()
    assert root([leaf(b"")]) == leaf(b"")


@pytest.mark.parametrize("size", [0, -1])
def test_an_empty_tree_proves_nothing(size: int) -> None:
    """Size 0 is refused in every place, also where all hashes are equal."""
    empty = sha256(b"").digest()
    assert not included(0, size, empty, [], empty)
    assert not consistent(size, size, empty, empty, [])
    assert not consistent(size, 1, empty, empty, [])


def test_a_leaf_that_is_no_hash_is_refused() -> None:
    """A leaf, root or proof hash of another length than 32 bytes proves nothing, also where the sums add up."""
    right = leaf(b"b")
    for length in (0, 31, 33):
        wrong = bytes(length)
        assert not included(0, 2, wrong, [right], node(wrong, right))
        assert not included(0, 2, right, [wrong], node(right, wrong))
        assert not consistent(1, 2, wrong, node(wrong, right), [right])
    assert not included(2, 2, right, [right], node(right, right))
    assert not included(-1, 2, right, [right], node(right, right))
