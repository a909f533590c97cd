"""The brake: what is braked is prepared and proposed, never decided by the robot, until a named person lets go.

Each process has a chain of its own in the journal, and what is braked is a fold of that chain.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from audit.errors import JournalConflictError
from audit.log.entry import Actor, Entry
from audit.log.journal import Journal
from audit.log.tables import ENTRIES, EntryRow
from robot.engine.scope import Scope
from robot.rules import Reason
from robot.store.database import Database, alone

log = structlog.get_logger(__name__)
PULLED, RELEASED = "brake.pulled", "brake.released"
BY_PERSON = "person"
HELD = "broms."
"""How the code of a reason begins that a brake gives; the scope follows."""
CONFLICTS = 5
FIRST, AFTER = "broms-", "broms."  # "." is the character after "-"

_NEWEST = select(func.max(ENTRIES.c.case_seq)).where(ENTRIES.c.case_ref == bindparam("chain"))


class BrakeError(Exception):
    """The brake cannot be pulled or released so; the message says why."""


@dataclass(frozen=True, slots=True)
class Puller:
    """Who works the brake: the person's account and name, or the part of the robot that found something."""

    id: str
    name: str
    person: bool = True

    @property
    def actor(self) -> Actor:
        """As the journal writes it."""
        return Actor(kind="person" if self.person else "system", id=self.id)


@dataclass(frozen=True, slots=True)
class Pulled:
    """A brake that is on. ``code``: "person", "drift.andel", "drift.belopp" or the failure that pulled it.

    ``figures``: what was measured, as text by name.
    """

    process: str
    scope: Scope
    at: datetime
    by: str
    name: str
    code: str
    figures: Mapping[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> Reason:
        """Why a case that meets the brake goes to a person."""
        why = f"Bromsen är dragen för {self.scope.text}. En person avgör hur ärendet går vidare."
        return Reason(f"{HELD}{self.scope.code}", why, "broms")


@dataclass(frozen=True, slots=True)
class BrakeEvent:
    """One line of the chain as people read it; ``reason`` comes from the vault."""

    process: str
    scope: Scope
    on: bool
    at: datetime
    by: str
    name: str
    code: str
    reason: str
    figures: Mapping[str, str]


def chain(process: str) -> str:
    """The name of the process's chain in the journal."""
    return FIRST + process


def fold_brakes(process: str, entries: Iterable[Entry]) -> dict[Scope, Pulled]:
    """What is braked after these entries."""
    pulled: dict[Scope, Pulled] = {}
    for entry in entries:
        if entry.type == PULLED:
            one = _pulled(process, entry)
            pulled[one.scope] = one
        elif entry.type == RELEASED:
            pulled.pop(_scope(entry.body), None)
    return pulled


def brakes_on(database: Database, process: str) -> tuple[Pulled, ...]:
    """The process's brakes that are on, for who only looks: nothing is made, not even a database.

    Raises:
        DatabaseError: The database cannot be reached, or is not of this version.

    """
    if database.is_new():
        return ()
    database.must_be_usable()
    with database.read() as session:
        rows = session.exec(
            select(EntryRow.data).where(EntryRow.case_ref == chain(process)).order_by(col(EntryRow.case_seq))
        )
        return tuple(fold_brakes(process, map(Entry.parse, rows)).values())


class Brakes:
    """Pulls, releases and tells. What it has read is kept until the chain has grown."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal
        self._read: dict[str, tuple[int, dict[Scope, Pulled]]] = {}

    def pull(
        self,
        process: str,
        scope: Scope,
        puller: Puller,
        *,
        code: str = BY_PERSON,
        reason: str = "",
        figures: Mapping[str, str] | None = None,
        case: str | None = None,
    ) -> bool:
        """Pull the brake; False when it is on already. A person must say why.

        ``case``: the reference of the case that ran into it.

        Raises:
            BrakeError: A person gave no reason.

        """
        if puller.person:
            _named(puller, reason)
        body = {"code": code, "figures": dict(figures or {}), "case": case}
        done = self._write(process, scope, PULLED, puller, body=body, reason=reason)
        if done:
            log.warning("brake.pulled", process=process, scope=scope.code, code=code, by=puller.id)
        return done

    def release(self, process: str, scope: Scope, puller: Puller, *, reason: str) -> None:
        """Let go. Only a named person may, and says why.

        Raises:
            BrakeError: It is not a person, no reason was given, or the brake is not on.

        """
        if not puller.person:
            msg = "only a named person may release a brake"
            raise BrakeError(msg)
        _named(puller, reason)
        if not self._write(process, scope, RELEASED, puller, body={}, reason=reason):
            on = ", ".join(sorted(one.scope.code for one in self.pulled(process))) or "none"
            msg = f"the brake on {scope.code} of {process} is not on; brakes that are: {on}"
            raise BrakeError(msg)
        log.warning("brake.released", process=process, scope=scope.code, by=puller.id)

    def pulled(self, process: str) -> tuple[Pulled, ...]:
        """The process's brakes that are on. Costs one look at the chain's length while nothing has happened."""
        with self._database.read() as session:
            length = _length(session, process)
            before = self._read.get(process)
            if before is None or before[0] != length:
                before = length, fold_brakes(process, self._journal.entries(session, chain(process)))
                self._read[process] = before
        return tuple(before[1].values())

    def holding(self, process: str, scopes: Sequence[Scope]) -> tuple[Pulled, ...]:
        """The brakes that are on and hold any of the scopes."""
        return tuple(one for one in self.pulled(process) if any(scope.meets(one.scope) for scope in scopes))

    def processes(self) -> list[str]:
        """The processes whose brakes have ever been touched."""
        reference = col(EntryRow.case_ref)
        query = select(EntryRow.case_ref).where(reference > FIRST, reference < AFTER).distinct()
        with self._database.read() as session:
            return sorted(ref.removeprefix(FIRST) for ref in session.exec(query))

    def released_at(self, process: str, scope: Scope) -> datetime | None:
        """When a person last let go of this brake."""
        with self._database.read() as session:
            entries = self._journal.entries(session, chain(process))
        times = [entry.at() for entry in entries if entry.type == RELEASED and _scope(entry.body) == scope]
        return times[-1] if times else None

    def history(self, process: str) -> list[BrakeEvent]:
        """Everything that has happened to the process's brakes, the newest first."""
        with self._database.read() as session:
            recorded = self._journal.read(session, chain(process))
        return [
            BrakeEvent(
                process,
                _scope(one.entry.body),
                one.entry.type == PULLED,
                one.entry.at(),
                one.entry.actor.id,
                one.entry.body["name"],
                one.entry.body.get("code", BY_PERSON),
                str(one.values.get("reason", "")),
                one.entry.body.get("figures", {}),
            )
            for one in reversed(recorded)
            if one.entry.type in {PULLED, RELEASED}
        ]

    def _write(
        self, process: str, scope: Scope, kind: str, puller: Puller, *, body: Mapping[str, Any], reason: str
    ) -> bool:
        """Append when it changes something. Two who pull at once write one entry."""
        told = {"scope": scope.kind, "target": scope.name, "name": puller.name, **body}
        personal = {"reason": reason} if reason else {}
        for _ in range(CONFLICTS):
            try:
                with self._database.write() as session:
                    # Between the look and the append another worker could otherwise pull the same brake.
                    alone(session, chain(process))
                    on = scope in fold_brakes(process, self._journal.entries(session, chain(process)))
                    if on == (kind == PULLED):
                        return False
                    self._journal.append(
                        session, chain(process), kind, actor=puller.actor, body=told, personal=personal
                    )
                    return True
            except JournalConflictError:
                continue
        msg = f"the brake of {process} was written by others {CONFLICTS} times in a row; try again"
        raise BrakeError(msg)


def _length(session: Session, process: str) -> int:
    found = session.scalar(_NEWEST, {"chain": chain(process)})
    return -1 if found is None else found


def _pulled(process: str, entry: Entry) -> Pulled:
    body = entry.body
    return Pulled(
        process,
        _scope(body),
        entry.at(),
        entry.actor.id,
        body["name"],
        body["code"],
        body["figures"],
    )


def _scope(body: Mapping[str, Any]) -> Scope:
    return Scope(body["scope"], body["target"])


def _named(puller: Puller, reason: str) -> None:
    if not puller.id.strip() or not puller.name.strip() or not reason.strip():
        msg = "a brake needs a named person and a reason"
        raise BrakeError(msg)
