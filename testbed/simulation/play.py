"""One seed: applications come in, workers and people work, and everything goes wrong; then calm, until all is done."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from robot.engine.brake import BrakeError, Puller
from robot.engine.intake import Accepted, IntakeConflictError
from robot.engine.ledger import StaleCaseError
from robot.engine.queue import Job
from robot.engine.review import Person, ReviewError
from robot.store.tables import CaseRow
from testbed.simulation.oracle import Oracle
from testbed.simulation.people import Applicant
from testbed.simulation.stage import Actor, Crash
from testbed.simulation.town import PROCESS, Town
from testbed.simulation.workers import LEASE_SECONDS, SimulatedWorker

STEPS = 30_000
STORM_STEPS_PER_CASE = 160
ACTIONS_PER_CASE = 4
TICK_SECONDS = 9.0
STAFF = (Person("anna", "Anna Exempel"), Person("bo", "Bo Exempel"))
DRIFT = Puller("drift", "Drift Exempel")
EXPECTED = (SQLAlchemyError, StaleCaseError, ReviewError, BrakeError, IntakeConflictError, Crash)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a seed ended: the first violations, and a digest of every byte that was journalled."""

    violations: tuple[str, ...]
    digest: str
    cases: int
    closed: int
    steps: int


class Play:
    """Chooses by seed who goes on, and what breaks."""

    def __init__(
        self, town: Town, applicants: Sequence[Applicant], *, calm: bool, clear: bool, workers: int = 3
    ) -> None:
        """``calm``: only the fates break anything, and no person acts. ``clear``: they break nothing either."""
        self._town = town
        self._chance = random.Random(f"{town.name} play")
        self._calm = calm
        self._clear = clear
        self._coming = list(reversed(applicants))
        self._accepted: dict[str, Applicant] = {}
        self._handing_in: Actor | None = None
        self._people: list[Actor] = []
        self._actions: dict[str, int] = {}
        self._started = 0
        self._workers = [self._start() for _ in range(workers)]
        self._problems: list[str] = []
        self._storm = 0 if calm else STORM_STEPS_PER_CASE * len(applicants)
        self._oracle = Oracle(town)
        town.outside.people = {one.truth.number: one.truth for one in applicants}

    def run(self) -> Ended:
        """Play to the end and judge it."""
        steps = 0
        while steps < STEPS and not self._problems and self._go_on(steps):
            steps += 1
        if steps >= STEPS:
            self._problems.append(f"not done after {STEPS} steps")
        self._stop()
        found = self._problems or self._oracle.violations(self._accepted, calm=self._clear)
        digest, cases, closed = self._oracle.figures()
        return Ended(tuple(found), digest, cases, closed, steps)

    def _go_on(self, step: int) -> bool:
        """Do one thing; False when there is nothing left to do."""
        stormy = step < self._storm or (bool(self._coming) and not self._calm)
        if step == self._storm:
            self._settle_down()
        if stormy and self._chance.random() < 0.04:
            self._break_something()
        if step % 50 == 0:
            self._problems += self._oracle.jobless()
        choices = self._choices(stormy=stormy)
        if choices:
            self._chance.choice(choices)()
            return True
        return self._wait()

    def _choices(self, *, stormy: bool) -> list[Callable[[], None]]:
        found: list[Callable[[], None]] = []
        awake = [worker for worker in self._workers if worker.alive and not self._is_frozen(worker)]
        for worker in awake:
            for actor in worker.actors():
                found += [self._stepping(actor, worker)] * 4
        jobs = self._town.queue.ready() if any(worker.segment is None for worker in awake) else []
        for worker in awake:
            if worker.segment is None and jobs:
                found += [self._taking(worker, jobs)] * 2
        found += [self._stepping(actor, None) for actor in (*self._people, *filter(None, [self._handing_in]))]
        if self._coming and self._handing_in is None:
            found.append(self._hand_in)
        if stormy and len(self._people) < 2 and self._chance.random() < 0.15:
            found.append(self._person_acts)
        return found

    def _taking(self, worker: SimulatedWorker, jobs: Sequence[Job]) -> Callable[[], None]:
        return lambda: worker.take(self._chance.choice(jobs))

    def _stepping(self, actor: Actor, worker: SimulatedWorker | None) -> Callable[[], None]:
        def step() -> None:
            self._town.clock.advance(timedelta(seconds=0.01))
            actor.step()
            if actor.ended:
                self._ended(actor, worker)

        return step

    def _ended(self, actor: Actor, worker: SimulatedWorker | None) -> None:
        if actor.error is not None and not isinstance(actor.error, EXPECTED):
            self._problems.append(f"{actor.name.split()[-1]}: {type(actor.error).__name__}: {actor.error}")
        if worker is not None:
            worker.gone(actor)
            if isinstance(actor.error, Crash):
                worker.die()
        elif actor is self._handing_in:
            self._handing_in = None
        else:
            self._people.remove(actor)

    def _wait(self) -> bool:
        """Nobody can go on now: let time pass, or say that everything is done."""
        if self._is_done():
            return False
        next_at = self._town.queue.next_at()
        until = TICK_SECONDS if next_at is None else next_at - self._town.queue.now()
        self._pass(min(max(until, 0.01), TICK_SECONDS))
        return True

    def _pass(self, seconds: float) -> None:
        self._town.clock.advance(timedelta(seconds=seconds))
        self._workers = [worker if worker.alive else self._start() for worker in self._workers]
        awake = [worker for worker in self._workers if not self._is_frozen(worker)]
        for worker in awake:
            worker.lease.beat()
            if worker.sweeping is None:
                worker.look()

    def _is_done(self) -> bool:
        busy = self._people or self._handing_in or self._coming or any(one.actors() for one in self._workers)
        queue = self._town.queue
        return not busy and queue.next_at() is None and not queue.in_hand() and not self._rows("running")

    def _is_frozen(self, worker: SimulatedWorker) -> bool:
        return worker.frozen_until > self._town.clock.monotonic_ns() / 1e9

    def _start(self) -> SimulatedWorker:
        self._started += 1
        return SimulatedWorker(self._town, f"w{self._started}")

    def _rows(self, *statuses: str) -> list[CaseRow]:
        with self._town.database.read() as session:
            query = select(CaseRow).where(col(CaseRow.status).in_(statuses)).order_by(col(CaseRow.ref))
            return list(session.exec(query).all())

    def _hand_in(self) -> None:
        one = self._coming[-1]

        def work() -> None:
            self._town.stage.point("hand in")
            taken = self._town.intake.submit(one.data, process=PROCESS, source="simulation")
            if not isinstance(taken, Accepted):
                raise TypeError(f"refused: {taken.faults}")
            self._town.stage.point("handed in")
            self._accepted[taken.case] = one
            self._coming.pop()

        self._handing_in = self._town.stage.actor("intake", work)

    def _person_acts(self) -> None:
        every = [row for row in self._rows("person", "person", "applicant", "running") if self._may_act(row)]
        if not every:
            return
        row, person = self._chance.choice(every), self._chance.choice(STAFF)
        self._actions[row.ref] = self._actions.get(row.ref, 0) + 1
        work = self._action(row, person)
        both = 2 if self._chance.random() < 0.5 else 1
        self._people += [self._town.stage.actor(f"person {row.ref}", work) for _ in range(both)]

    def _may_act(self, row: CaseRow) -> bool:
        often = self._actions.get(row.ref, 0) >= ACTIONS_PER_CASE
        return not often and (row.status != "running" or self._chance.random() < 0.02)

    def _action(self, row: CaseRow, person: Person) -> Callable[[], object]:
        reviews, ref = self._town.reviews, row.ref
        if row.status == "running":
            return lambda: reviews.take_over(ref, person, motivation="Skäl.")
        if row.status == "applicant":
            return lambda: reviews.applicant_answered(ref, person, "Svar.")
        earned = {"Belopp": [self._chance.choice(("0.00", "500.00"))]}
        amount = Decimal(self._chance.choice((0, 700, 4000)))
        outcome = "bifall" if amount else "avslag"
        due = self._town.clock.now() + timedelta(days=3)
        agree: Callable[[], object] = lambda: reviews.agree(ref, person, heard=True)  # noqa: E731 - one among five
        return self._chance.choice(
            (
                agree,
                agree,
                agree,
                agree,
                lambda: reviews.change_facts(ref, person, {"inkomster": earned}, motivation="Skäl."),
                lambda: reviews.decide_otherwise(ref, person, outcome, amount, motivation="Skäl.", heard=True),
                lambda: reviews.ask_applicant(ref, person, "Fråga?", due_at=due),
                lambda: reviews.take_over(ref, person, motivation="Skäl."),
            )
        )

    def _break_something(self) -> None:
        worker = self._chance.choice(self._workers)
        chosen = self._chance.random()
        if chosen < 0.3 and worker.alive:
            worker.die()
        elif chosen < 0.6:
            worker.frozen_until = self._town.clock.monotonic_ns() / 1e9 + self._chance.uniform(1, 4 * LEASE_SECONDS)
        elif chosen < 0.7:
            ended = self._town.queue.ended()
            if ended:
                self._town.queue.deliver_again(self._chance.choice(ended))
        elif chosen < 0.75:
            self._town.clock.advance(timedelta(hours=-self._chance.randint(1, 24)))
        elif chosen < 0.8:
            self._people.append(self._town.stage.actor("drift", self._release))
        else:
            self._pass(TICK_SECONDS)

    def _release(self) -> None:
        for brake in self._town.brakes.pulled(PROCESS):
            self._town.brakes.release(PROCESS, brake.scope, DRIFT, reason="Felet är rättat.")

    def _settle_down(self) -> None:
        self._town.stage.fates.quiet()
        for worker in self._workers:
            worker.frozen_until = 0.0

    def _stop(self) -> None:
        for worker in self._workers:
            if worker.alive:
                worker.die()
        for actor in (*self._people, *filter(None, [self._handing_in])):
            actor.dies = True
            actor.step()
