"""Receipts (C2SP tlog-proof): that one entry lies in the log under a signed head, checkable without the log."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Self

from sqlalchemy.orm import Session
from sqlmodel import col, select

from audit.canonical import JSON
from audit.errors import NoteError
from audit.log import tree
from audit.log.checkpoint import Checkpoint
from audit.log.note import Note, Signature, from_base64
from audit.log.sequencer import StoredNodes
from audit.log.tables import CheckpointRow, CosignatureRow, EntryRow, LeafRow

FORMAT = "c2sp.org/tlog-proof@v1"
_ED25519_BYTES = 64


@dataclass(frozen=True)
class Receipt:
    """The place of an entry (``index``), its leaf hash, the audit path, and the signed head that it leads to."""

    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    note: Note

    @property
    def head(self) -> Checkpoint:
        """The head, as signed."""
        return Checkpoint.parse(self.note.text)

    def text(self) -> str:
        """The receipt as a ``.tlog-proof`` file; the extra line is the leaf hash."""
        path = "".join(f"{b64encode(one).decode()}\n" for one in self.path)
        return f"{FORMAT}\nextra {b64encode(self.leaf).decode()}\nindex {self.index}\n{path}\n{self.note.render()}"

    def body(self) -> dict[str, JSON]:
        """What the journal keeps of it: the Ed25519 signature alone, so that it can be printed."""
        head = self.head
        signature = next(one for one in self.note.signatures if len(one.data) == _ED25519_BYTES)
        return {
            "origin": head.origin,
            "index": self.index,
            "leaf": self.leaf.hex(),
            "size": head.size,
            "root": b64encode(head.root).decode(),
            "proof": [b64encode(one).decode() for one in self.path],
            "signature": signature.line().rstrip("\n"),
        }

    @classmethod
    def of_body(cls, body: dict[str, JSON]) -> Self:
        """The receipt that the journal keeps. Raises `NoteError` when it is none."""
        match body:
            case {
                "origin": str(origin),
                "index": int(index),
                "leaf": str(leaf),
                "size": int(size),
                "root": str(root),
                "proof": [*proof],
                "signature": str(line),
            }:
                head = Checkpoint(origin, size, from_base64(root))
                path = tuple(from_base64(str(one)) for one in proof)
                return cls(index, bytes.fromhex(leaf), path, Note(head.text(), (Signature.parse(line),)))
            case _:
                raise NoteError("receipt: expected origin, index, leaf, size, root, proof and signature")


def receipt_for(session: Session, case: str, case_seq: int) -> Receipt | None:
    """The receipt of an entry under the newest head that covers it, one with cosignatures before others.

    None while the entry has no place, or no signed head covers it yet.
    """
    place = select(LeafRow.position, LeafRow.leaf).join(EntryRow, col(EntryRow.id) == col(LeafRow.entry_id))
    found = session.execute(place.where(EntryRow.case_ref == case, EntryRow.case_seq == case_seq)).first()
    if found is None:
        return None
    signed = select(CheckpointRow).where(col(CheckpointRow.size) > found.position)
    same = (CosignatureRow.origin == CheckpointRow.origin) & (CosignatureRow.size == CheckpointRow.size)
    cosigned = select(CosignatureRow.size).where(same).exists()
    newest = signed.order_by(cosigned.desc(), col(CheckpointRow.signed_at).desc(), col(CheckpointRow.size).desc())
    row = session.scalars(newest.limit(1)).first()
    if row is None:
        return None
    path = tree.inclusion(StoredNodes(session), found.position, row.size)
    return Receipt(found.position, found.leaf, tuple(path), whole_note(session, row))


def receipt_of(session: Session, case: str, type_: str) -> Receipt | None:
    """The receipt of the case's newest entry of this type; None as `receipt_for`, and when there is no such entry."""
    newest = select(EntryRow.case_seq).where(EntryRow.case_ref == case, EntryRow.type == type_)
    case_seq = session.scalar(newest.order_by(col(EntryRow.case_seq).desc()).limit(1))
    return None if case_seq is None else receipt_for(session, case, case_seq)


def whole_note(session: Session, row: CheckpointRow) -> Note:
    """The signed head with the cosignatures that its witnesses have given."""
    lines = select(CosignatureRow.line).where(CosignatureRow.origin == row.origin, CosignatureRow.size == row.size)
    note = Note.parse(row.note)
    more = (Signature.parse(line) for line in session.scalars(lines.order_by(col(CosignatureRow.witness))))
    return Note(note.text, (*note.signatures, *more))
