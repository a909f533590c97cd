"""The notary signs heads of the log, and only heads that follow from every head it has signed before."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert
from sqlalchemy.orm import Session
from sqlmodel import col, select

from audit.errors import LogError
from audit.log import sequencer, tree
from audit.log.checkpoint import Checkpoint, signed
from audit.log.entry import leaf_hash, timestamp
from audit.log.heads import Head, Heads
from audit.log.keys import LogKeys
from audit.log.tables import CHECKPOINTS, CheckpointRow, EntryRow, LeafRow
from audit.log.tree import Frontier

AT_ONCE = 2000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Notary:
    """Signs the log of one name. ``heads`` lies outside the database, as the keys do."""

    origin: str
    keys: LogKeys
    heads: Heads

    def unsigned(self, session: Session) -> int:
        """How many entries have a place, but no signature over it."""
        before = self.heads.newest(self.origin)
        return sequencer.size(session) - (0 if before is None else before.size)

    def check(self, session: Session) -> None:
        """Make sure that the tree as it is stored contains every head that was signed. Raises `LogError`."""
        size = sequencer.size(session)
        nodes = sequencer.StoredNodes(session)
        for head in self.heads.every():
            if head.recovered:
                continue
            if head.size > size:
                why = (
                    f"{head.origin}: the log has {size} entries, but a head of {head.size} was signed: "
                    "the database is an older copy, or entries were removed"
                )
                raise LogError("shorter", why)
            if tree.root(nodes, head.size) != head.root:
                raise LogError("other_head", f"{head.origin}: the tree is not the one signed at {head.size} entries")

    def sign(self, session: Session, at: datetime) -> Head:
        """Sign the log as it is, and return its head; the last one again when nothing was added.

        The session reads one snapshot of what is committed; `keep` the head afterwards. The root is recomputed from the
        bytes of every entry since the last head. Raises `LogError` when anything contradicts what was signed.
        """
        self.check(session)
        before = self.heads.newest(self.origin)
        front = Frontier() if before is None else before.tree()
        _replay(session, front)
        return self._signed(session, before, front, at)

    def sign_whole(self, session: Session, at: datetime, progress: Progress | None = None) -> Head:
        """As `sign`, with every root ever signed recomputed from the stored bytes of all entries."""
        before = self.heads.newest(self.origin)
        _counted(session)
        roots = {head.size: head.root for head in self.heads.every() if not head.recovered}
        rows = session.execute(
            select(CheckpointRow.size, CheckpointRow.root).where(CheckpointRow.origin == self.origin)
        )
        front = Frontier()
        _replay(session, front, {**{row.size: row.root for row in rows}, **roots}, progress)
        self.check(session)
        return self._signed(session, before, front, at)

    def _signed(self, session: Session, before: Head | None, front: Frontier, at: datetime) -> Head:
        if front.size == 0:
            raise LogError("empty", f"{self.origin}: the log holds no entry, so there is nothing to sign")
        root = front.root()
        if tree.root(sequencer.StoredNodes(session), front.size) != root:
            why = f"{self.origin}: the stored tree is not the one of the stored entries ({front.size} of them)"
            raise LogError("other_tree", why)
        if before is not None and before.size == front.size:
            return before
        note = signed(Checkpoint(self.origin, front.size, root), self.keys, at)
        head = Head(self.origin, front.size, root, front.pack(), note.render())
        self.heads.replace(before, head)
        return head


def keep(session: Session, head: Head, at: datetime) -> None:
    """Put the signed head into the log's own database, where receipts and exports find it."""
    if session.get(CheckpointRow, (head.origin, head.size)) is None:
        values = {"origin": head.origin, "size": head.size, "root": head.root, "note": head.note}
        session.execute(insert(CHECKPOINTS), {**values, "signed_at": timestamp(at)})


def _replay(
    session: Session, front: Frontier, roots: Mapping[int, bytes] | None = None, progress: Progress | None = None
) -> None:
    """Let the tree grow by the stored bytes of every entry from its size on; ``roots``: what it must be on the way."""
    wanted = dict(roots or {})
    total = sequencer.size(session)
    for row in _entries(session, front.size):
        if row.position != front.size:
            raise LogError("rows_gone", f"the log has no entry {front.size}, but one with number {row.position}")
        # SQLite keeps what it is given: bytes that somebody has changed may come back as text.
        if not isinstance(row.data, bytes) or leaf_hash(row.data) != row.leaf:
            raise LogError("altered", f"entry {row.position} of the log is not the one that was written")
        front.append(row.leaf)
        if front.size in wanted and wanted.pop(front.size) != front.root():
            raise LogError("altered", f"the first {front.size} entries of the log are not the ones that were signed")
        if progress is not None and front.size % AT_ONCE == 0:
            progress(front.size, total)
    if wanted:
        why = f"the log has {front.size} entries, but a head of {max(wanted)} was signed"
        raise LogError("shorter", why)


def _entries(session: Session, start: int) -> Iterator[Any]:
    query = select(LeafRow.position, LeafRow.leaf, EntryRow.data)
    query = query.join(EntryRow, col(EntryRow.id) == col(LeafRow.entry_id), isouter=True)
    query = query.where(col(LeafRow.position) >= start).order_by(col(LeafRow.position))
    yield from session.execute(query.execution_options(yield_per=AT_ONCE))


def _counted(session: Session) -> None:
    """Every entry has its place or waits for it: one that does neither was put there by somebody else."""
    entries = session.scalar(select(func.count()).select_from(EntryRow)) or 0
    placed = sequencer.size(session) + sequencer.waiting(session)
    if entries != placed:
        why = f"the journal holds {entries} entries, and {placed} of them are in the log or on their way"
        raise LogError("outside", why)
