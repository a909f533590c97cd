"""Every fault of every simulated system, one at a time, each during a whole run."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

from testbed.faults import ANY, CASE_SYSTEM, calls

COMMAND = (sys.executable, "-c", "from robot.cli.main import main; main()")
LONGEST_RUN_SECONDS = 600
Progress = Callable[[str, int, int], None]


def every_fault() -> Iterator[str]:
    """Every switch as ``system.call=kind``; those of the case system on all its pages at once."""
    for system, questions in calls().items():
        for call, kinds in questions.items():
            if system != CASE_SYSTEM or call == ANY:
                yield from (f"{system}.{call}={kind}" for kind in kinds)


def run(cases: int, *, seed: int, only: str, progress: Progress) -> dict[str, Any]:
    """Run `arende demo` once per fault whose name begins with ``only``.

    ``wrong``: decisions or ends against the scenario; ``disagree``: where journal, case system and notices differ;
    ``failed``: runs that did not end.
    """
    faults = [fault for fault in every_fault() if fault.startswith(only)]
    rows: list[dict[str, Any]] = []
    for number, fault in enumerate(faults, start=1):
        progress(fault, number, len(faults))
        rows.append({"fault": fault, **_one(fault, cases, seed)})
    return {
        "runs": len(rows),
        "cases": sum(row.get("cases", 0) for row in rows),
        "decided": sum(row.get("decided", 0) for row in rows),
        "wrong": [f"{row['fault']}: {line}" for row in rows for line in row.get("wrong", ())],
        "disagree": [f"{row['fault']}: {line}" for row in rows for line in row.get("disagreements", ())],
        "failed": [row["fault"] for row in rows if "failed" in row],
        "each": rows,
    }


def _one(fault: str, cases: int, seed: int) -> dict[str, Any]:
    words = ("demo", "--json", "--cases", str(cases), "--seed", str(seed), "--fault", fault)
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            (*COMMAND, *words), capture_output=True, text=True, timeout=LONGEST_RUN_SECONDS, check=False
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        return {"failed": type(error).__name__}
    return {
        name: found[name] for name in ("cases", "decided", "to_people", "reasons", "wrong", "disagreements", "seconds")
    }
