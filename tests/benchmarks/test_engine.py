"""The measurement of the engine says what it says it measures."""

import json
from functools import partial
from pathlib import Path

import pytest

import benchmarks.engine
from benchmarks.engine import on_sqlite, throughput
from benchmarks.idle_town import STEPS

CASES = 20


def test_a_run_gives_rates_and_their_ratio_to_bare_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case ends, is counted once, and is compared with as many bare commits as it has entries."""
    monkeypatch.setattr(benchmarks.engine, "BARE_SECONDS", 0.2)
    monkeypatch.setattr(benchmarks.engine, "SLOW_SECONDS", 0.05)
    monkeypatch.setattr(benchmarks.engine, "SLOW_AT_ONCE", 2)
    told: list[str] = []

    found = throughput(tmp_path, partial(on_sqlite, tmp_path), CASES, told.append, counts=(1,))

    assert json.loads(json.dumps(found)) == found
    assert set(found) == {"bare_commits_per_second", "workers", "slow"}
    figures = found["workers"]["1"]
    assert figures["entries_per_case"] >= STEPS
    assert figures["steps_per_second"] == pytest.approx(figures["cases_per_second"] * STEPS, rel=0.1)
    per_case = figures["cases_per_second"] * figures["entries_per_case"]
    assert figures["per_case_over_bare"] == pytest.approx(found["bare_commits_per_second"] / per_case, rel=0.1)
    assert found["slow"]["1"] > 0
    assert len(told) == 1
