"""Wakes the regular work. It only starts and enqueues; it never runs a case."""

import threading
from collections.abc import Callable
from functools import partial

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from robot.engine.house import House
from robot.engine.letting_go import LettingGo
from robot.engine.nightly import Nightly
from robot.engine.turn import turn_of
from robot.engine.working_days import SWEDEN

log = structlog.get_logger(__name__)
BEAT_SECONDS = 5
DEADLINE_SECONDS = 10 * 60
DRIFT_SECONDS = 60 * 60
NIGHTLY_LOOK_SECONDS = 5 * 60
"""How soon after its hour, or after whoever should have done it died, the nightly run begins."""
LETTING_GO_SECONDS = 30
"""How soon a case that only a brake held goes on when the brake is released."""
SAMPLING_SECONDS = 10 * 60
CLEARING_SECONDS = 60 * 60
SCREENS_SECONDS = 5 * 60
"""How soon after their hour the screens are rehearsed."""
ENDED_JOBS_SECONDS = 24 * 60 * 60
"""How long an ended job's row is kept, for whoever looks into why it ended."""


class Scheduler:
    """Polls the intake folder, starts the nightly run, looks for what is late or has drifted, and clears up.

    There may be several, over several machines: the one whose turn it is acts, and another takes over when it dies.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._folder = house.folder()
        self._turn = turn_of(house.database)
        self._one_asks, self._one_checks = threading.Lock(), threading.Lock()
        self._acts = False
        self._beat_ns = house.clock.monotonic_ns()
        self._scheduler = BackgroundScheduler(timezone=SWEDEN)
        self._nightly = Nightly(house)
        self._letting_go = LettingGo(house.ledger, house.library, house.brakes)
        self._poll = self._guarded("intake.poll", self._folder.poll)
        regular: dict[str, tuple[float, Callable[[], object]]] = {
            "nightly": (NIGHTLY_LOOK_SECONDS, self._catch_up),
            "deadlines": (DEADLINE_SECONDS, house.deadlines.look),
            "drift": (DRIFT_SECONDS, house.drift.look),
            "brakes": (LETTING_GO_SECONDS, self._letting_go.look),
            "stickprov": (SAMPLING_SECONDS, self._sample),
            "clearing": (CLEARING_SECONDS, self._clear),
            "screens": (SCREENS_SECONDS, partial(house.screen_check.look, house.library)),
        }
        self._missed = threading.Thread(
            target=self._guarded("nightly", self._catch_up), name="arende-missed", daemon=True
        )
        self._every(house.settings.poll_seconds, self._poll)
        self._every(BEAT_SECONDS, self.beat)
        for name, (seconds, work) in regular.items():
            self._every(seconds, self._guarded(name, work))

    def start(self) -> None:
        """Begin, with a first look in the intake folder, and with the nightly run if nobody was there for it."""
        self._poll()
        self._missed.start()
        self._scheduler.start()

    def stop(self) -> None:
        """Start nothing more, and let another take the turn."""
        self._scheduler.shutdown(wait=True)
        self._missed.join()
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

    def _every(self, seconds: float, work: Callable[[], object]) -> None:
        self._scheduler.add_job(work, "interval", seconds=seconds, max_instances=1, coalesce=True)

    def _catch_up(self) -> None:
        with self._one_checks:
            if self._nightly.due():
                self._guarded("gallring", self._erase)()
                self._nightly.run()

    def _erase(self) -> None:
        self._house.gallring().nightly(self._house.settings.gallringsbeslut)

    def _sample(self) -> None:
        # With connections of its own: they belong to the event loop of one look.
        self._house.periods().watch()

    def _clear(self) -> None:
        removed = self._house.queue.forget_ended(ENDED_JOBS_SECONDS)
        log.info("queue.cleared", jobs=removed, files=self._folder.clear())

    def _guarded(self, name: str, work: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            try:
                if self.beat():
                    work()
            except Exception:  # the next tick tries again; a scheduler that dies in silence would be worse
                log.exception("scheduler.failed", job=name)

        return run
