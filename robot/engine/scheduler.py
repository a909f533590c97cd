"""Wakes the regular work. It only starts and enqueues; it never runs a case."""

import threading
from collections.abc import Callable

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from audit.log.check import check_all
from robot.engine.house import House
from robot.engine.turn import turn_of
from robot.engine.working_days import SWEDEN

log = structlog.get_logger(__name__)
BEAT_SECONDS = 5
DEADLINE_SECONDS = 10 * 60
DRIFT_SECONDS = 60 * 60


class Scheduler:
    """Polls the intake folder, starts the nightly run, and looks for what is late and what has drifted.

    There may be several, over several machines: the one whose turn it is acts, and another takes over when it dies.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._folder = house.folder()
        self._turn = turn_of(house.database)
        self._one_asks = threading.Lock()
        self._acts = False
        self._beat_ns = house.clock.monotonic_ns()
        self._scheduler = BackgroundScheduler(timezone=SWEDEN)
        self._poll = self._guarded("intake.poll", self._folder.poll)
        settings = house.settings
        self._scheduler.add_job(
            self._poll,
            "interval",
            seconds=settings.poll_seconds,
            max_instances=1,
            coalesce=True,
        )
        self._scheduler.add_job(
            self._guarded("nightly", self.nightly), "cron", hour=settings.nightly_hour, max_instances=1, coalesce=True
        )
        watches = (("deadlines", DEADLINE_SECONDS, house.deadlines.look), ("drift", DRIFT_SECONDS, house.drift.look))
        for name, seconds, look in watches:
            self._scheduler.add_job(
                self._guarded(name, look), "interval", seconds=seconds, max_instances=1, coalesce=True
            )
        self._scheduler.add_job(self.beat, "interval", seconds=BEAT_SECONDS, max_instances=1, coalesce=True)

    def start(self) -> None:
        """Begin, with a first look in the intake folder at once."""
        self._poll()
        self._scheduler.start()

    def stop(self) -> None:
        """Start nothing more, and let another take the turn."""
        self._scheduler.shutdown(wait=True)
        self._turn.close()

    def beat(self) -> bool:
        """Take or keep the turn; say whether this scheduler acts."""
        with self._one_asks:
            acts = self._turn.mine()
            if acts != self._acts:
                log.info("scheduler.turn", acts=acts)
            self._acts = acts
            self._beat_ns = self._house.clock.monotonic_ns()
        return acts

    def silent_seconds(self) -> float:
        """Since when it has not beaten: much more than `BEAT_SECONDS` means that it hangs."""
        return (self._house.clock.monotonic_ns() - self._beat_ns) / 1e9

    def nightly(self) -> None:
        """Take what is left in the intake, and check every chain of the journal against the vault."""
        self._folder.poll()
        with self._house.database.read() as session:
            report = check_all(session, self._house.vault)
        if report.problems:
            log.error(
                "journal.broken",
                problems=len(report.problems),
                kinds=sorted({problem.kind for problem in report.problems}),
            )
        else:
            log.info("journal.checked", entries=report.entries, cases=report.cases)

    def _guarded(self, name: str, work: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            try:
                if self.beat():
                    work()
            except Exception:  # the next tick tries again; a scheduler that dies in silence would be worse
                log.exception("scheduler.failed", job=name)

        return run
