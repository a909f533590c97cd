"""The tree of hashes: against the text of RFC 6962, read a second time, and against published vectors."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import TreeError
from audit.log import tree
from audit.log.tree import EMPTY_ROOT, Frontier, is_consistent, node_hash, root_of_inclusion

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "rfc6962"
LEAVES = [hashlib.sha256(b"\x00" + bytes([number])).digest() for number in range(130)]


def spelled_out(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 § 2.1, word by word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(spelled_out(leaves[:split]), spelled_out(leaves[split:]))


def nodes(height: int, number: int) -> bytes:
    """The stored tree."""
    return spelled_out(LEAVES[number << height : (number + 1) << height])


sizes = st.integers(1, len(LEAVES))


@given(sizes, st.data())
def test_proofs_lead_to_the_root_of_the_specification(size: int, data: st.DataObject) -> None:
    """Roots, grown trees, inclusion and consistency agree with the recursive definition at every size."""
    index = data.draw(st.integers(0, size - 1))
    root = spelled_out(LEAVES[:size])
    grown = Frontier()
    for leaf in LEAVES[:size]:
        grown.append(leaf)
    assert tree.root(nodes, size) == grown.root() == root
    assert tree.frontier(nodes, size).pack() == grown.pack() == Frontier.unpack(size, grown.pack()).pack()
    assert root_of_inclusion(LEAVES[index], index, size, tree.inclusion(nodes, index, size)) == root
    old = spelled_out(LEAVES[:index])
    assert is_consistent(index, old, size, root, tree.consistency(nodes, index, size))


@given(sizes, st.data())
def test_no_other_proof_leads_there(size: int, data: st.DataObject) -> None:
    """A flipped bit, a hash more or fewer, another index and another size never verify."""
    index = data.draw(st.integers(0, size - 1))
    root, path = spelled_out(LEAVES[:size]), tree.inclusion(nodes, index, size)
    proof = tree.consistency(nodes, index, size)
    wrong_paths = [[*path, EMPTY_ROOT], path[:-1] if path else [EMPTY_ROOT]]
    if path:
        at, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
        flipped = (int.from_bytes(path[at]) ^ 1 << bit).to_bytes(32)
        wrong_paths.append([*path[:at], flipped, *path[at + 1 :]])
    for wrong in wrong_paths:
        assert _root(index, size, wrong) != root
    other = data.draw(st.integers(0, len(LEAVES)).filter(lambda one: one != index))
    assert _root(other, size, path) != root
    old = spelled_out(LEAVES[:index])
    assert not is_consistent(index, old, size, root, [*proof, EMPTY_ROOT])
    assert not is_consistent(index, hashlib.sha256(old).digest(), size, root, proof)
    assert not is_consistent(size, root, index, old, proof)
    if proof:
        assert not is_consistent(index, old, size, root, proof[:-1])
        assert not is_consistent(index, old, size, root, proof[::-1]) or len(proof) == 1


def _root(index: int, size: int, path: list[bytes]) -> bytes | None:
    try:
        return root_of_inclusion(LEAVES[index % len(LEAVES)], index, size, path)
    except TreeError:
        return None


@pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are not beside this checkout")
def test_the_published_vectors_are_answered_as_they_say() -> None:
    """Every vector of transparency-dev/merkle, good and bad."""
    found = sorted(VECTORS.rglob("*.json"))
    assert found
    wrong = [path.name for path in found if _verifies(path) == json.loads(path.read_text())["wantErr"]]
    assert wrong == []


def _verifies(path: Path) -> bool:
    case = json.loads(path.read_text())
    told = [base64.b64decode(one) for one in case["proof"] or []]
    if path.relative_to(VECTORS).parts[0] == "consistency":
        roots = (base64.b64decode(case[name] or "") for name in ("root1", "root2"))
        old, new = roots
        return is_consistent(case["size1"], old, case["size2"], new, told)
    try:
        leaf = base64.b64decode(case["leafHash"] or "")
        return root_of_inclusion(leaf, case["leafIdx"], case["treeSize"], told) == base64.b64decode(case["root"] or "")
    except TreeError:
        return False


@pytest.mark.parametrize(
    ("size", "hashes"), [(1, []), (3, [EMPTY_ROOT]), (0, [EMPTY_ROOT]), (1, [b"short"]), (-1, [EMPTY_ROOT])]
)
def test_a_frontier_has_a_hash_for_each_bit(size: int, hashes: list[bytes]) -> None:
    """Too few, too many and too short hashes are no tree."""
    with pytest.raises(TreeError):
        Frontier(size, hashes)


def test_what_lies_outside_has_no_proof() -> None:
    """A leaf beyond the size and an older tree that is larger have no proof."""
    for index in (-1, 5):
        with pytest.raises(TreeError):
            tree.inclusion(nodes, index, 5)
    with pytest.raises(TreeError):
        tree.consistency(nodes, 6, 5)
