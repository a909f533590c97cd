"""What must hold when a seed has ended, whatever went wrong: the robot's promises, against what the outside has."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from sqlmodel import col, func, select

from audit.log.check import check_all
from audit.log.journal import Recorded
from audit.log.tables import EntryRow
from audit.stickprov.ticket import period_key, threshold, ticket
from robot.engine.case import CaseState
from robot.engine.effects import effect_key
from robot.engine.fold import EFFECT_SECRET, after, fold
from robot.engine.ledger import projection
from robot.engine.queue import Job
from robot.store.tables import CaseRow
from testbed.simulation.people import Applicant
from testbed.simulation.town import DRAW_KEY, PROCESS, Town

EFFECTS = ("anteckning", "utbetalning", "besked")
OPEN = {"human.review.agreed", "human.review.decided", "human.review.fact_changed", "human.review.asked"}
FACTS = ("skydd", "folkbokforing", "inkomster", "tidigare")


class Oracle:
    """Judges one seed's world."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def figures(self) -> tuple[str, int, int]:
        """A digest of every journalled byte, the number of cases, and of those that are closed."""
        digest = hashlib.sha256()
        with self._town.database.read() as session:
            for data in session.exec(select(EntryRow.data).order_by(col(EntryRow.case_ref), col(EntryRow.case_seq))):
                digest.update(data)
            cases = session.exec(select(func.count()).select_from(CaseRow)).one()
            closed = session.exec(select(func.count()).where(col(CaseRow.status) == "closed")).one()
        return digest.hexdigest(), cases, closed

    def jobless(self) -> list[str]:
        """At any moment: a running case whose job was never put."""
        with self._town.database.read() as session:
            running = select(CaseRow.ref, CaseRow.job, CaseRow.queue).where(col(CaseRow.status) == "running")
            jobs = [Job(*row) for row in session.exec(running)]
        known = self._town.queue.known() if jobs else set()
        return [f"lost: {job.case} runs without the job {job.id}" for job in jobs if job.id not in known]

    def violations(self, accepted: Mapping[str, Applicant], *, calm: bool) -> list[str]:
        """Every promise that was broken. ``calm``: nothing went wrong, so every clear case must be closed."""
        town = self._town
        found = [f"without intent: {act}" for act in town.outside.without_intent]
        with town.database.read() as session:
            rows = {row.ref: row for row in session.exec(select(CaseRow)).all()}
            found += [f"chain: {problem}" for problem in check_all(session, town.vault).problems]
            found += [f"lost: {ref} was accepted and is gone" for ref in accepted if ref not in rows]
            for ref, applicant in accepted.items():
                if ref in rows:
                    recorded = town.journal.read(session, ref)
                    found += [f"{one} ({ref})" for one in self._of_case(rows[ref], recorded, applicant, calm=calm)]
        flagged = {one.truth.number for one in accepted.values() if one.truth.flagged is not False}
        asked = {query for number, query in town.outside.asked if number in flagged}
        found += [f"restricted: {query} was asked about a protected person" for query in asked - {"skatteverket.skydd"}]
        return found

    def _of_case(
        self, row: CaseRow, recorded: Sequence[Recorded], applicant: Applicant, *, calm: bool
    ) -> Iterator[str]:
        state = fold(recorded)
        for name, value in projection(state).items():
            if getattr(row, name) != value:
                yield f"projection: {name} is {getattr(row, name)!r}, the journal says {value!r}"
        yield from _ended(state, applicant, calm=calm)
        yield from self._outside(state)
        yield from _steps(recorded)
        yield from self._tickets(state, recorded)
        yield from _keys(recorded)
        yield from _decisions(recorded, applicant)

    def _outside(self, state: CaseState) -> Iterator[str]:
        """What the case system and the channels have, against the decision."""
        saved = {what: self._town.outside.found(what, state.reference) for what in EFFECTS}
        for what, records in saved.items():
            if len(records) > 1:
                yield f"doubled: {len(records)} of {what}"
            if records and state.decision is None and "decided" not in state.reviewed:
                yield f"without decision: {what}"
        done = {effect.kind.partition(".")[2]: effect.status for effect in state.effects.values()}
        for what, status in done.items():
            if status == "done" and not saved[what]:
                yield f"wrong end: {what} is done and is not there"
            if status == "failed" and saved[what]:
                yield f"wrong end: {what} has failed and is there"
        if state.status == "closed":
            yield from _carried_out(state, {what: len(records) for what, records in saved.items()})
        for record in (*saved["anteckning"], *saved["utbetalning"]):
            if state.decision is not None and Decimal(record.content["bidrag"]) != state.decision.amount:
                yield f"wrong end: {record.what} says {record.content['bidrag']}, decided {state.decision.amount}"

    def _tickets(self, state: CaseState, recorded: Sequence[Recorded]) -> Iterator[str]:
        bodies = [one.entry.body for one in recorded if one.entry.type == "sample.ticket"]
        if len(bodies) > 1:
            yield f"stickprov: drawn {len(bodies)} times"
        for body in bodies:
            key = period_key(DRAW_KEY, PROCESS, body["period"])
            picked = ticket(key, PROCESS, body["period"], state.ref) < threshold(Fraction(body["probability"]))
            if picked != body["picked"]:
                yield "stickprov: the ticket is not the one that the key gives"


def _ended(state: CaseState, applicant: Applicant, *, calm: bool) -> Iterator[str]:
    """Closed, with a person, or by hand: never without a reason, and without faults as the truth says."""
    if state.status == "running":
        yield "lost: the robot is not done with it"
    if state.status in {"person", "applicant"} and (state.review is None or not _said(state)):
        yield "hand-over without a reason"
    if state.restricted is False and applicant.truth.flagged is not False:
        yield "restricted: lifted without a clear answer"
    if not calm or state.status == "applicant":
        return
    picked = state.ticket is not None and state.ticket.picked
    if applicant.amount is not None and state.status != "closed" and not picked:
        yield f"calm: a clear case ended with {state.status}"
    if applicant.amount is None and state.status != "person":
        yield f"calm: a case for a person ended with {state.status}"


def _said(state: CaseState) -> bool:
    return state.review is not None and any(reason.code and reason.title for reason in state.review.reasons)


def _carried_out(state: CaseState, saved: Mapping[str, int]) -> Iterator[str]:
    if state.decision is None:
        yield "wrong end: closed without a decision"
        return
    paid = 1 if state.decision.amount > 0 else 0
    if saved != {"anteckning": 1, "utbetalning": paid, "besked": 1}:
        yield f"wrong end: closed with {dict(saved)} for {state.decision.outcome}"


def _steps(recorded: Sequence[Recorded]) -> Iterator[str]:
    """A person may only act on a case that waits for one, and the robot only on one that runs."""
    state = fold(recorded[:1])
    for one in recorded[1:]:
        kind, status = one.entry.type, state.status
        if kind in OPEN and status != "person":
            yield f"stale: {kind} on a case that is {status}"
        if kind == "human.review.answered" and status != "applicant":
            yield f"stale: {kind} on a case that is {status}"
        if one.entry.actor.kind == "robot" and status != "running":
            yield f"stale: the robot wrote {kind} in a case that is {status}"
        state = after(state, one)


def _keys(recorded: Sequence[Recorded]) -> Iterator[str]:
    """The same key is the same content, and the key says which."""
    for one in recorded:
        if one.entry.type == "effect.intended":
            body = one.entry.body
            step = f"{body['step']}.{body['effect']}"
            content = one.values["content"]
            known = content if isinstance(content, dict) else {}
            secret = str(recorded[0].values.get(EFFECT_SECRET, ""))
            if body["key"] != effect_key(one.entry.case, step, known, secret=secret):
                yield f"key: {body['effect']} has a key that does not tell its content"


def _decisions(recorded: Sequence[Recorded], applicant: Applicant) -> Iterator[str]:
    """The robot decides once, only on facts that are known and true, and only what it may."""
    made = [one for one in recorded if one.entry.type == "decision.made" and one.entry.body["by"] == "robot"]
    for one in made:
        state = fold(recorded[: one.entry.case_seq])
        missing = [name for name in FACTS if name not in state.facts or not state.facts[name].known]
        if missing:
            yield f"decision without {', '.join(missing)}"
        amount = Decimal(one.entry.body["amount_ore"]) / 100
        if applicant.amount != amount or one.entry.body["outcome"] != "bifall":
            yield f"wrong decision: {one.entry.body['outcome']} {amount}, expected {applicant.amount}"
    if len(made) > 1:
        yield f"decided {len(made)} times by the robot"
