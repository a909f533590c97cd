"""The tree of hashes over the whole log (RFC 6962 § 2.1): roots, proofs, and what it takes to grow.

A tree is given as a `Nodes`: whoever stores it answers for the hashes of whole subtrees, everything else is worked out.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Protocol

from audit.errors import TreeError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


class Nodes(Protocol):
    """Stored hashes: ``nodes(height, number)`` is the root of the 2**height leaves from ``number`` * 2**height on."""

    def __call__(self, height: int, number: int) -> bytes:
        """The 32 bytes. Only ever asked for subtrees that are full."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right): an inner node of RFC 6962 § 2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that grows: the roots of its full subtrees, largest first, one for each bit of its size.

    It is all that is needed to go on appending, and its bytes (32 per hash) can be kept.
    """

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """Raises `TreeError` unless there is one hash of 32 bytes for each bit of ``size``."""
        if size < 0 or len(hashes) != size.bit_count() or any(len(one) != HASH_BYTES for one in hashes):
            raise TreeError(f"frontier of {size} leaves: expected {max(size, 0).bit_count()} hashes of 32 bytes")
        self.size = size
        self._hashes = list(hashes)

    @classmethod
    def unpack(cls, size: int, data: bytes) -> "Frontier":
        """The frontier of its bytes. Raises `TreeError`."""
        return cls(size, [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)])

    def pack(self) -> bytes:
        """The hashes, one after another."""
        return b"".join(self._hashes)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        size, hashes = self.size, self._hashes
        while size & 1:
            leaf = hashlib.sha256(b"\x01" + hashes.pop() + leaf).digest()
            size >>= 1
        hashes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        return _folded(self._hashes)


def root(nodes: Nodes, size: int) -> bytes:
    """The root of the first ``size`` leaves."""
    return _range(nodes, 0, size) if size else EMPTY_ROOT


def frontier(nodes: Nodes, size: int) -> Frontier:
    """What it takes to grow from ``size`` leaves."""
    return Frontier(size, [nodes(height, number) for height, number in _subtrees(0, size)])


def inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The audit path of RFC 6962 § 2.1.1, from the leaf's sibling up. Raises `TreeError` for a leaf outside."""
    if not 0 <= index < size:
        raise TreeError(f"inclusion: expected a leaf below the size {size}, found {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range(nodes, middle, end))
            end = middle
        else:
            path.append(_range(nodes, start, middle))
            start = middle
    return path[::-1]


def consistency(nodes: Nodes, old: int, size: int) -> list[bytes]:
    """The proof of RFC 6962 § 2.1.2 that the first ``old`` leaves are the same. Empty for 0 and for equal sizes."""
    if not 0 <= old <= size:
        raise TreeError(f"consistency: expected an old size up to {size}, found {old}")
    proof: list[bytes] = []
    start, end, whole = 0, size, True
    while old not in {0, end}:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_range(nodes, middle, end))
            end = middle
        else:
            proof.append(_range(nodes, start, middle))
            start, whole = middle, False
    if not whole:
        proof.append(_range(nodes, start, end))
    return proof[::-1]


def root_of_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that the path leads to. Raises `TreeError` when leaf, path and size cannot belong together."""
    if not 0 <= index < size:
        raise TreeError(f"inclusion: expected a leaf below the size {size}, found {index}")
    inner = (index ^ (size - 1)).bit_length()
    if len(path) != inner + (index >> inner).bit_count() or any(len(one) != HASH_BYTES for one in (leaf, *path)):
        raise TreeError("inclusion: the proof has another length than its place in the tree asks for")
    found = leaf
    for height, sibling in enumerate(path):
        left = height >= inner or index >> height & 1
        found = node_hash(sibling, found) if left else node_hash(found, sibling)
    return found


def is_consistent(old: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of ``size`` begins with the tree of ``old`` (RFC 6962 § 2.1.2)."""
    if any(len(one) != HASH_BYTES for one in (old_root, new_root, *proof)) or not 0 <= old <= size:
        return False
    if old == 0:
        return not proof and old_root == EMPTY_ROOT and (size > 0 or new_root == EMPTY_ROOT)
    if old == size or not proof:
        return not proof and old == size and old_root == new_root
    shift = (old & -old).bit_length() - 1
    inner = (old - 1 ^ size - 1).bit_length() - shift
    first, *rest = proof if old != 1 << shift else (old_root, *proof)
    if len(rest) != inner + ((old - 1) >> shift + inner).bit_count():
        return False
    number, earlier, later = (old - 1) >> shift, first, first
    for height, one in enumerate(rest):
        if height >= inner or number >> height & 1:
            earlier, later = node_hash(one, earlier), node_hash(one, later)
        else:
            later = node_hash(later, one)
    return earlier == old_root and later == new_root


def _range(nodes: Nodes, start: int, end: int) -> bytes:
    return _folded([nodes(height, number) for height, number in _subtrees(start, end)])


def _folded(hashes: Sequence[bytes]) -> bytes:
    """The root over subtrees of falling size."""
    if not hashes:
        return EMPTY_ROOT
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = node_hash(left, found)
    return found


def _subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The full subtrees of a range that begins at a multiple of the largest of them, as height and number."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1
