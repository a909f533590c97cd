"""A whole log: every entry hashed, every tile and checkpoint compared, every chain followed, in one pass."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from audit.verify.chain import Chains, parse
from audit.verify.export import ENTRIES, Export, split_bundle
from audit.verify.findings import Code, Report
from audit.verify.note import Head
from audit.verify.tree import TILE, Tree, leaf
from audit.verify.trust import Trust

Entry = Mapping[str, Any]
Watch = Callable[[int, Entry, bytes], None]
ROTATED = "key.rotated"


class Pass:
    """One reading of an export: ``roots`` by the sizes that were asked for and reached."""

    def __init__(
        self, export: Export, report: Report, watches: Sequence[Watch], tick: Callable[[int, int], None]
    ) -> None:
        self.roots: dict[int, bytes] = {}
        self.chains = Chains(report)
        self.rotations: list[tuple[str, Entry]] = []
        self._export, self._report, self._watches, self._tick = export, report, watches, tick

    def run(self, size: int, sizes: set[int]) -> bool:
        """Read ``size`` entries, and keep the root at each of ``sizes``; whether all of them are there."""
        tree = Tree()
        for start in range(0, size, TILE):
            width = min(TILE, size - start)
            entries = self._bundle(start // TILE, width)
            leaves = [leaf(data) for data in entries]
            for reached in sizes.intersection(range(start + 1, start + len(entries) + 1)):
                self.roots[reached] = tree.root_with(leaves[: reached - start])
            self._entries(start, entries, leaves)
            if len(entries) < width:
                return False
            for level, hashes in tree.add(leaves[:width]):
                self._hash_tile(level, start // TILE ** (level + 1), hashes)
            self._tick(start + width, size)
        for level, hashes in enumerate(tree.levels):
            if hashes:
                self._hash_tile(level, size // TILE ** (level + 1), hashes)
        for name, number in sorted(self._export.tiles):
            self._report.find(Code.ALTERED, f"tile/{name}/{number}", "nothing beyond the checkpoint", "a tile")
        return True

    def _bundle(self, number: int, width: int) -> list[bytes]:
        data = self._export.tile(ENTRIES, number, self._report)
        if data is None:
            return []
        entries, whole = split_bundle(data)
        if len(entries) != width or not whole:
            short = whole and len(entries) < width and self._export.ends_with(ENTRIES, number)
            found = f"{len(entries)}" if whole else f"{len(entries)} and part of one"
            code = Code.SHORTER if short else Code.ALTERED
            self._report.find(code, f"tile/entries/{number}", f"{width} entries", found)
        return entries

    def _hash_tile(self, level: int, number: int, hashes: list[bytes]) -> None:
        data = self._export.tile(f"{level}", number, self._report)
        if data is not None and data != b"".join(hashes):
            self._report.find(Code.ALTERED, f"tile/{level}/{number}", "the hashes of what lies below", "others")

    def _entries(self, start: int, entries: list[bytes], leaves: list[bytes]) -> None:
        for index, (data, leaf_hash) in enumerate(zip(entries, leaves, strict=True), start):
            entry, where = parse(data), f"entry {index}"
            if entry is None:
                self._report.find(Code.ALTERED, where, "an entry in its canonical bytes (RFC 8785)", "other bytes")
                continue
            self.chains.add(where, entry, leaf_hash)
            if entry["type"] == ROTATED and entry["case"].startswith("logg-"):
                self.rotations.append((where, entry["body"]))
            for watch in self._watches:
                watch(index, entry, leaf_hash)
        self._report.count("entries", len(entries))


def verify_log(
    export: Export,
    trust: Trust,
    known: Sequence[Head],
    report: Report,
    *,
    watches: Sequence[Watch] = (),
    tick: Callable[[int, int], None] = lambda *_: None,
) -> dict[int, bytes] | None:
    """Check the log under ``export`` against its checkpoints and the heads that the reader has kept.

    ``watches`` see every entry, ``tick`` how many of how many are read. Gives the roots by size, at the sizes of all
    these; None without a checkpoint, or when entries are missing.
    """
    heads = export.heads(report)
    if not heads:
        return None
    newest = heads[0]
    reading = Pass(export, report, watches, tick)
    complete = reading.run(newest.size, {head.size for head in [*heads, *known]})
    report.count("cases", len(reading.chains))
    trust.follow(reading.rotations, report)
    believed = _believed([*heads, *known], newest.size if complete else 0, trust, report)
    trust.witnessed(newest, report)
    report.count("checkpoints", len(believed))
    _compare(newest, believed, reading.roots, report)
    return reading.roots if complete else None


def _believed(heads: list[Head], size: int, trust: Trust, report: Report) -> list[Head]:
    """The heads with good signatures, by size. A key that has a successor in use may sign no larger head.

    Beyond the ``size`` that was read a key may have got its successor: an unknown one is not held against a head there.
    """
    believed = []
    youngest: dict[int, int] = {}
    for head in sorted(heads, key=lambda head: head.size):
        ages = trust.signers(head, report, Code.SIGNATURE if head.size <= size else Code.UNDECIDED)
        if ages is None or (not ages and head.size <= size):
            continue
        if any(age < youngest.get(kind, 0) for kind, age in ages.items()):
            report.find(Code.SIGNATURE, head.where, "the key in use at this size", "a key that was replaced")
            continue
        youngest.update(ages)
        believed.append(head)
    return believed


def _compare(newest: Head, believed: list[Head], roots: Mapping[int, bytes], report: Report) -> None:
    stands = newest in believed and roots.get(newest.size) == newest.root
    length = newest.size if newest in believed else max(roots, default=0)
    signed: dict[int, Head] = {}
    for head in sorted(believed, key=lambda head: head is not newest):
        other, found = signed.setdefault(head.size, head), roots.get(head.size)
        if head.origin != newest.origin:
            report.find(Code.UNDECIDED, head.where, f"a head of {newest.origin}", head.origin)
        elif head.size > length:
            report.find(Code.SHORTER, head.where, f"a log of at least {head.size} entries", f"{length}")
        elif other.root != head.root or (stands and found != head.root):
            report.find(Code.FORK, head.where, f"the root that {newest.where} builds on", "another")
        elif found not in {None, head.root}:
            report.find(Code.ALTERED, head.where, "the root over the entries", "another")
