"""Merkle trees of RFC 6962: hashes, roots, and proofs of inclusion and consistency."""

from collections.abc import Sequence
from hashlib import sha256

HASH_BYTES = 32
TILE = 256
"""How many hashes a tile of C2SP tlog-tiles is wide."""


def leaf(data: bytes) -> bytes:
    """The leaf hash of an entry's bytes (§ 2.1)."""
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees (§ 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over at least one subtree of equal size, of which the last may be smaller (§ 2.1)."""
    while len(hashes) > 1:
        pairs = [node(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=False)]
        hashes = [*pairs, hashes[-1]] if len(hashes) % 2 else pairs
    return hashes[0]


def included(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether the proof shows the leaf at this index of the tree (RFC 9162 § 2.1.3.2)."""
    if not 0 <= index < size or not _hashes(leaf_hash, root_hash, *proof):
        return False
    sides, found = _sides(index, size - 1), leaf_hash
    for left, item in zip(sides, proof, strict=False):
        found = node(item, found) if left else node(found, item)
    return len(sides) == len(proof) and found == root_hash


def consistent(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the larger tree begins with the smaller (RFC 9162 § 2.1.4.2); never for size 0."""
    if not 0 < size1 <= size2 or not _hashes(root1, root2, *proof):
        return False
    if size1 == size2:
        return root1 == root2 and not proof
    path = [root1, *proof] if size1.bit_count() == 1 else proof
    full = (size1 & -size1).bit_length() - 1
    sides = _sides((size1 - 1) >> full, (size2 - 1) >> full)
    if len(path) != len(sides) + 1:
        return False
    old = new = path[0]
    for left, item in zip(sides, path[1:], strict=True):
        old, new = (node(item, old), node(item, new)) if left else (old, node(new, item))
    return old == root1 and new == root2


def _sides(place: int, last: int) -> list[bool]:
    """For each hash of a proof, on the way up from a place of ``last`` + 1, whether it stands to the left."""
    sides = []
    while last:
        left = place % 2 == 1 or place == last
        sides.append(left)
        while left and place and place % 2 == 0:
            place, last = place // 2, last // 2
        place, last = place // 2, last // 2
    return sides


def _hashes(*hashes: bytes) -> bool:
    return all(len(item) == HASH_BYTES for item in hashes)


class Tree:
    """A tree that grows by tiles, and remembers no more than one unfinished tile of each level."""

    def __init__(self) -> None:
        self.levels: list[list[bytes]] = [[]]

    def root_with(self, leaves: Sequence[bytes]) -> bytes:
        """The root of the full tiles so far and, after them, 1 to 256 more leaves."""
        tail = root(leaves)
        for level in self.levels[1:]:
            tail = root([*level, tail])
        return tail

    def add(self, leaves: list[bytes]) -> list[tuple[int, list[bytes]]]:
        """Add a tile of leaves, the last may be narrower; return the tiles that became full, as (level, hashes)."""
        self.levels[0] = leaves
        full: list[tuple[int, list[bytes]]] = []
        level = 0
        while len(self.levels[level]) == TILE:
            full.append((level, self.levels[level]))
            above = root(self.levels[level])
            self.levels[level] = []
            level += 1
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(above)
        return full
