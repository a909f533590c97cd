"""What the logs say of cases, and never of people."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.contract import FailureKind
from robot.logs import configure
from tests.robot.engine.ground import CLEAR, NUMBERS, Ground, application, build

PROTECTED = CLEAR | {"Sekretessmarkering": True}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Logs at the most talkative level, also from the libraries."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = list(root.handlers), root.level
    monkeypatch.setattr(sys, "stderr", stream)
    configure("DEBUG")
    mine = root.handlers[0]
    yield stream
    root.handlers[:] = [
        *before,
        *(handler for handler in root.handlers if handler is not mine and handler not in before),
    ]
    root.setLevel(level)


def _everybody(ground: Ground) -> list[str]:
    """Cases that end in every way: decided, with a person, protected, broken off, refused."""
    refs = [
        ground.handled(application()).ref,
        ground.handled(application(number=NUMBERS[1], income="987654.00", adress="Hemliga gatan 17")).ref,
    ]
    ground.register.script["skatteverket.skydd"] = PROTECTED
    refs.append(ground.handled(application(manad="2025-10")).ref)
    ground.register.script["skatteverket.skydd"] = FailureKind.RETRY
    refs.append(ground.handled(application(manad="2025-11")).ref)
    ground.register.script["skatteverket.skydd"] = RuntimeError(f"no answer about {NUMBERS[1]}")
    refs.append(ground.handled(application(manad="2025-12", number=NUMBERS[1])).ref)
    ground.house.intake.submit(
        application(income="mycket", adress="Hemliga gatan 17"), process="provbidrag", source="test"
    )
    return refs


def test_no_personal_value_reaches_the_logs(tmp_path: Path, written: io.StringIO) -> None:
    """At DEBUG, through every kind of end, no number, address or amount of a person stands in a line."""
    ground = build(tmp_path)
    _everybody(ground)
    ground.house.close()
    text = written.getvalue()
    assert "segment.broken" in text
    personal = [
        *NUMBERS,
        *(f"{number[2:8]}-{number[8:]}" for number in NUMBERS),
        "Provgatan",
        "Hemliga",
        "987654",
        "mycket",
    ]
    assert [value for value in personal if value in text] == []


def test_every_line_of_a_segment_names_its_case(tmp_path: Path, written: io.StringIO) -> None:
    """Lines are JSON; what a segment logs names case, segment and queue, so that one case can be followed."""
    ground = build(tmp_path)
    ref = ground.submit(application())
    assert ground.run(ref).status == "closed"
    ground.house.close()
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    ended = [line for line in lines if str(line.get("event")).startswith("segment.")]
    assert ended
    assert all(line["case"] == ref and line["queue"] and line["segment"] for line in ended)
