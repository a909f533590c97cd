"""What the controller's pages of the stickprov show: one period's figures, queues, causes and reviewers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from statistics import median

from sqlmodel import Session, col, select

from audit.log.entry import Entry
from audit.log.tables import EntryRow
from audit.stickprov.figures import Canaries, Figures, Record, by_stratum, by_version, over_lanes, together
from audit.stickprov.period import RATE, Period, chain, periods, read_period
from audit.stickprov.rate import Goal
from audit.stickprov.statistics.estimators import Total
from audit.stickprov.statistics.sequence import running_sequence
from desk.charts import Point, Series
from desk.roles import User
from desk.web import Desk
from robot.definition import Definition
from robot.definition.model import Stickprov
from robot.engine.canaries import measured
from robot.engine.periods import RISK
from robot.engine.sample_control import Standing, standings
from robot.engine.sample_figures import Reviewed, opinions, records, reviewed
from robot.engine.sample_goal import SampleGoal, StatedGoal, stated_goal
from robot.engine.sampling import RESULT, SETTLED
from robot.engine.scope import Scope
from robot.engine.view import SWEDEN
from robot.store.tables import CaseRow, SampleTaskRow

LANES = {"random": "Slumpurval", "risk": "Riskurval", "complaint": "Klagomål", "canary": "Kanariefåglar"}
FOUND = {
    "right": "Rätt",
    "wrong_outcome": "Fel utfall",
    "wrong_amount": "Fel belopp",
    "wrong_reasons": "Fel skäl eller lagrum",
    "wrong_procedure": "Fel handläggning",
    "cannot_tell": "Går inte att avgöra",
}
CAUSES = {
    "inkomst": "Inkomst",
    "utgift": "Utgift",
    "hushall": "Hushållet",
    "norm": "Norm eller belopp",
    "registeruppgift": "Registeruppgift",
    "tolkning": "Tolkning av lagen",
    "annat": "Annat",
}
RATE_CAUSES = {
    "first_error": "Första felet hittades",
    "two_of_five": "Fel i två av fem perioder",
    "calm": "Gränsen har legat under målet länge",
    "lower_bound": "Andelen fel har passerat det som tolereras",
    "new_kind": "Fel av nytt slag, till nackdel för någon",
    "floor": "Lägsta andelen enligt processen",
    "new_rules": "Reglerna är nya",
    "new_build": "Programmet är nytt",
    "person": "Ändrad av en person",
    "": "Oförändrad",
}


@dataclass(frozen=True)
class LaneLine:
    """A queue of the period. ``wrong``: answers that the decision was wrong; for canaries those that were seen."""

    lane: str
    assigned: int
    answered: int
    late: int
    wrong: int

    @property
    def waiting(self) -> int:
        """Reviews without an answer."""
        return self.assigned - self.answered


@dataclass(frozen=True)
class Load:
    """What a reviewer has done in the period. ``minutes``: the median of the timed reviews; None when none was."""

    reviewer: str
    answered: int
    waiting: int
    minutes: float | None
    hours: float


@dataclass(frozen=True)
class RateChange:
    """A journalled change of a stratum's rate. ``who`` is "" when the rate control did it."""

    at: datetime
    stratum: str
    before: str
    after: str
    cause: str
    at_once: bool
    who: str
    motivation: str


@dataclass(frozen=True)
class Overview:
    """Everything about one period of one process."""

    definition: Definition
    plan: Stickprov
    period: Period
    known: Sequence[str]
    strata: Sequence[Figures]
    total: Figures
    versions: Mapping[tuple[str, str], Figures]
    standings: Mapping[str, Standing]
    lanes: Sequence[LaneLine]
    weighted: Total | None
    canaries: Canaries
    causes: Counter[str]
    load: Sequence[Load]
    curves: Sequence[Series]
    changes: Sequence[RateChange]
    unsettled: int
    stated: StatedGoal | None

    @property
    def process(self) -> str:
        """The process's name."""
        return self.definition.id

    @property
    def tolerable(self) -> Fraction:
        """The share of wrong decisions that stops the robot."""
        return self.plan.tolerable

    @property
    def target(self) -> Fraction:
        """The share that the bound must be below before less is reviewed."""
        return self.plan.target

    @property
    def goal(self) -> SampleGoal:
        """The goal that a controller has set, else what the process tolerates."""
        return self.stated.goal if self.stated else SampleGoal(self.tolerable)

    @property
    def reached(self) -> bool:
        """Whether the bound of all strata together is within the goal."""
        counts = self.total.counts
        return counts.population > 0 and self.total.upper_errors <= self.goal.tolerable * counts.population

    @property
    def broken(self) -> bool:
        """Whether so many errors are found that the goal is shown not to hold."""
        return self.total.lower_errors > self.goal.tolerable * self.total.counts.population

    @property
    def reached_kronor(self) -> bool:
        """Whether the bound in kronor is within the goal, where the goal speaks of kronor."""
        limit = self.goal.kronor_ore
        return limit is not None and self.total.kronor.over_upper_ore <= limit

    def sequence(self, figures: Figures) -> tuple[float, float]:
        """The running bounds: over the periods since the stratum began, where it is followed so."""
        standing = self.standings.get(figures.stratum)
        return figures.sequence if standing is None else standing.control.sequence(RISK)

    def lane(self, name: str) -> LaneLine:
        """A queue by its name."""
        return next(one for one in self.lanes if one.lane == name)


def sampled_processes(desk: Desk) -> list[str]:
    """The processes with cases and a stickprov."""
    with desk.house.database.read() as session:
        names = session.exec(select(CaseRow.process).distinct()).all()
    return sorted(name for name in names if desk.house.library.current(name).stickprov is not None)


def overview(desk: Desk, process: str, wanted: str = "") -> Overview | None:
    """The period's overview, the newest period unless another is named; None when there is none."""
    house = desk.house
    definition = house.library.current(process)
    if definition.stickprov is None:
        return None
    with house.database.read() as session:
        known = periods(session, process)
        name = wanted or (known[-1] if known else "")
        if name not in known:
            return None
        period = read_period(house.ledger.journal, session, process, name)
        assert period is not None  # noqa: S101 - it is among the known
        counted = records(house.ledger.journal, session, period, desk.now())
        every = reviewed(session, process)
        shown = measured(session, process, name)
        stated = stated_goal(house.ledger.journal, session, process)
        tasks, answers = _tasks(session, process, name), _answers(session, process, name)
    stand = standings(house.ledger, process, definition.stickprov)
    canaries = shown if shown.shown else None
    return Overview(
        definition,
        definition.stickprov,
        period,
        known,
        by_stratum(counted, RISK, canaries=canaries),
        together(counted, RISK, canaries=canaries),
        by_version(counted, RISK),
        stand,
        [_lane(lane, tasks, answers, shown, desk.now()) for lane in LANES],
        _weighted(counted) if period.revealed else None,
        shown,
        _causes(every, name),
        _load(tasks, answers),
        _curves(desk, process, [one for one in every if one.stratum in stand and stand[one.stratum].counts(one)]),
        _changes(desk, process, known),
        len(unsettled(desk, process=process)),
        stated,
    )


def unsettled(desk: Desk, *, process: str = "", user: User | None = None) -> list[SampleTaskRow]:
    """The second reviews that came to something else than the first, and that nobody has settled."""
    query = select(SampleTaskRow).where(SampleTaskRow.number == 2, col(SampleTaskRow.answered_at).is_not(None))
    if process:
        query = query.where(SampleTaskRow.process == process)
    if user is not None and not user.sees_restricted:
        query = query.where(col(SampleTaskRow.restricted).is_(False))
    with desk.house.database.read() as session:
        rows = session.exec(query.order_by(col(SampleTaskRow.answered_at))).all()
        refs = [row.case_ref for row in rows]
        told = select(EntryRow.data).where(col(EntryRow.case_ref).in_(refs), col(EntryRow.type).in_((RESULT, SETTLED)))
        entries: dict[str, list[Entry]] = {}
        for entry in map(Entry.parse, session.exec(told)):
            entries.setdefault(entry.case, []).append(entry)
    return [row for row in rows if _is_open(entries.get(row.case_ref, []))]


def goal_of(definition: Definition, stratum: str) -> Goal | None:
    """The rate control's goal for a stratum of the robot's decisions."""
    plan = definition.stickprov
    if plan is None or stratum not in plan.rates:
        return None
    return Goal(plan.rates[stratum], plan.tolerable, plan.target, max(1, plan.minimum))


def _is_open(entries: Sequence[Entry]) -> bool:
    first, second, settled = opinions(sorted(entries, key=lambda one: one.case_seq), "random")
    if settled is not None or first is None or second is None:
        return False
    standing = Record("", Fraction(1), first=first, second=second).standing
    return standing is not None and standing.found == "cannot_tell"


def _tasks(session: Session, process: str, period: str) -> Sequence[SampleTaskRow]:
    return session.exec(
        select(SampleTaskRow).where(SampleTaskRow.process == process, SampleTaskRow.period == period)
    ).all()


def _answers(session: Session, process: str, period: str) -> list[Entry]:
    mine = select(SampleTaskRow.case_ref).where(SampleTaskRow.process == process, SampleTaskRow.period == period)
    query = select(EntryRow.data).where(EntryRow.type == RESULT, col(EntryRow.case_ref).in_(mine))
    return [Entry.parse(data) for data in session.exec(query)]


def _lane(
    lane: str, tasks: Sequence[SampleTaskRow], answers: Sequence[Entry], canaries: Canaries, now: datetime
) -> LaneLine:
    mine = [task for task in tasks if task.lane == lane]
    wrong = [one for one in answers if one.body["lane"] == lane and one.body["class"] not in {"right", "cannot_tell"}]
    return LaneLine(
        lane,
        len(mine),
        sum(task.answered_at is not None for task in mine),
        sum(task.answered_at is None and task.due_at < now for task in mine),
        canaries.seen if lane == "canary" else len({one.case for one in wrong}),
    )


def _weighted(counted: Sequence[Record]) -> Total | None:
    """Horvitz–Thompson over the lanes of a closed period; only when there is more than one to combine."""
    lanes = {lane for record in counted for lane in record.lanes}
    return over_lanes(counted) if len(lanes) > 1 else None


def _causes(every: Sequence[Reviewed], period: str) -> Counter[str]:
    wrong = (one for one in every if one.period == period and one.standing.found not in {"right", "cannot_tell"})
    return Counter(
        f"{FOUND[one.standing.found]}, {CAUSES.get(one.cause, one.cause or 'orsak saknas').lower()}" for one in wrong
    )


def _load(tasks: Sequence[SampleTaskRow], answers: Sequence[Entry]) -> list[Load]:
    names = {entry.body["reviewer"] for entry in answers} | {task.reviewer for task in tasks if task.reviewer}
    found = []
    for name in sorted(names):
        mine = [entry for entry in answers if entry.body["reviewer"] == name]
        seconds = [entry.body["seconds"] for entry in mine if entry.body["seconds"] is not None]
        waiting = sum(task.reviewer == name and task.answered_at is None for task in tasks)
        minutes = median(seconds) / 60 if seconds else None
        found.append(Load(name, len(mine), waiting, minutes, sum(seconds) / 3600))
    return found


def _curves(desk: Desk, process: str, every: Sequence[Reviewed]) -> list[Series]:
    """The running upper bound per stratum and day, since the brake on it was last let go or the rules were new."""
    found = []
    for stratum in sorted({one.stratum for one in every}):
        began = desk.house.brakes.released_at(process, Scope("stratum", stratum))
        mine = [one for one in every if one.stratum == stratum and (began is None or one.at > began)]
        days: dict[date, Point] = {}
        for number, one in enumerate(mine, 1):
            bad = sum(before.standing.found != "right" for before in mine[:number])
            day = one.at.astimezone(SWEDEN).date()
            days[day] = Point(day, number, bad, running_sequence(bad, number, RISK)[1])
        if days:
            found.append(Series(stratum, tuple(days.values())))
    return found


def _changes(desk: Desk, process: str, known: Sequence[str]) -> list[RateChange]:
    with desk.house.database.read() as session:
        recorded = [one for name in known for one in desk.house.ledger.journal.read(session, chain(process, name))]
    return [
        RateChange(
            one.entry.at(),
            one.entry.body["stratum"],
            one.entry.body["from"],
            one.entry.body["to"],
            RATE_CAUSES.get(one.entry.body["cause"], one.entry.body["cause"]),
            one.entry.body["effective"] == "now",
            one.entry.actor.id if one.entry.actor.kind == "person" else "",
            str(one.values.get("motivation", "")),
        )
        for one in reversed(recorded)
        if one.entry.type == RATE
    ]
