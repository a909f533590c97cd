"""What the sweep does about jobs without a living worker and cases without a job."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from audit.log.entry import Actor
from robot.engine.lease import Lease
from robot.engine.queue import Job
from robot.engine.runner import ATTEMPTS, INTERRUPTIONS
from robot.engine.sweep import RARELY, Sweep
from robot.steps.base import Draft
from tests.robot.engine.ground import Ground, application, build

LEASE_SECONDS = 3600.0  # the heart beats in real time and must not come in between
SETTLE_SECONDS = 20.0
ROBOT = Actor(kind="robot", id="provbidrag")


@pytest.fixture
def swept(url: str, tmp_path: Path) -> Iterator["Swept"]:
    """A house with a sweep, on each kind of database."""
    made = Swept(build(tmp_path, url=url))
    yield made
    made.end()


class Swept:
    """A worker that only sweeps, and what the test does to the queue behind it."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.in_hand: set[Job] = set()
        house = ground.house
        self.lease = Lease(house.database, ground.clock, name="norr", serves=["cases"], seconds=LEASE_SECONDS)
        self.lease.open()
        settle = {"brev": SETTLE_SECONDS}
        self.sweep = Sweep(house, ground.runner, self.lease, in_hand=lambda: self.in_hand, settle_seconds=settle)

    def job(self, ref: str) -> Job:
        """The one job that may move the case."""
        row = self.ground.row(ref)
        return Job(ref, row.job, row.queue)

    def becomes(self, ref: str, status: str, executor: str = "") -> Job:
        """What the library would write: its job is claimed by a worker, or has ended."""
        job, database = self.job(ref), self.ground.house.database
        table = "workflow_status" if database.url.startswith("sqlite") else "dbos.workflow_status"
        with database.write() as session:
            session.connection().exec_driver_sql(
                f"UPDATE {table} SET status = '{status}', executor_id = '{executor}' WHERE workflow_uuid = '{job.id}'"  # noqa: S608 - the test's own words
            )
        return job

    def pass_by(self, seconds: float) -> None:
        """Let time go by and sweep."""
        self.ground.clock.advance(timedelta(seconds=seconds))
        self.sweep.once()

    def owned(self) -> set[Job]:
        """The jobs that somebody has in hand."""
        return {job for job, _ in self.ground.house.queue.in_hand()}

    def end(self) -> None:
        """Close everything."""
        self.sweep.stop()
        self.lease.close()
        self.ground.house.close()


def test_a_dead_workers_job_is_given_back(swept: Swept) -> None:
    """A job in the hands of nobody who lives goes back to its own queue, and the journal says that it was broken."""
    ref = swept.ground.submit(application())
    job = swept.becomes(ref, "PENDING", "dead.1")
    swept.sweep.once()
    assert swept.owned() == set()
    assert swept.ground.house.queue.runnable([job]) == {job}
    assert swept.ground.types(ref)[-1] == "step.retry"
    assert swept.ground.run(ref).status == "closed"


def test_an_intended_effect_settles_first(swept: Swept) -> None:
    """Where something may be on its way to a target, the job waits for that target's time-outs, and is told of once."""
    ref = swept.ground.submit(application())
    ledger = swept.ground.house.ledger
    body = {"key": "k", "effect": "brev.beslutsbrev", "verb": "send", "step": 0}
    ledger.write(ledger.load(ref), [Draft("effect.intended", body, {"content": {}})], actor=ROBOT)
    job = swept.becomes(ref, "PENDING", "dead.1")
    swept.sweep.once()
    swept.pass_by(SETTLE_SECONDS - 1)
    assert swept.owned() == {job}
    swept.pass_by(1)
    assert swept.owned() == set()
    assert swept.ground.types(ref).count("step.retry") == 1


def test_an_interruption_counts_once_however_many_sweeps_see_it(swept: Swept) -> None:
    """A sweep that takes over from one that died while an effect settled does not count the same dead worker again."""
    ground = swept.ground
    ref = ground.submit(application())
    body = {"key": "k", "effect": "brev.beslutsbrev", "verb": "send", "step": 0}
    ledger = ground.house.ledger
    ledger.write(ledger.load(ref), [Draft("effect.intended", body, {"content": {}})], actor=ROBOT)
    swept.becomes(ref, "PENDING", "dead.1")
    swept.sweep.once()
    swept.sweep.stop()
    after = Sweep(ground.house, ground.runner, swept.lease, in_hand=set, settle_seconds={"brev": SETTLE_SECONDS})
    after.once()
    after.stop()
    assert ledger.load(ref).interruptions == 1
    assert ground.types(ref).count("step.retry") == 1


def test_dead_workers_do_not_use_up_the_tries(swept: Swept) -> None:
    """That workers died in a step leaves it all its tries against a target that is down."""
    ref = swept.ground.submit(application())
    for number in range(ATTEMPTS):
        swept.becomes(ref, "PENDING", f"dead.{number}")
        swept.sweep.once()
    state = swept.ground.house.ledger.load(ref)
    assert (state.attempts, state.interruptions, state.status) == (0, ATTEMPTS, "running")


def test_a_living_workers_job_is_left_alone(swept: Swept) -> None:
    """The sweep takes nothing from a worker that holds its lease and works on the job."""
    ref = swept.ground.submit(application())
    job = swept.becomes(ref, "PENDING", swept.lease.executor)
    swept.in_hand = {job}
    swept.sweep.once()
    swept.pass_by(LEASE_SECONDS * 2)
    assert swept.owned() == {job}
    assert swept.ground.types(ref)[-1] != "step.retry"


def test_a_job_that_is_ours_and_that_nobody_works_on(swept: Swept) -> None:
    """A claim whose answer was lost on the way is given back after the time of a lease."""
    ref = swept.ground.submit(application())
    job = swept.becomes(ref, "PENDING", swept.lease.executor)
    swept.sweep.once()
    assert swept.owned() == {job}
    swept.pass_by(LEASE_SECONDS)
    assert swept.owned() == set()


def test_a_running_case_without_job_gets_one(swept: Swept) -> None:
    """A case that stands still while its job has failed gets a new one after two looks; a case with one gets none."""
    failed, waiting = swept.ground.submit(application()), swept.ground.submit(application(number="199006022397"))
    old, kept = swept.becomes(failed, "ERROR"), swept.job(waiting)
    for _ in range(RARELY + 1):
        assert swept.job(failed) == old
        swept.pass_by(1)
    assert swept.job(failed) != old
    assert swept.job(waiting) == kept
    assert swept.ground.house.queue.runnable([swept.job(failed), kept]) == {swept.job(failed), kept}


def test_a_case_that_ends_its_workers_goes_to_a_person(swept: Swept) -> None:
    """A case that has lost its worker too often in one step is handed over with the reason."""
    ref = swept.ground.submit(application())
    for number in range(INTERRUPTIONS):
        swept.becomes(ref, "PENDING", f"dead.{number}")
        swept.sweep.once()
    state = swept.ground.house.ledger.load(ref)
    assert state.status == "person"
    assert state.review is not None
    assert [reason.code for reason in state.review.reasons] == ["forsok_slut.avbrott"]


def test_a_job_delayed_by_a_wrong_clock_is_woken(swept: Swept) -> None:
    """A job that the clock, set back a day, would let wait until tomorrow is run now; an ordinary delay is kept."""
    refs = [swept.ground.submit(application()), swept.ground.submit(application(number="199006022397"))]
    queue, ledger = swept.ground.house.queue, swept.ground.house.ledger
    for ref, delay in zip(refs, (86_400.0, 100.0), strict=True):
        swept.becomes(ref, "ERROR")
        state = ledger.load(ref)
        ledger.write(
            state, [Draft("step.retry", {"step": 0, "code": "svarar_inte"})], actor=ROBOT, queue="cases", delay=delay
        )
    far, near = (swept.job(ref) for ref in refs)
    assert set(queue.delayed_beyond(0)) == {far, near}
    swept.sweep.once()
    assert queue.delayed_beyond(0) == [near]
