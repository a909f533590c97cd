"""How long a whole case takes and where the time goes: one case at a time, through real servers and a browser."""

import asyncio
import functools
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from connectors.arbetsformedlingen.client import Arbetsformedlingen
from connectors.brev.client import Brev
from connectors.epost.client import Epost
from connectors.skatteverket.client import Skatteverket
from connectors.sms.client import Sms
from robot.engine.intake import Accepted
from robot.engine.ledger import Ledger
from robot.engine.worker import Worker
from robot.gui.bot import Bot
from robot.rules import RuleBook
from robot.settings import Settings
from robot.steps import _letter
from testbed.municipality import Municipality
from testbed.scenario.generate import generate

MONTH = date(2025, 9, 1)
LOOK_SECONDS = 0.005
LONGEST_CASE_SECONDS = 120.0
PARTS: dict[str, tuple[tuple[Any, str], ...]] = {
    "registers": ((Skatteverket, "ask"), (Arbetsformedlingen, "ask")),
    "rules": ((RuleBook, "evaluate"),),
    "gui": ((Bot, "read"), (Bot, "write"), (Bot, "look")),
    "journal": ((Ledger, "write"), (Ledger, "load")),
    "letter": ((_letter, "pdf"), (Brev, "send"), (Sms, "send"), (Epost, "send")),
}


def run(cases: int) -> dict[str, Any]:
    """Medians in milliseconds over the cases that the robot decided and carried out, and each part's share.

    `queue` is the rest: waiting, and what is not one of the other parts. The first case starts the browser
    and is left out.
    """
    scenario = generate(1, min(4 * cases + 8, 400), MONTH)
    decided = [case for case in scenario.cases if case.expected.ends == "decided"][: cases + 1]
    with tempfile.TemporaryDirectory(prefix="arende-bench-") as folder, _timed() as spent:
        with Municipality(scenario, folder=Path(folder) / "kommun") as town:
            os.environ.update(town.environment() | {"ARENDE_DATA": str(Path(folder) / "robot")})
            worker = Worker(Settings(queue_poll_seconds=0.05), clock=town.clock)
            worker.start()
            try:
                measured = [_one(worker, case.application, spent) for case in decided]
            finally:
                worker.stop()
    carried_out = [parts for parts in measured[1:] if parts is not None]
    if not carried_out:
        msg = "no case was decided and carried out, so there is nothing to measure; run `arende demo` to see why"
        raise RuntimeError(msg)
    medians = {part: statistics.median(parts[part] for parts in carried_out) for part in carried_out[0]}
    total = medians["total"]
    return {
        "cases": len(carried_out),
        "total_ms": round(total * 1000),
        "parts_ms": {part: round(value * 1000, 1) for part, value in medians.items() if part != "total"},
        "share": {part: round(value / total, 3) for part, value in medians.items() if part != "total"},
        "month": f"{MONTH:%Y-%m}",
    }


def _one(worker: Worker, application: dict[str, Any], spent: dict[str, float]) -> dict[str, float] | None:
    """Seconds by part for one case; None when it was held for stickprov or went to a person."""
    spent.update(dict.fromkeys(PARTS, 0.0))
    began = time.perf_counter()
    process = worker.house.settings.intake_process
    taken = worker.house.intake.submit(json.dumps(application).encode(), process=process, source="bench")
    if not isinstance(taken, Accepted):
        msg = f"the simulated application was refused: {taken.faults[0].where}: {taken.faults[0].what}"
        raise TypeError(msg)
    while not worker.idle():
        if time.perf_counter() - began > LONGEST_CASE_SECONDS:
            msg = f"the case did not end within {LONGEST_CASE_SECONDS:.0f} seconds"
            raise TimeoutError(msg)
        time.sleep(LOOK_SECONDS)
    total = time.perf_counter() - began
    if worker.house.ledger.load(taken.case).status != "closed":
        return None
    return {**spent, "queue": max(total - sum(spent.values()), 0.0), "total": total}


@contextmanager
def _timed() -> Iterator[dict[str, float]]:
    """Add up the time spent in every method of `PARTS`, by part, while the block runs."""
    spent = dict.fromkeys(PARTS, 0.0)
    originals = [(owner, name, getattr(owner, name)) for methods in PARTS.values() for owner, name in methods]
    for part, methods in PARTS.items():
        for owner, name in methods:
            setattr(owner, name, _wrapped(getattr(owner, name), part, spent))
    try:
        yield spent
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)


def _wrapped(method: Callable[..., Any], part: str, spent: dict[str, float]) -> Callable[..., Any]:
    if asyncio.iscoroutinefunction(method):

        @functools.wraps(method)
        async def waited(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return await method(*args, **kwargs)
            finally:
                spent[part] += time.perf_counter() - began

        return waited

    @functools.wraps(method)
    def called(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return method(*args, **kwargs)
        finally:
            spent[part] += time.perf_counter() - began

    return called
