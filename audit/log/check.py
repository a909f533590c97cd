"""Checks chains and vault against each other, and names every problem it finds.

What the chains of single cases cannot show, because whoever can write the table can also compute hashes: an entry
edited or added together with everything after it in its case, the newest entries of a case cut off with their values, a
whole case removed with its values, and the database put back to an older copy. These need a head that lies outside.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, union
from sqlalchemy.orm import Session
from sqlmodel import col, select

from audit.errors import EntryError, VaultError
from audit.log.entry import Commitment, Entry, leaf_hash
from audit.log.journal import CLOSED, REOPENED, last_tombstone, may_follow_close
from audit.log.tables import EntryRow
from audit.vault.commitment import commit
from audit.vault.tables import CaseKeyRow, ValueRow
from audit.vault.vault import SealedCase, Vault, parse_reference, reference


class ProblemKind(StrEnum):
    """What is wrong, as a stable word for scripts."""

    NO_ENTRIES = "no_entries"
    UNREADABLE = "unreadable"
    HASH = "hash"
    COLUMNS = "columns"
    GAP = "gap"
    LINK = "link"
    CAUSE = "cause"
    AFTER_CLOSE = "after_close"
    COUNT = "count"
    KEY = "key"
    VALUE_GONE = "value_gone"
    VALUE_ALTERED = "value_altered"
    COMMITMENT = "commitment"
    ORPHAN_VALUE = "orphan_value"
    ORPHAN_KEY = "orphan_key"


@dataclass(frozen=True)
class Problem:
    """One problem. ``case_seq`` is None when no single entry is at fault; ``detail`` never holds a stored value."""

    kind: ProblemKind
    case: str
    case_seq: int | None
    detail: str


@dataclass(frozen=True)
class Report:
    """What was checked, and every problem. Nothing checked is not the same as nothing wrong: look at ``entries``."""

    cases: int
    entries: int
    values: int
    problems: tuple[Problem, ...]


def check_case(session: Session, vault: Vault, case: str) -> list[Problem]:
    """Every problem of one case, in the order of its entries; an empty list when chain and vault are whole.

    Checked: the bytes are an entry and canonical, the hash is theirs, the columns repeat them, ``case_seq`` runs
    0..n-1, each entry names the one before, causes lie before, nothing forbidden follows `case.closed` and its count is
    right, each commitment opens to its value or was erased by a later `pd.erased`, and the vault holds nothing else.
    While others write, give a session that reads one snapshot (SQLite in a transaction, PostgreSQL at REPEATABLE READ).
    """
    return _check(session, vault, case)[0]


def check_all(session: Session, vault: Vault, progress: Callable[[int, int], None] | None = None) -> Report:
    """Check every case that has entries, values or a key; ``progress(done, total)`` counts entries after each case."""
    total = session.scalar(select(func.count()).select_from(EntryRow)) or 0
    known = union(select(EntryRow.case_ref), select(ValueRow.case_ref), select(CaseKeyRow.case_ref))
    cases = list(session.scalars(known))
    problems: list[Problem] = []
    entries = values = 0
    for case in sorted(cases):
        found, entry_count, value_count = _check(session, vault, case)
        problems += found
        entries += entry_count
        values += value_count
        if progress is not None:
            progress(entries, total)
    return Report(len(cases), entries, values, tuple(problems))


def _check(session: Session, vault: Vault, case: str) -> tuple[list[Problem], int, int]:
    query = select(EntryRow).where(EntryRow.case_ref == case).order_by(col(EntryRow.case_seq))
    # What the session remembers of a row is not evidence of what is stored.
    rows = session.scalars(query.execution_options(populate_existing=True)).all()
    if not rows:
        detail = "expected entries, found none"
        return [Problem(ProblemKind.NO_ENTRIES, case, None, detail), *_check_values(session, vault, case, [])], 0, 0
    problems: list[Problem] = []
    entries: list[Entry] = []
    before: EntryRow | None = None
    for row in rows:
        entry, found = _check_row(row, before)
        problems += found
        if entry is not None:
            entries.append(entry)
        before = row
    problems += _check_close(entries)
    problems += _check_values(session, vault, case, entries)
    return problems, len(rows), sum(len(entry.pd) for entry in entries)


def _check_row(row: EntryRow, before: EntryRow | None) -> tuple[Entry | None, list[Problem]]:
    found: list[Problem] = []

    def problem(kind: ProblemKind, detail: str) -> None:
        found.append(Problem(kind, row.case_ref, row.case_seq, detail))

    expected_seq = 0 if before is None else before.case_seq + 1
    if row.case_seq != expected_seq:
        problem(ProblemKind.GAP, f"expected case_seq {expected_seq}, found {row.case_seq}")
    if row.leaf != leaf_hash(row.data):
        problem(ProblemKind.HASH, "the stored leaf hash is not the hash of the stored bytes")
    try:
        entry = Entry.parse(row.data)
    except EntryError as error:
        problem(ProblemKind.UNREADABLE, str(error))
        return None, found
    wrong = [
        name
        for name, column, said in (
            ("case_ref", row.case_ref, entry.case),
            ("case_seq", row.case_seq, entry.case_seq),
            ("type", row.type, entry.type),
            ("ts", row.ts, entry.ts),
        )
        if column != said
    ]
    if wrong:
        problem(ProblemKind.COLUMNS, f"the columns {', '.join(wrong)} say something else than the bytes")
    if entry.case_prev != (None if before is None else leaf_hash(before.data).hex()):
        problem(ProblemKind.LINK, "case_prev is not the leaf hash of the entry before")
    if any(cause >= entry.case_seq for cause in entry.causes):
        problem(ProblemKind.CAUSE, "causes name an entry that does not lie before")
    return entry, found


def _check_close(entries: Sequence[Entry]) -> Iterator[Problem]:
    closed = False
    for entry in entries:
        if closed and not may_follow_close(entry.type):
            yield Problem(
                ProblemKind.AFTER_CLOSE, entry.case, entry.case_seq, f"{entry.type} may not stand after {CLOSED}"
            )
        if entry.type == CLOSED:
            closed = True
            count = entry.body.get("count")
            if count != entry.case_seq + 1:
                yield Problem(
                    ProblemKind.COUNT,
                    entry.case,
                    entry.case_seq,
                    f"expected count {entry.case_seq + 1}, found {count!r}",
                )
        elif entry.type == REOPENED:
            closed = False


def _check_values(session: Session, vault: Vault, case: str, entries: Sequence[Entry]) -> Iterator[Problem]:
    try:
        sealed = vault.load(session, case)
    except VaultError as error:
        yield Problem(ProblemKind.KEY, case, None, str(error))
        return
    tombstone = last_tombstone(entries)
    places: set[str] = set()
    for entry in entries:
        for item in entry.pd:
            places.add(item.v)
            problem = _check_commitment(entry, item, sealed, erased=entry.case_seq < tombstone)
            if problem is not None:
                yield Problem(problem[0], case, entry.case_seq, problem[1])
    for number in sorted(sealed.sealed):
        if reference(case, number) not in places:
            yield Problem(
                ProblemKind.ORPHAN_VALUE, case, None, f"{reference(case, number)}: no entry commits to this value"
            )
    if sealed.key is not None and not places:
        yield Problem(ProblemKind.ORPHAN_KEY, case, None, "the vault has a key for a case without personal values")


def _check_commitment(
    entry: Entry, item: Commitment, sealed: SealedCase, *, erased: bool
) -> tuple[ProblemKind, str] | None:
    case, number = parse_reference(item.v)
    if case != entry.case:
        return ProblemKind.COMMITMENT, f"{item.v}: the entry points into another case's vault"
    try:
        opened = sealed.open(number)
    except VaultError as error:
        return ProblemKind.VALUE_ALTERED, str(error)
    if opened is None:
        return None if erased else (ProblemKind.VALUE_GONE, f"{item.v}: the value is gone, and no pd.erased says why")
    if commit(opened.secret, entry.case, entry.case_seq, item.f, opened.value) != item.c:
        return ProblemKind.COMMITMENT, f"{item.v}: the value is not the one that {item.f} commits to"
    return None
