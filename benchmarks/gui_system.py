"""The case system of the GUI measurements, as a process of its own so that it shares no interpreter with the robot."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from audit.clock import ManualClock
from benchmarks.gui_cases import NOW, persons
from testbed.serve import Server
from testbed.verksamhetssystem.app import build_app
from testbed.verksamhetssystem.faults import Fault, Faults
from testbed.verksamhetssystem.seed import seed
from testbed.verksamhetssystem.truth import build_truth_app

ANSWER_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Running:
    """A running case system: where it is, and where its truth and switches are."""

    url: str
    truth: str

    def switch(self, faults: Sequence[Fault]) -> None:
        """Put these faults in force, counted from zero."""
        body = json.dumps([asdict(fault) for fault in faults]).encode()
        self._ask("/_testbed/faults", method="PUT", body=body)

    def calculations(self) -> list[dict[str, Any]]:
        """Every calculation that it has stored."""
        found: list[dict[str, Any]] = self._ask("/calculations")
        return found

    def _ask(self, path: str, *, method: str = "GET", body: bytes | None = None) -> Any:
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(self.truth + path, body, headers, method=method)  # noqa: S310 - our own server
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - our own server
            return json.load(answer)


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Start it on a new database in ``folder``; it ends with the block."""
    command = [sys.executable, "-m", "benchmarks.gui_system", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        try:
            if process.stdout is None or process.stdin is None or not (line := process.stdout.readline()):
                msg = "the case system of the measurement did not start; its own error stands above"
                raise RuntimeError(msg)
            yield Running(**json.loads(line))
            process.stdin.close()
            process.wait(ANSWER_SECONDS)
        finally:
            process.kill()


def main(folder: Path) -> None:
    """Serve until standard input is closed."""
    database, faults = folder / "verksamhetssystem.sqlite", Faults()
    seed(database, persons(), at=NOW)
    app = build_app(database, clock=ManualClock(NOW), faults=faults)
    with (
        Server(app, name="verksamhetssystem") as system,
        Server(build_truth_app(database, faults=faults), name="truth") as told,
    ):
        print(json.dumps({"url": system.url, "truth": told.url}), flush=True)  # noqa: T201 - tells the parent
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
