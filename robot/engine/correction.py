"""A correction campaign: every decision that a faulty rule has touched becomes a task for a person, until none is left.

The robot changes no decision that is made. The campaign has a chain of its own in the journal, named after the rule and
the mended version; started again it only adds what is new, so that one which was broken off is simply run again.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

from sqlmodel import Session, col, select

from audit.errors import AuditError, JournalConflictError
from audit.log.entry import Actor, Entry
from audit.log.tables import EntryRow
from robot.definition import Definition
from robot.engine.affected import Affected, affected
from robot.engine.ledger import CONFLICTS, Ledger, StaleCaseError
from robot.engine.library import Library
from robot.engine.working_days import add_working_days
from robot.rules.proof import did_you_mean
from robot.steps._letter import kronor
from robot.steps.base import Draft
from robot.store.tables import CaseRow, DefinitionRow

STARTED, FOUND = "correction.started", "correction.found"
FIRST, AFTER = "rattelse-", "rattelse."  # "." is the character after "-"
FINISHED = ("closed", "by_hand")
TITLES = {
    "fordel": "Omprövning: beslutet är till nackdel för den sökande",
    "nackdel": "Omprövning: beslutet är till fördel för den sökande",
    "oklart": "Omprövning: den rättade regeln kan inte ge något svar",
}
LAW = {
    "fordel": (
        "Ett beslut som är uppenbart felaktigt i något väsentligt hänseende ska ändras, om det kan göras snabbt och "
        "enkelt och utan att det blir till nackdel för någon enskild (38 § förvaltningslagen). Även annars får ett "
        "felaktigt beslut ändras till fördel för den sökande (37 §)."
    ),
    "nackdel": (
        "Ett gynnande beslut får ändras till nackdel för den sökande bara om det har ett förbehåll om återkallelse, om "
        "tvingande säkerhetsskäl kräver det, eller om felet beror på att den sökande har lämnat oriktiga eller "
        "vilseledande uppgifter (37 § andra stycket förvaltningslagen). Annars står beslutet fast. Roboten sänker "
        "aldrig ett beslut och återkräver aldrig något."
    ),
    "oklart": "Utred vad som gäller, och ta sedan ställning enligt 37 och 38 §§ förvaltningslagen.",
}
CLERICAL = "Är felet ett uppenbart skrivfel, räknefel eller liknande förbiseende får beslutet rättas (36 §)."


class CorrectionError(Exception):
    """The campaign cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was found among the decisions of a process. ``erased`` and ``unreadable`` could not be worked out again."""

    rule: str
    fixed: Definition
    examined: int
    erased: int
    unreadable: int
    affected: tuple[Affected, ...]

    @property
    def campaign(self) -> str:
        """The name of the campaign's chain."""
        digest = hashlib.sha256(f"{self.rule}|{self.fixed.version}".encode()).hexdigest()
        return f"{FIRST}{self.fixed.id}-{digest[:12]}"


@dataclass(frozen=True, slots=True)
class Campaign:
    """How far a campaign has come. ``later``: cases in hand when it was run, whose task is not opened yet."""

    name: str
    process: str
    rule: str
    fixed: str
    since: str
    directions: Mapping[str, int]
    found: int
    open: int
    later: int
    stands: int
    changed: int

    @property
    def left(self) -> int:
        """How many decisions nobody has taken a stand on."""
        return self.open + self.later


class Corrections:
    """Finds, opens and follows."""

    def __init__(self, ledger: Ledger, library: Library) -> None:
        self._ledger = ledger
        self._library = library

    def version(self, named: str) -> Definition:
        """The mended version: a process folder, or the beginning of a stored version's hash.

        Raises:
            CorrectionError: There is no such version, or several.
            DefinitionError: The folder has errors.

        """
        folder = Path(named)
        if (folder / "process.yaml").is_file():
            return self._library.read(folder)
        begins = "sha256:" + named.removeprefix("sha256:")
        with self._ledger.database.read() as session:
            query = select(DefinitionRow.version, DefinitionRow.process)
            found = session.exec(query.where(col(DefinitionRow.version).startswith(begins, autoescape=True))).all()
        if len(found) != 1:
            msg = f"--fixed-by: expected a process folder or one stored version, found {len(found)} that begin with it"
            raise CorrectionError(msg)
        return self._library.stored(found[0][1], found[0][0])

    def search(self, rule: str, fixed: Definition) -> Search:
        """Every decision of the process that the mended rule would have made another. Nothing is written.

        Raises:
            CorrectionError: The mended version has no such rule or amount.

        """
        if rule not in fixed.book.names():
            hint = did_you_mean(rule, fixed.book.names()) or "look in rules.py and parameters/"
            msg = f"--rule: {fixed.id} has no rule or amount {rule!r}; {hint}"
            raise CorrectionError(msg)
        with self._ledger.database.read() as session:
            ours = (CaseRow.process == fixed.id, CaseRow.version != fixed.version)
            query = select(CaseRow.ref, CaseRow.erased_at).where(*ours, col(CaseRow.decided_at).is_not(None))
            rows = session.exec(query.order_by(col(CaseRow.ref))).all()
        found: list[Affected] = []
        unreadable = 0
        for ref in [ref for ref, erased_at in rows if erased_at is None]:
            try:
                with self._ledger.database.read() as session:
                    one = affected(fixed, rule, self._ledger.journal.read(session, ref))
            except AuditError:
                unreadable += 1
                continue
            found += [] if one is None else [one]
        erased = sum(erased_at is not None for _, erased_at in rows)
        return Search(rule, fixed, len(rows) - erased, erased, unreadable, tuple(found))

    def open(self, search: Search, *, actor: Actor) -> int:
        """Open a task for every decision that was found and has none in this campaign yet; how many were opened.

        A case that is in somebody's hand is noted, and gets its task when the campaign is run again.
        """
        if not search.affected:
            return 0
        self._note(search, actor)
        opened = 0
        for one in search.affected:
            state = self._ledger.load(one.case)
            if state.status not in FINISHED or self._has_task(one.case, search.campaign):
                continue
            due = add_working_days(self._ledger.clock.now(), search.fixed.review.within_working_days)
            reopened = [Draft("case.reopened", {"campaign": search.campaign})] if state.status == "closed" else []
            task = _task(search, one, step=state.position, due_at=due.isoformat())
            self._ledger.write(state, [*reopened, task], actor=actor)
            opened += 1
        return opened

    def status(self) -> list[Campaign]:
        """Every campaign, the newest first."""
        with self._ledger.database.read() as session:
            named = (col(EntryRow.case_ref) > FIRST, col(EntryRow.case_ref) < AFTER, EntryRow.type == STARTED)
            names = session.exec(select(EntryRow.case_ref).where(*named).order_by(col(EntryRow.id).desc())).all()
            return [self._campaign(session, name) for name in names]

    def _campaign(self, session: Session, name: str) -> Campaign:
        entries = self._ledger.journal.entries(session, name)
        started = entries[0]
        found = {entry.body["case"]: entry.body["direction"] for entry in entries if entry.type == FOUND}
        results: Counter[str] = Counter()
        for entry in _answers(session, list(found)):
            if entry.body.get("campaign") == name:
                results["opened" if entry.type == "human.review.opened" else entry.body["result"]] += 1
        settled = results["stands"] + results["changed"]
        return Campaign(
            name,
            started.body["process"],
            started.body["rule"],
            started.body["fixed"],
            started.ts,
            Counter(found.values()),
            len(found),
            results["opened"] - settled,
            len(found) - results["opened"],
            results["stands"],
            results["changed"],
        )

    def _note(self, search: Search, actor: Actor) -> None:
        """Write the campaign's chain: that it began, the version it goes by, and each decision that is new in it."""
        for _ in range(CONFLICTS):
            try:
                with self._ledger.database.write() as session:
                    self._library.keep(session, search.fixed, now=self._ledger.clock.now())
                    self._append(session, search, actor)
                    return
            except JournalConflictError:
                continue
        msg = f"{search.campaign}: {CONFLICTS} journal conflicts in a row; another process writes to it all the time"
        raise StaleCaseError(msg)

    def _append(self, session: Session, search: Search, actor: Actor) -> None:
        journal = self._ledger.journal
        known = journal.entries(session, search.campaign)
        if not known:
            body = {"process": search.fixed.id, "rule": search.rule, "fixed": search.fixed.version}
            journal.append(session, search.campaign, STARTED, actor=actor, body=body)
        noted = {entry.body["case"] for entry in known if entry.type == FOUND}
        for one in search.affected:
            if one.case not in noted:
                told = {**asdict(one), "why": list(one.why)}
                journal.append(session, search.campaign, FOUND, actor=actor, body=told)

    def _has_task(self, ref: str, campaign: str) -> bool:
        with self._ledger.database.read() as session:
            return any(entry.body.get("campaign") == campaign for entry in _answers(session, [ref]))


def _answers(session: Session, refs: Sequence[str]) -> list[Entry]:
    """The entries that open and end tasks in these cases."""
    kinds = ("human.review.opened", "human.review.corrected")
    query = select(EntryRow.data).where(col(EntryRow.case_ref).in_(refs), col(EntryRow.type).in_(kinds))
    return [Entry.parse(data) for data in session.exec(query)]


def _task(search: Search, one: Affected, *, step: int, due_at: str) -> Draft:
    body = {
        "reasons": [{"code": f"rattelse.{one.direction}", "title": TITLES[one.direction]}],
        "lane": "correction",
        "resume": "same",
        "step": step,
        "due_at": due_at,
        "campaign": search.campaign,
    }
    return Draft("human.review.opened", body, {"remarks": {"0": _remarks(search, one)}})


def _remarks(search: Search, one: Affected) -> list[str]:
    was = _words(one.outcome, one.amount_ore)
    what = search.fixed.book.rules[search.rule][0].law if search.rule in search.fixed.book.rules else "ett belopp"
    fault = f"Regeln {search.rule} ({what}) var fel när beslutet fattades. Beslutet blev {was}."
    if one.new_outcome is None or one.new_amount_ore is None:
        return [fault, "Den rättade regeln kan inte ge något svar med uppgifterna i ärendet.", LAW[one.direction]]
    now = f"Med den rättade regeln blir det {_words(one.new_outcome, one.new_amount_ore)}."
    return [fault, now, LAW[one.direction], CLERICAL]


def _words(outcome: str, amount_ore: int) -> str:
    return outcome if outcome != "bifall" else f"bifall med {kronor(Decimal(amount_ore) / 100)}"
