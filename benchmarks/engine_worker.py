"""One worker of the measurement, in a process of its own: begins when a line comes, ends when its input does."""

import sys
import time
from pathlib import Path

import robot.engine.worker
from benchmarks.idle_town import Connections, open_house
from robot.engine.worker import Worker
from robot.logs import configure
from robot.steps.base import CASES_QUEUE


def main(folder: str, url: str, at_once: str) -> None:
    """Say when it is ready, work, then measure the processor time. ``at_once``: 0 is a worker as it is by default."""
    configure("ERROR")
    setattr(robot.engine.worker, "Connections", Connections)  # noqa: B010 - the same shape, without a network
    house = open_house(Path(folder), url, at_once=int(at_once) or None)
    worker = Worker(house.settings, house=house, serves=[CASES_QUEUE] if int(at_once) else None)
    _say("ready")
    sys.stdin.readline()
    worker.start()
    sys.stdin.readline()
    before = time.process_time()
    _say("measuring")
    sys.stdin.readline()
    _say(f"{time.process_time() - before}")
    worker.stop()
    house.close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
