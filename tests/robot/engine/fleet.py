"""Real worker processes on a real database, to be killed, frozen and told to end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from tests.robot.engine.ground import START, Ground, application, build

PATIENCE_SECONDS = 60.0
PUBLISHED = (
    (Path(__file__).parents[3] / "testbed/scenario/testpersonnummer.csv").read_text(encoding="utf-8").split()[1:]
)


@dataclass
class Fleet:
    """Workers in processes of their own; the test itself hands in cases and looks at the journal."""

    ground: Ground
    folder: Path
    url: str
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *, slow: float = 0.0, wait: bool = True, **environment: str) -> subprocess.Popen[str]:
        """A worker whose register takes ``slow`` seconds to answer. Its log is in ``log<number>`` in the folder."""
        given = {
            "ARENDE_DATA": str(self.folder),
            "ARENDE_DATABASE_URL": self.url,
            "ARENDE_NOW": START.isoformat(),
            "ARENDE_LEASE_SECONDS": "2",
            "ARENDE_QUEUE_POLL_SECONDS": "0.05",
            "ARENDE_BREV_URL": self.ground.letters.as_uri(),
            "ARENDE_BREV_CONNECT_SECONDS": "0.5",
            "ARENDE_BREV_READ_SECONDS": "0.5",
            "ARENDE_LOG_LEVEL": "INFO",
            "PROV_SLOW": str(slow),
            **environment,
        }
        log = self.log(len(self.workers)).open("w")
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.robot.engine.worker_process"],
            env={**os.environ, **given},
            stderr=log,
            stdout=log,
            text=True,
        )
        log.close()
        self.workers.append(worker)
        if wait:
            number = len(self.workers) - 1
            self.until(lambda: "worker.started" in self.told(number) or worker.poll() is not None)
        return worker

    def log(self, number: int) -> Path:
        """Where the worker writes."""
        return self.folder / f"log{number}"

    def told(self, number: int) -> str:
        """What the worker has written."""
        return self.log(number).read_text(encoding="utf-8")

    def submit(self, count: int) -> list[str]:
        """Hand in cases that the robot may decide, each of another person."""
        return [self.ground.submit(application(number=number)) for number in PUBLISHED[:count]]

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for it, and say what the workers wrote when it does not come."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not _holds(true):
            if time.monotonic() > end:
                logs = "\n".join(self.told(number)[-3000:] for number in range(len(self.workers)))
                raise AssertionError(f"it did not come; the workers wrote:\n{logs}")
            time.sleep(0.05)

    def closed(self, refs: list[str]) -> bool:
        """Whether all these cases are closed."""
        return all(self.ground.row(ref).status == "closed" for ref in refs)

    def entered(self, refs: list[str], type_: str) -> bool:
        """Whether some of these cases has an entry of this type."""
        return any(type_ in self.ground.types(ref) for ref in refs)

    def assert_once(self, refs: list[str]) -> None:
        """Every case closed with one letter, every act intended and proven once; chains and vault are whole."""
        assert self.closed(refs)
        assert len(self.ground.sent()) == len(refs)
        acts = (self.folder / "acts").read_text(encoding="utf-8").split()
        assert sorted(acts) == sorted(set(acts))
        assert len(acts) == len(refs)
        for ref in refs:
            types = self.ground.types(ref)
            assert types.count("effect.done") == 1
            assert types.count("case.closed") == 1
        self.ground.assert_whole()

    def end(self) -> None:
        """Kill what still runs."""
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)
                worker.kill()
            worker.wait()


def _holds(true: Callable[[], bool]) -> bool:
    try:
        return true()
    except SQLAlchemyError:
        return False  # the database may be down just now; that is what is tested


@contextmanager
def fleet_on(url: str, folder: Path) -> Iterator[Fleet]:
    """An empty fleet on this database."""
    ground = build(folder, url=url)
    fleet = Fleet(ground, folder, url)
    try:
        yield fleet
    finally:
        fleet.end()
        ground.house.close()
