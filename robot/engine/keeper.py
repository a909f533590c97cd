"""Keeps the log up to date beside the work: entries get their places within a second, and heads are signed in time."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

import structlog

from audit.clock import Clock
from audit.errors import LogError, TimestampError
from robot.engine.logbook import Logbook
from robot.engine.metrics import count_checkpoint
from robot.engine.turn import Turn
from robot.engine.witnessing import Witnessing
from robot.engine.working_days import SWEDEN

log = structlog.get_logger(__name__)
LOOK_SECONDS = 0.5
SIGN_SECONDS = 5 * 60
SIGN_ENTRIES = 1000
AGAIN_SECONDS = 60
ASK_SECONDS = 10
AT_ONCE = {"decision.made", "key.rotated", "log.recovered", "sample.commit", "sample.reveal"}
"""Entries that somebody outside soon holds a proof of, or that others rest on."""


class Keeper:
    """A thread that has the turn at the log, or waits for it. Only started where the log's key is.

    When the log contradicts what was signed it stops signing, says so, and looks again every minute.
    """

    def __init__(self, logbook: Logbook, turn: Turn, clock: Clock) -> None:
        self._logbook = logbook
        self._turn = turn
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="arende-log", daemon=True)
        # A witness or an authority that is slow to answer must not keep the log waiting.
        self._asking = threading.Thread(target=self._ask, name="arende-log-outside", daemon=True)
        self._acts = False
        self._disputed = False
        self._signed_ns = clock.monotonic_ns()
        self._day: date | None = None
        self._stopped_ns: int | None = None

    def start(self) -> None:
        """Begin, where the key is."""
        if self._logbook.signs:
            self._thread.start()
            self._asking.start()
        else:
            log.info("log.no_key")

    def stop(self) -> None:
        """Sign what there is, and let another take the turn."""
        self._stop.set()
        for thread in (self._thread, self._asking):
            if thread.is_alive():
                thread.join()
        self._turn.close()

    def tick(self, *, last: bool = False) -> None:
        """Look once. ``last``: nobody looks after this, so what is unsigned is signed."""
        self._acts = self._turn.mine()
        if not self._acts or self._rests():
            return
        try:
            self._keep(last=last)
        except LogError as error:
            self._stopped_ns = self._clock.monotonic_ns()
            self._logbook.stopped(error)
            count_checkpoint("refused")

    def _keep(self, *, last: bool) -> None:
        today = self._clock.now().astimezone(SWEDEN).date()
        types = self._logbook.integrate()
        if self._logbook.is_empty():
            return
        if self._day != today or self._stopped_ns is not None:
            # The first look of a start and of a day, and after a stop: everything from its stored bytes.
            self._sign(whole=True)
            self._logbook.resumed()
            self._day, self._stopped_ns = today, None
            return
        if types & AT_ONCE or self._is_due(last=last):
            self._sign(whole=False)

    def _is_due(self, *, last: bool) -> bool:
        waited = (self._clock.monotonic_ns() - self._signed_ns) / 1e9
        if last or waited >= SIGN_SECONDS:
            self._signed_ns = self._clock.monotonic_ns()
            return self._logbook.unsigned() > 0
        return self._logbook.unsigned() >= SIGN_ENTRIES

    def _sign(self, *, whole: bool) -> None:
        head = self._logbook.checkpoint(whole=whole)
        self._signed_ns = self._clock.monotonic_ns()
        count_checkpoint("signed")
        log.info("log.signed", size=head.size, whole=whole)

    def _rests(self) -> bool:
        since = self._stopped_ns
        return since is not None and (self._clock.monotonic_ns() - since) / 1e9 < AGAIN_SECONDS

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            self._look(last=False)
        self._look(last=True)

    def _ask(self) -> None:
        works = list(self._outside())
        while works and not self._stop.wait(ASK_SECONDS):
            for work in works if self._acts else ():
                try:
                    work()
                except Exception:  # as in `_look`
                    log.exception("log.asking_failed")

    def _outside(self) -> Iterator[Callable[[], object]]:
        """What is asked of others, as the settings say."""
        witnessing = self._logbook.witnessing()
        if witnessing is not None:
            yield partial(self._ask_witnesses, witnessing)
        try:
            timestamping = self._logbook.timestamping()
        except TimestampError as error:
            log.warning("log.no_timestamp", code="settings", why=str(error))
        else:
            if timestamping is not None:
                yield timestamping.tick

    def _ask_witnesses(self, witnessing: Witnessing) -> None:
        try:
            witnessing.submit()
            self._disputed = False
        except LogError as error:
            if not self._disputed:
                self._logbook.disputed(error)
            self._disputed = True

    def _look(self, *, last: bool) -> None:
        try:
            self.tick(last=last)
        except Exception:  # the next look tries again; a log that nobody keeps would be worse
            log.exception("log.failed")
