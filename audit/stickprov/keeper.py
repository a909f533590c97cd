"""The keeper of the draw key: commits to a period's key, answers about decisions that are made, and reveals afterwards.

It is the controller's. Run apart from the robot, it makes the draw unsteerable: the robot gets a ticket only for the
bytes of a decision, and a question that was asked too early stays on the list that is handed out with the key.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import canonical
from audit.clock import Clock
from audit.errors import DrawRefusedError, EntryError
from audit.log.entry import Entry, leaf_hash, timestamp
from audit.stickprov.month import bounds
from audit.stickprov.ticket import METHOD, key_commitment, period_key, ticket
from audit.vault.keys import derive

IN_MEMORY = ":memory:"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS question (
    number INTEGER PRIMARY KEY, log TEXT NOT NULL, period TEXT NOT NULL, case_ref TEXT NOT NULL, leaf TEXT NOT NULL,
    at TEXT NOT NULL, refused TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS ix_question ON question (log, period, case_ref);
CREATE TABLE IF NOT EXISTS revealed (log TEXT, period TEXT, at TEXT NOT NULL, PRIMARY KEY (log, period));
"""


@dataclass(frozen=True)
class Pledge:
    """What is journalled before a period's first draw: the hash of its key, and the key that signs the reveal (hex)."""

    log: str
    period: str
    commitment: str
    keeper_key: str


@dataclass(frozen=True)
class Question:
    """Whether a case is drawn: ``leaf`` (hex) and canonical bytes of its durable `decision.made`."""

    log: str
    period: str
    case: str
    leaf: str
    entry: bytes = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """The case's ticket, and the hash of the key that it was made with."""

    u: int
    commitment: str


@dataclass(frozen=True)
class Reveal:
    """The period's key (hex), every question about the period in order, and the keeper's signature over both."""

    log: str
    period: str
    key: str
    questions: tuple[dict[str, str], ...]
    digest: str
    signature: str


def signed_part(log: str, period: str, key: str, questions: int, digest: str) -> bytes:
    """The bytes that the keeper signs at the reveal."""
    return canonical.encode({"digest": digest, "key": key, "log": log, "period": period, "questions": questions})


def questions_digest(questions: tuple[dict[str, str], ...]) -> str:
    """SHA-256, hex, over the RFC 8785 bytes of the whole list."""
    return sha256(canonical.encode([dict(one) for one in questions])).hexdigest()


class Keeper:
    """Holds the draw key and remembers every question. Safe for threads and for several processes on one machine."""

    def __init__(self, key: bytes, state: Path | str, clock: Clock) -> None:
        """``key``: 32 bytes that nobody else has. ``state``: its own SQLite file, or `IN_MEMORY` for a simulation."""
        self._key = key
        self._clock = clock
        self._signing = Ed25519PrivateKey.from_private_bytes(derive(key, f"{METHOD}|reveal"))
        self._one_asks = threading.Lock()
        self._database = sqlite3.connect(str(state), timeout=30, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Close its file."""
        self._database.close()

    def pledge(self, log: str, period: str) -> Pledge:
        """What to journal before the period's first draw. Raises `DrawError` for another form of log or period."""
        key = period_key(self._key, log, period)
        return Pledge(log, period, key_commitment(key), self._signing.public_key().public_bytes_raw().hex())

    def ask(self, question: Question) -> Answer:
        """The case's ticket, for the decision in the question.

        The same question gets the same answer. Raises `DrawRefusedError`, after noting the question, when the bytes are
        not a decision of the robot for this case in this period, when the case was asked about with another decision,
        and when the period's key is revealed; `DrawError` for another form of log or period.
        """
        key = period_key(self._key, question.log, question.period)
        with self._transaction():
            refused = self._refused(question)
            known = self._database.execute(
                "SELECT 1 FROM question WHERE log = ? AND period = ? AND case_ref = ? AND leaf = ? AND refused = ?",
                (question.log, question.period, question.case, question.leaf, refused),
            ).fetchone()
            if known is None or refused:
                at = timestamp(self._clock.now())
                self._database.execute(
                    "INSERT INTO question (log, period, case_ref, leaf, at, refused) VALUES (?, ?, ?, ?, ?, ?)",
                    (question.log, question.period, question.case, question.leaf, at, refused),
                )
        if refused:
            raise DrawRefusedError(f"{question.case}: {_WHY[refused]}; the question is on the period's list")
        return Answer(ticket(key, question.log, question.period, question.case), key_commitment(key))

    def reveal(self, log: str, period: str) -> Reveal:
        """The period's key, and every question that was asked about it. From now on the period draws nothing more.

        Raises `DrawRefusedError` while the period lasts by the keeper's own clock, `DrawError` as `pledge`.
        """
        key = period_key(self._key, log, period).hex()
        _, ends = bounds(log, period)
        now = timestamp(self._clock.now())
        if now < ends:
            raise DrawRefusedError(f"{log} {period}: the period lasts until {ends}: its key is revealed afterwards")
        with self._transaction():
            self._database.execute("INSERT OR IGNORE INTO revealed VALUES (?, ?, ?)", (log, period, now))
            questions = self._listed(log, period)
        digest = questions_digest(questions)
        signature = self._signing.sign(signed_part(log, period, key, len(questions), digest)).hex()
        return Reveal(log, period, key, questions, digest, signature)

    def questions(self, log: str, period: str) -> tuple[dict[str, str], ...]:
        """Every question about the period so far: case, leaf, at, and why it was refused ("" when answered)."""
        with self._one_asks:
            return self._listed(log, period)

    def _listed(self, log: str, period: str) -> tuple[dict[str, str], ...]:
        rows = self._database.execute(
            "SELECT case_ref, leaf, at, refused FROM question WHERE log = ? AND period = ? ORDER BY number",
            (log, period),
        ).fetchall()
        return tuple(dict(zip(("case", "leaf", "at", "refused"), row, strict=True)) for row in rows)

    def _refused(self, question: Question) -> str:
        """Why the question is not answered, as a word; empty when it is."""
        wrong = _wrong(question)
        if wrong:
            return wrong
        others = self._database.execute(
            "SELECT 1 FROM question WHERE case_ref = ? AND log = ? AND refused = '' AND (leaf <> ? OR period <> ?)",
            (question.case, question.log, question.leaf, question.period),
        ).fetchone()
        if others is not None:
            return "another_decision"
        gone = self._database.execute(
            "SELECT 1 FROM revealed WHERE log = ? AND period = ?", (question.log, question.period)
        ).fetchone()
        return "" if gone is None else "revealed"

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._one_asks:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")


_WHY = {
    "not_an_entry": "the bytes are not a journal entry with this leaf hash",
    "not_this_case": "the entry belongs to another case",
    "not_a_decision": "the entry is not a decision that the robot made",
    "another_period": "the decision was made in another period",
    "another_decision": "the case was asked about with another decision before",
    "revealed": "the period's key is revealed, and it draws nothing more",
}


def _wrong(question: Question) -> str:
    """What is wrong with the decision in the question, as a word; empty when nothing is."""
    try:
        entry = Entry.parse(question.entry)
    except EntryError:
        return "not_an_entry"
    if leaf_hash(question.entry).hex() != question.leaf:
        return "not_an_entry"
    if entry.case != question.case:
        return "not_this_case"
    if entry.type != "decision.made" or entry.body.get("by") != "robot":
        return "not_a_decision"
    begins, ends = bounds(question.log, question.period)
    return "" if begins <= entry.ts < ends else "another_period"


def reveal_of(found: dict[str, Any]) -> Reveal:
    """A reveal as the keeper sent it. Raises `DrawRefusedError` when the list is not the one that was signed."""
    questions = tuple(
        {name: str(one[name]) for name in ("case", "leaf", "at", "refused")} for one in found["questions"]
    )
    if questions_digest(questions) != found["digest"]:
        raise DrawRefusedError(
            f"{found['log']} {found['period']}: the list of questions is not the one that was signed"
        )
    text = {name: str(found[name]) for name in ("log", "period", "key", "digest", "signature")}
    return Reveal(questions=questions, **text)
