"""The log as files that stand for themselves (C2SP tlog-tiles): what a controller keeps, and a verifier reads."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from sqlmodel import col, select

from audit.canonical import JSON
from audit.errors import LogError
from audit.log import timestamp, tree
from audit.log.entry import Entry
from audit.log.journal import Journal
from audit.log.keys import ROTATED
from audit.log.note import VerifierKey
from audit.log.receipt import whole_note
from audit.log.sequencer import TILE, TILE_HEIGHT, StoredNodes
from audit.log.tables import CheckpointRow, EntryRow, LeafRow, TimestampRow
from audit.vault.vault import Vault, parse_reference

CASE_FORMAT = "arende-case/v1"
Progress = Callable[[int, int], None]


def export_log(
    session: Session,
    folder: Path,
    origin: str,
    *,
    keys: Iterable[VerifierKey] = (),
    definitions: Mapping[str, bytes] | None = None,
    progress: Progress | None = None,
) -> CheckpointRow:
    """Write the log as it was at its newest signed head, and return that head. No personal values.

    ``keys``: of the log now; those before are in the journal. ``definitions``: archives by version. A folder that holds
    an earlier export is brought up to date. Raises `LogError` when nothing was signed.
    """
    rows = session.scalars(
        select(CheckpointRow).where(CheckpointRow.origin == origin).order_by(col(CheckpointRow.size))
    )
    signed = list(rows)
    if not signed:
        raise LogError(
            "nothing_signed", f"{origin}: nothing was signed yet; run `arende audit checkpoint` where the key is"
        )
    newest = signed[-1]
    for row in signed:
        _write(folder / "checkpoints" / f"{row.size:020}", whole_note(session, row).render().encode())
    for token in session.scalars(select(TimestampRow).where(TimestampRow.origin == origin)):
        _write(folder / timestamp.FOLDER / timestamp.file_name(token.size), token.token)
    _write_entries(session, folder, newest.size, progress)
    _write_tiles(session, folder, newest.size)
    _write(folder / "keys", "".join(f"{one}\n" for one in _vkeys(session, keys)).encode())
    for version, archive in (definitions or {}).items():
        _write(folder / "definitions" / f"{version.removeprefix('sha256:')}.zip", archive)
    # Last: whoever finds a checkpoint finds all that it speaks of.
    _write(folder / "checkpoint", whole_note(session, newest).render().encode())
    return newest


def export_case(session: Session, case: str, *, openings: Iterable[Mapping[str, JSON]] = ()) -> dict[str, JSON]:
    """One case with the proof of every entry under the newest signed head that covers it, as one JSON document.

    Raises `LogError` while an entry of the case has no place, or no signed head covers it.
    """
    places = select(LeafRow.position, EntryRow.data).join(EntryRow, col(EntryRow.id) == col(LeafRow.entry_id))
    found = session.execute(places.where(EntryRow.case_ref == case).order_by(col(EntryRow.case_seq))).all()
    last = max((row.position for row in found), default=-1)
    covers = select(CheckpointRow).where(col(CheckpointRow.size) > last)
    head = session.scalars(covers.order_by(col(CheckpointRow.signed_at).desc(), col(CheckpointRow.size).desc())).first()
    if not found or head is None:
        raise LogError("not_signed", f"{case}: no signed head covers the case; run `arende audit checkpoint` first")
    nodes = StoredNodes(session)
    entries: list[JSON] = [
        {
            "index": row.position,
            "data": b64encode(row.data).decode(),
            "proof": [b64encode(one).decode() for one in tree.inclusion(nodes, row.position, head.size)],
        }
        for row in found
    ]
    note = whole_note(session, head).render()
    return {"format": CASE_FORMAT, "checkpoint": note, "entries": entries, "openings": [dict(one) for one in openings]}


def openings(session: Session, journal: Journal, vault: Vault, case: str) -> Iterator[dict[str, JSON]]:
    """Each personal value of the case with the secret of its commitment. What gallring has erased is left out."""
    sealed = vault.load(session, case)
    for entry in journal.entries(session, case):
        for item in entry.pd:
            opened = sealed.open(parse_reference(item.v)[1])
            if opened is not None:
                yield {"v": item.v, "secret": opened.secret.hex(), "value": opened.value}


def write_openings(folder: Path, found: Iterable[Mapping[str, JSON]]) -> None:
    """Write personal values beside an exported log, sorted by their place."""
    lines = sorted((str(one["v"]), json.dumps(one, ensure_ascii=False)) for one in found)
    _write(folder / "openings.jsonl", "".join(f"{line}\n" for _, line in lines).encode())


def _write_entries(session: Session, folder: Path, size: int, progress: Progress | None) -> None:
    query = select(LeafRow.position, EntryRow.data).join(EntryRow, col(EntryRow.id) == col(LeafRow.entry_id))
    query = query.where(col(LeafRow.position) < size).order_by(col(LeafRow.position))
    bundle, count = bytearray(), 0
    for row in session.execute(query.execution_options(yield_per=TILE)):
        if row.position != count:
            raise LogError("rows_gone", f"the log has no entry {count}: nothing whole can be exported")
        bundle += len(row.data).to_bytes(2) + row.data
        count += 1
        if count % TILE == 0 or count == size:
            _write(folder / "tile" / "entries" / _place((count - 1) // TILE, count), bytes(bundle))
            bundle.clear()
            if progress is not None:
                progress(count, size)
    if count != size:
        raise LogError("rows_gone", f"the log has {count} entries, and {size} were signed")


def _write_tiles(session: Session, folder: Path, size: int) -> None:
    level = 0
    while (count := size >> TILE_HEIGHT * level) > 0:
        for number in range(-(-count // TILE)):
            hashes = StoredNodes(session).tile(level, number)[: count - number * TILE]
            data = b"".join(hashes)
            _write(folder / "tile" / str(level) / _place(number, min(count, (number + 1) * TILE)), data)
        level += 1


def _place(number: int, end: int) -> str:
    """The path of tile ``number``, which ends before hash ``end``: three digits a folder, and its width if partial."""
    digits = f"{number:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    width = end - number * TILE
    return path if width == TILE else f"{path}.p/{width}"


def _vkeys(session: Session, keys: Iterable[VerifierKey]) -> list[str]:
    rotated = select(EntryRow.data).where(EntryRow.type == ROTATED).order_by(col(EntryRow.id))
    bodies: list[Any] = [Entry.parse(data).body for data in session.scalars(rotated)]
    every = [*(body["old"] for body in bodies), *(body["new"] for body in bodies), *(key.text() for key in keys)]
    return list(dict.fromkeys(every))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
