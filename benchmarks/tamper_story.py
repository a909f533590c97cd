"""An export in memory: what somebody with full control of the log's machine can rewrite, and hand out."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from audit import canonical
from audit.log.checkpoint import Checkpoint, cosigned
from audit.log.entry import leaf_hash
from audit.log.keys import LogKeys
from audit.log.note import Note, SigningKey
from audit.log.tree import node_hash

TILE = 256
SIGNED = datetime(2026, 12, 1, tzinfo=UTC)
Entry = dict[str, Any]


def root(hashes: Sequence[bytes]) -> bytes:
    """The root of RFC 6962 § 2.1 over leaf hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(*row[at : at + 2]) if at + 1 < len(row) else row[at] for at in range(0, len(row), 2)]
    return row[0]


def inclusion(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    """The proof of RFC 6962 § 2.1.1."""
    if len(hashes) == 1:
        return []
    half = 1 << (len(hashes) - 1).bit_length() - 1
    if index < half:
        return [*inclusion(index, hashes[:half]), root(hashes[half:])]
    return [*inclusion(index - half, hashes[half:]), root(hashes[:half])]


def consistency(size: int, hashes: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """The proof of RFC 6962 § 2.1.2 from the tree over the first ``size`` leaves."""
    if size == len(hashes):
        return [] if whole else [root(hashes)]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    if size <= half:
        return [*consistency(size, hashes[:half], whole=whole), root(hashes[half:])]
    return [*consistency(size - half, hashes[half:], whole=False), root(hashes[:half])]


def tile_name(level: str, number: int, width: int) -> str:
    """The path of a tile below ``tile`` (C2SP tlog-tiles)."""
    parts = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        parts.insert(0, f"x{number % 1000:03}")
    return f"{level}/{'/'.join(parts)}{'' if width == TILE else f'.p/{width}'}"


@dataclass
class Story:
    """What an export tells. ``heads`` are notes by size, ``newest`` the file ``checkpoint``."""

    origin: str
    entries: list[bytes]
    heads: dict[int, str]
    newest: str
    keys: str
    openings: list[dict[str, Any]] | None = None
    definitions: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def read(cls, directory: Path) -> Self:
        """The story of an export."""
        paths = sorted((directory / "tile/entries").rglob("*"), key=lambda path: path.as_posix().replace(".p/", ""))
        entries = [entry for path in paths if path.is_file() for entry in _split(path.read_bytes())]
        heads = {int(path.name): path.read_text("utf-8") for path in sorted((directory / "checkpoints").iterdir())}
        opened = directory / "openings.jsonl"
        openings = [json.loads(line) for line in opened.read_bytes().splitlines()] if opened.exists() else None
        packages = {path.stem: path.read_bytes() for path in sorted((directory / "definitions").glob("*.zip"))}
        newest = (directory / "checkpoint").read_text("utf-8")
        return cls(newest.split("\n")[0], entries, heads, newest, (directory / "keys").read_text(), openings, packages)

    def write(self, directory: Path) -> None:
        """Write the export, with every tile as it follows from the entries."""
        files = {"checkpoint": self.newest.encode(), "keys": self.keys.encode()}
        files |= {f"checkpoints/{size:020}": note.encode() for size, note in self.heads.items()}
        files |= {f"definitions/{name}.zip": package for name, package in self.definitions.items()}
        files |= {f"tile/{name}": data for name, data in self.tiles()}
        if self.openings is not None:
            files["openings.jsonl"] = b"".join(canonical.encode(opening) + b"\n" for opening in self.openings)
        for folder in {(directory / name).parent for name in files}:
            folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (directory / name).write_bytes(data)

    def tiles(self) -> Iterator[tuple[str, bytes]]:
        """Every bundle and hash tile of the entries, by its name below ``tile``."""
        for number, part in enumerate(_parts(self.entries)):
            data = b"".join(len(entry).to_bytes(2) + entry for entry in part)
            yield tile_name("entries", number, len(part)), data
        hashes, level = self.leaves(), 0
        while hashes:
            parts = list(_parts(hashes))
            for number, hashes_of in enumerate(parts):
                yield tile_name(f"{level}", number, len(hashes_of)), b"".join(hashes_of)
            hashes, level = [root(part) for part in parts if len(part) == TILE], level + 1

    def leaves(self, size: int | None = None) -> list[bytes]:
        """The leaf hashes of the first ``size`` entries."""
        return [leaf_hash(entry) for entry in self.entries[:size]]

    def decoded(self) -> list[Entry]:
        """The entries as JSON."""
        return [json.loads(entry) for entry in self.entries]

    def encode(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Put other entries in their place, in canonical bytes."""
        self.entries = [canonical.encode(dict(entry)) for entry in entries]

    def relink(self, entries: list[Entry]) -> None:
        """Put other entries in their place, with every case's numbers and hashes made right again."""
        last: dict[str, tuple[int, str | None]] = {}
        moved: dict[tuple[str, int], int] = {}
        made = []
        for entry in entries:
            seq, prev = last.get(entry["case"], (0, None))
            moved[entry["case"], entry["case_seq"]] = seq
            causes = [moved.get((entry["case"], cause), cause) for cause in entry["causes"]]
            body = {**entry["body"], "count": seq + 1} if entry["type"] == "case.closed" else entry["body"]
            data = canonical.encode({**entry, "case_seq": seq, "case_prev": prev, "body": body, "causes": causes})
            last[entry["case"]] = (seq + 1, leaf_hash(data).hex())
            made.append(data)
        self.entries = made

    def sign(self, sizes: Iterable[int], signers: "Signers", *, witnesses: Sequence[SigningKey] = ()) -> None:
        """Sign the heads at these sizes anew, drop all others, and make the largest the newest."""
        self.heads = {size: signers.note(self.origin, size, self.leaves(size), witnesses) for size in sorted(sizes)}
        self.newest = self.heads[max(self.heads)]

    def receipt(self, index: int, size: int) -> str:
        """The receipt (C2SP tlog-proof) of an entry, by a head of this export."""
        leaves = self.leaves(size)
        proof = "".join(f"{b64encode(one).decode()}\n" for one in inclusion(index, leaves))
        return f"c2sp.org/tlog-proof@v1\nindex {index}\n{proof}\n{self.heads[size]}"

    def case_document(self, case: str) -> dict[str, Any]:
        """The document of one case, by the newest head."""
        size = int(self.newest.split("\n")[1])
        leaves = self.leaves(size)
        entries = []
        for index, data in enumerate(self.entries[:size]):
            if json.loads(data)["case"] == case:
                proof = [b64encode(one).decode() for one in inclusion(index, leaves)]
                entries.append({"index": index, "data": b64encode(data).decode(), "proof": proof})
        openings = [one for one in self.openings or () if one["v"].startswith(f"vault:{case}/")]
        return {"format": "arende-case/v1", "checkpoint": self.newest, "entries": entries, "openings": openings}


@dataclass(frozen=True)
class Signers:
    """Who signs heads: ``after`` a number of entries, other keys. The smallest is 0."""

    after: Mapping[int, LogKeys]

    def note(self, origin: str, size: int, leaves: Sequence[bytes], witnesses: Sequence[SigningKey] = ()) -> str:
        """A head, signed by the keys in use at its size, and by these witnesses."""
        keys = self.after[max(begins for begins in self.after if begins < size)]
        head = Checkpoint(origin, size, root(leaves))
        return Note(head.text(), tuple(cosigned(head, key, SIGNED) for key in (*keys, *witnesses))).render()


def _split(data: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(data):
        end = place + 2 + int.from_bytes(data[place : place + 2])
        yield data[place + 2 : end]
        place = end


def _parts(items: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (items[at : at + TILE] for at in range(0, len(items), TILE))
