"""Figures for Prometheus: counts and times without personal data, with labels that cannot grow without bound.

What this process did is counted here as it happens. What all of them have in hand is read from the case rows when
somebody asks, so every process answers the same.
"""

import re
from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlmodel import Session, col, func, select

from audit.log import sequencer
from audit.log.entry import Entry
from audit.log.tables import CheckpointRow, EntryRow
from robot.engine.brake import PULLED, RELEASED, chain, fold_brakes
from robot.engine.case import CaseState
from robot.engine.screen_results import CHAIN, CHECKED, results_of
from robot.steps.base import Draft
from robot.store.database import Database
from robot.store.tables import CaseRow

MOST_REASONS = 100
OTHER = "other"
_WORD = re.compile(r"[a-z][a-z0-9_]{0,59}")
_OUTCOMES = {"effect.intended", "effect.done", "effect.unknown", "effect.failed"}
_OPEN = ("running", "person", "applicant")
_SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120)

PROCESS = CollectorRegistry()
_effects = Counter("arende_effects", "Journalled effects by kind and outcome.", ["effect", "outcome"], registry=PROCESS)
_steps = Histogram("arende_step_seconds", "Time of a step by verb.", ["verb"], registry=PROCESS, buckets=_SECONDS)
_screens = Histogram(
    "arende_screen_seconds",
    "Time of one screen of a case system by what was done (read, write, look) and how it ended.",
    ["screen", "act", "outcome"],
    registry=PROCESS,
    buckets=_SECONDS,
)
_sweeps = Counter(
    "arende_sweep_actions", "What the sweep did about jobs without a live owner.", ["action"], registry=PROCESS
)

_checkpoints = Counter(
    "arende_log_checkpoints", "Heads of the log that were signed or refused to be.", ["outcome"], registry=PROCESS
)

Families = Callable[[Session, datetime], Sequence[Metric]]


def count_effects(state: CaseState, drafts: Sequence[Draft]) -> None:
    """Count the outcomes of effects among entries that are now durable."""
    for draft in drafts:
        if draft.type in _OUTCOMES:
            effect = state.effects.get(str(draft.body.get("key")))
            kind = "unknown" if effect is None else effect.kind
            _effects.labels(kind, draft.type.removeprefix("effect.")).inc()


def count_sweep(action: str, number: int = 1) -> None:
    """Count what the sweep did; ``action`` is a word from its code."""
    _sweeps.labels(action).inc(number)


def count_checkpoint(outcome: str) -> None:
    """Count a head of the log: "signed", or "refused" because it contradicts an earlier one."""
    _checkpoints.labels(outcome).inc()


@contextmanager
def step_time(verb: str) -> Iterator[None]:
    """Measure one step of this verb, also when it fails."""
    began = perf_counter()
    try:
        yield
    finally:
        _steps.labels(verb).observe(perf_counter() - began)


@contextmanager
def screen_time(screen: str, act: str) -> Iterator[None]:
    """Measure what was done with one screen, also when it fails; the outcome is "done" or the failure's kind."""
    began, outcome = perf_counter(), "done"
    try:
        yield
    except BaseException as error:
        outcome = getattr(error, "kind", "broken")
        raise
    finally:
        _screens.labels(screen, act, outcome).observe(perf_counter() - began)


def rendered(database: Database, now: datetime) -> bytes:
    """Everything in Prometheus' text format: this process's counts, and the state of all cases at ``now``."""
    asked = CollectorRegistry()
    asked.register(_Cases(database, now))
    return generate_latest(PROCESS) + generate_latest(asked)


class _Cases(Collector):
    """What the case rows say now."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._database = database
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Every family of figures, from one session."""
        with self._database.read() as session:
            for family in _FAMILIES:
                yield from family(session, self._now)


def _states(session: Session, _: datetime) -> Sequence[Metric]:
    family = GaugeMetricFamily("arende_cases", "Cases by process and status.", labels=["process", "status"])
    by_status = select(CaseRow.process, CaseRow.status, func.count()).group_by(CaseRow.process, CaseRow.status)
    for process, status, count in session.exec(by_status):
        family.add_metric([process, status], count)
    return [family]


def _reasons(session: Session, _: datetime) -> Sequence[Metric]:
    family = GaugeMetricFamily("arende_cases_waiting", "Cases that wait for a person, by reason.", labels=["reason"])
    # Without restricted cases: how many are protected is not for whoever reads the graphs.
    waiting = select(CaseRow.reasons).where(col(CaseRow.status) == "person", col(CaseRow.restricted).is_(False))
    tally = Tally(reason for reasons in session.exec(waiting) for reason in {_reason(one["code"]) for one in reasons})
    shown = dict(tally.most_common(MOST_REASONS))
    rest = tally.total() - sum(shown.values())
    if rest:
        shown[OTHER] = shown.get(OTHER, 0) + rest
    for reason, count in sorted(shown.items()):
        family.add_metric([reason], count)
    return [family]


def _reason(code: str) -> str:
    """The code's first word: what follows names facts, targets and kinds of error, as many as there are processes."""
    word = code.partition(".")[0]
    return word if _WORD.fullmatch(word) else OTHER


def _queues(session: Session, now: datetime) -> Sequence[Metric]:
    count = GaugeMetricFamily("arende_queue_cases", "Cases that the robot has in hand, by queue.", labels=["queue"])
    age = GaugeMetricFamily("arende_queue_age_seconds", "Age of the oldest case, by queue.", labels=["queue"])
    running = select(CaseRow.queue, func.count(), func.min(CaseRow.opened_at)).where(col(CaseRow.status) == "running")
    for queue, cases, oldest in session.exec(running.group_by(CaseRow.queue)):
        count.add_metric([queue], cases)
        age.add_metric([queue], max((now - oldest).total_seconds(), 0.0))
    return [count, age]


def _late(session: Session, now: datetime) -> Sequence[Metric]:
    family = GaugeMetricFamily("arende_cases_late", "Open cases whose promised time has passed.", labels=["status"])
    late = select(CaseRow.status, func.count()).where(col(CaseRow.status).in_(_OPEN), col(CaseRow.due_at) < now)
    counts = dict(session.exec(late.group_by(CaseRow.status)).all())
    for status in _OPEN:
        family.add_metric([status], counts.get(status, 0))
    return [family]


def _brakes(session: Session, _: datetime) -> Sequence[Metric]:
    family = GaugeMetricFamily("arende_brakes", "Brakes that are on, by process and kind.", labels=["process", "kind"])
    chains = select(EntryRow.case_ref, EntryRow.data).where(col(EntryRow.type).in_((PULLED, RELEASED)))
    found = session.exec(chains.order_by(col(EntryRow.case_ref), col(EntryRow.case_seq))).all()
    for ref, entries in groupby(found, key=lambda row: row[0]):
        process = ref.removeprefix(chain(""))
        on = Tally(scope.kind for scope in fold_brakes(process, (Entry.parse(data) for _, data in entries)))
        for kind, count in sorted(on.items()):
            family.add_metric([process, kind], count)
    return [family]


def _log(session: Session, now: datetime) -> Sequence[Metric]:
    pending = GaugeMetricFamily("arende_log_waiting", "Entries that have no place in the log yet.")
    pending.add_metric([], sequencer.waiting(session))
    size = GaugeMetricFamily("arende_log_entries", "Entries that have their place in the log.")
    size.add_metric([], sequencer.size(session))
    age = GaugeMetricFamily("arende_log_checkpoint_age_seconds", "Age of the newest signed head of the log.")
    newest = session.exec(select(func.max(CheckpointRow.signed_at))).one()
    if newest is not None:
        age.add_metric([], max((now - datetime.fromisoformat(newest)).total_seconds(), 0.0))
    return [pending, size, age]


def _rehearsals(session: Session, now: datetime) -> Sequence[Metric]:
    good = GaugeMetricFamily(
        "arende_screen_ok", "1 when the newest rehearsal went through, by screen.", labels=["process", "screen"]
    )
    age = GaugeMetricFamily(
        "arende_screen_check_age_seconds", "Age of the newest rehearsal of a screen.", labels=["process", "screen"]
    )
    checks = select(EntryRow.case_ref, EntryRow.data).where(col(EntryRow.type) == CHECKED)
    found = session.exec(checks.order_by(col(EntryRow.case_ref), col(EntryRow.case_seq))).all()
    for ref, entries in groupby(found, key=lambda row: row[0]):
        for one in results_of(ref.removeprefix(CHAIN), (Entry.parse(data) for _, data in entries)):
            good.add_metric([one.process, one.screen], 0 if one.code else 1)
            age.add_metric([one.process, one.screen], max((now - one.at).total_seconds(), 0.0))
    return [good, age]


_FAMILIES: tuple[Families, ...] = (_rehearsals, _states, _reasons, _queues, _late, _brakes, _log)
