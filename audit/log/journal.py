"""The journal: append to a case's chain, and read it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit import canonical
from audit.canonical import JSON, JSONInput
from audit.clock import Clock
from audit.errors import EntryError, JournalClosedError, JournalConflictError, VaultError
from audit.log.entry import Actor, Entry, check_case_ref, leaf_hash, timestamp
from audit.log.tables import ENTRIES, PENDING
from audit.vault.commitment import commit
from audit.vault.vault import SealedCase, Vault, Writer, parse_reference, reference

OPENED, CLOSED, REOPENED, ERASED = "case.opened", "case.closed", "case.reopened", "pd.erased"
_AFTER_CLOSE = ("human.review.", "review.", "sample.", "gallring.")
VALUES_PER_ENTRY = 1000
"""A value's number in the vault is ``case_seq`` * 1000 + its place in the entry: no number is ever used twice."""

_INSERT = insert(ENTRIES).returning(ENTRIES.c.id)
_INSERT_PENDING = insert(PENDING)
_OF_CASE = ENTRIES.c.case_ref == bindparam("case")
_NEWEST_FIRST = ENTRIES.c.case_seq.desc()
_LAST = select(ENTRIES.c.case_seq, ENTRIES.c.type, ENTRIES.c.leaf).where(_OF_CASE).order_by(_NEWEST_FIRST).limit(1)
_ENTRIES = select(ENTRIES.c.data).where(_OF_CASE).order_by(ENTRIES.c.case_seq)
_TURNS = ENTRIES.c.type.in_((CLOSED, REOPENED))
_LAST_TURN = select(ENTRIES.c.type).where(_OF_CASE, _TURNS).order_by(_NEWEST_FIRST).limit(1)


@dataclass(frozen=True)
class Recorded:
    """An entry with its personal values opened. A value that gallring has erased is absent."""

    entry: Entry
    values: dict[str, JSON] = field(repr=False)


@dataclass(frozen=True)
class New:
    """An entry to be written.

    ``body``: no personal data, ASCII keys, no floats, money in öre as int. ``personal``: values by field, encrypted in
    the vault and committed to. ``causes``: ``case_seq`` of earlier entries.
    """

    type: str
    body: Mapping[str, JSONInput] = field(default_factory=dict)
    personal: Mapping[str, JSONInput] = field(default_factory=dict, repr=False)
    intent: str | None = None
    causes: Sequence[int] = ()


class Journal:
    """Appends entries in the caller's session and transaction; never commits.

    A second writer of the same case loses with `JournalConflictError`: the caller rolls its whole transaction back and
    runs it again, because PostgreSQL refuses further work in it. On SQLite a transaction that will write must begin
    with BEGIN IMMEDIATE; writers then wait for each other.
    """

    def __init__(self, clock: Clock, vault: Vault) -> None:
        self._clock = clock
        self._vault = vault

    def append(
        self,
        session: Session,
        case: str,
        type: str,  # noqa: A002 - the word of the entry format
        *,
        actor: Actor,
        body: Mapping[str, JSONInput] | None = None,
        personal: Mapping[str, JSONInput] | None = None,
        intent: str | None = None,
        causes: Sequence[int] = (),
    ) -> Entry:
        """Write the next entry of the case and return it: `append_all` of one."""
        new = New(type, body or {}, personal or {}, intent, causes)
        return self.append_all(session, case, (new,), actor=actor)[0]

    def append_all(self, session: Session, case: str, news: Sequence[New], *, actor: Actor) -> list[Entry]:
        """Write the next entries of the case and return them.

        `case.closed` gets ``count``, the number of entries including itself. After an error the transaction may hold
        half of it: roll it back. Raises `EntryError`, `CanonicalError`, `JournalClosedError`, `JournalConflictError`
        and `VaultError`.
        """
        check_case_ref(case)
        last = session.execute(_LAST, {"case": case}).first()
        seq, prev = (0, None) if last is None else (last.case_seq + 1, last.leaf)
        closed = last is not None and self._is_closed(session, case, last.type)
        writer = self._vault.writer(session, case)
        entries: list[Entry] = []
        rows: list[dict[str, object]] = []
        try:
            for new in news:
                if closed and not may_follow_close(new.type):
                    msg = f"{case}: the case is closed; {new.type} may only follow after {REOPENED}"
                    raise JournalClosedError(msg)
                entry = self._entry(new, case, seq, prev, actor=actor, writer=writer)
                data = entry.canonical()
                prev = leaf_hash(data)
                columns = {"case_ref": case, "case_seq": seq, "type": entry.type, "ts": entry.ts}
                rows.append({**columns, "data": data, "leaf": prev})
                entries.append(entry)
                closed = entry.type == CLOSED or (closed and entry.type != REOPENED)
                seq += 1
            writer.insert()
            _insert(session, rows)
        except IntegrityError:
            raise JournalConflictError(
                f"{case}: entry {seq - len(entries)} was written by another transaction at the same time: roll back "
                "and run again"
            ) from None
        return entries

    def _entry(self, new: New, case: str, seq: int, prev: bytes | None, *, actor: Actor, writer: Writer) -> Entry:
        ts = timestamp(self._clock.now())
        return Entry.build(
            ts=ts,
            mono=self._clock.monotonic_ns() // 1000,
            case=case,
            case_seq=seq,
            case_prev=None if prev is None else prev.hex(),
            type=new.type,
            actor=actor,
            intent=new.intent,
            causes=_causes(new.causes, seq, new.type),
            body=_body(new.body, seq, new.type),
            pd=_commit(writer, case, seq, new.personal, ts),
        )

    def entries(self, session: Session, case: str) -> list[Entry]:
        """The case's entries in order. Raises `EntryError` for stored bytes that are not an entry; see `check_case`."""
        return [Entry.parse(data) for data in session.scalars(_ENTRIES, {"case": case})]

    def read(self, session: Session, case: str) -> list[Recorded]:
        """The case's entries in order, with their personal values.

        Raises `VaultError` when a value is missing and no later `pd.erased` says why, or does not match its commitment.
        """
        entries = self.entries(session, case)
        sealed = self._vault.load(session, case)
        tombstone = last_tombstone(entries)
        return [Recorded(entry, _values(entry, sealed, may_be_erased=entry.case_seq < tombstone)) for entry in entries]

    def _is_closed(self, session: Session, case: str, last_type: str) -> bool:
        if last_type == CLOSED or not may_follow_close(last_type):
            return last_type == CLOSED
        turn = session.scalar(_LAST_TURN, {"case": case})
        return turn == CLOSED


def may_follow_close(type_: str) -> bool:
    """Whether it may stand after `case.closed`: reading, review, stickprov, gallring and reopening."""
    return type_ in {"access.read", ERASED, REOPENED} or type_.startswith(_AFTER_CLOSE)


def last_tombstone(entries: Sequence[Entry]) -> int:
    """The ``case_seq`` of the last `pd.erased`, before which personal values may be gone; -1 when there is none."""
    return max((entry.case_seq for entry in entries if entry.type == ERASED), default=-1)


def _commit(
    writer: Writer, case: str, case_seq: int, personal: Mapping[str, JSONInput], ts: str
) -> tuple[dict[str, str], ...]:
    if len(personal) > VALUES_PER_ENTRY:
        raise EntryError(f"expected at most {VALUES_PER_ENTRY} personal values in an entry, found {len(personal)}")
    first = case_seq * VALUES_PER_ENTRY
    stored = writer.seal(first, personal, created=ts)
    return tuple(
        {"f": name, "c": commit(item.secret, case, case_seq, name, item.value), "v": reference(case, number)}
        for number, (name, item) in enumerate(stored.items(), start=first)
    )


def _insert(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    if not rows:
        return
    ids = session.scalars(_INSERT, rows).all()
    session.execute(_INSERT_PENDING, [{"entry_id": number} for number in ids])


def _causes(causes: Sequence[int], case_seq: int, type_: str) -> tuple[int, ...]:
    late = [cause for cause in causes if not 0 <= cause < case_seq]
    if late:
        raise EntryError(f"{type_}: causes: expected case_seq of earlier entries (below {case_seq}), found {late}")
    return tuple(causes)


def _body(body: Mapping[str, JSONInput], case_seq: int, type_: str) -> dict[str, JSON]:
    written = {key: canonical.plain(value, f"{type_}.body.{key}", ascii_keys=True) for key, value in body.items()}
    if type_ != CLOSED:
        return written
    if "count" in written:
        raise EntryError(f"{CLOSED}.body.count: the journal counts itself: leave it out")
    return {**written, "count": case_seq + 1}


def _values(entry: Entry, sealed: SealedCase, *, may_be_erased: bool) -> dict[str, JSON]:
    values: dict[str, JSON] = {}
    for item in entry.pd:
        found = sealed.open(parse_reference(item.v)[1])
        if found is None and not may_be_erased:
            raise VaultError(f"{item.v}: the journal commits to a value that is gone, and no {ERASED} entry says why")
        if found is None:
            continue
        if commit(found.secret, entry.case, entry.case_seq, item.f, found.value) != item.c:
            raise VaultError(f"{item.v}: the value is not the one the journal commits to")
        values[item.f] = found.value
    return values
