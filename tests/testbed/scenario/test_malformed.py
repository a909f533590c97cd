"""Applications that must be refused."""

import json
from datetime import date

from robot.definition import discover, load
from robot.engine.application import read_application
from testbed.scenario.generate import generate
from testbed.scenario.malformed import malformed


def test_each_is_refused_with_every_fault_named() -> None:
    """Intake takes none of them, and names the place of every fault; a broken file as a whole has one."""
    definition = load(discover()["ekonomiskt_bistand"])
    for bad in malformed(1):
        application, faults = read_application(bad.content, definition)
        assert application is None, bad.name
        if bad.faults != {""}:
            assert {fault.where for fault in faults} == bad.faults, bad.name
        else:
            assert len(faults) == 1, bad.name


def test_the_good_ones_are_taken() -> None:
    """Every application of a scenario is well-formed."""
    definition = load(discover()["ekonomiskt_bistand"])
    for case in generate(1, 400, date(2025, 9, 1)).cases:
        assert read_application(json.dumps(case.application).encode(), definition)[1] == ()


def test_the_same_seed_gives_the_same_files() -> None:
    """Malformed applications are repeatable too."""
    assert malformed(3) == malformed(3)
