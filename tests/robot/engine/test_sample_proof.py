"""The whole way of a month, from the robot's decisions to the verifier that shares no code with it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.log.export import export_log
from audit.verify.cli import main
from tests.robot.engine.ground import ANNA, PROCESS
from tests.robot.engine.sampled import PERIOD, Sampled, sampled


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sampled]:
    """Both modes: couples are held at a half, and what people decide is followed up."""
    url = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    made = sampled(tmp_path, url=url, rates='{ensam: "1/1000000", par: "1/2"}', people='"1/2"', minimum="2")
    yield made
    made.ground.house.close()


def verified(house: Sampled, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """Exit code and findings of `arende-verify sample` over a fresh export."""
    logbook = house.signed()
    with house.ground.house.database.read() as session:
        export_log(session, folder, logbook.origin, keys=logbook.notary.keys.verifiers)
    capsys.readouterr()
    code = main(["sample", str(folder), PROCESS, PERIOD, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_an_honest_month_is_proven(house: Sampled, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Held and followed-up strata, with their minimums, are recomputed pick by pick from the export alone."""
    couples = [house.couple() for _ in range(3)]
    people = [house.decided_by(ANNA) for _ in range(3)]
    house.month_passes()
    house.signed()
    house.look()
    assert [len(house.entries(ref, "sample.ticket")) for ref in (*couples, *people)] == [1] * 6
    assert sum(bool(house.entries(ref, "sample.pick")) for ref in couples) >= 2
    assert sum(bool(house.entries(ref, "sample.pick")) for ref in people) >= 2
    code, told = verified(house, tmp_path / "export", capsys)
    assert (code, told["findings"]) == (0, [])


@pytest.mark.slow
def test_a_ticket_asked_for_too_early_is_told(
    house: Sampled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The keeper answers a made-up decision, and the verifier finds it in the export without the keeper's help."""
    ref = house.couple()
    (asked,) = house.keeper.asked
    entry = house.entries(ref, "decision.made")[0]
    made_up = entry.model_copy(update={"case": "c_" + "9" * 32, "body": {**entry.body, "outcome": "avslag"}})
    house.ask_early(asked, made_up)
    house.month_passes()
    house.signed()
    house.look()
    code, told = verified(house, tmp_path / "export", capsys)
    assert code == 10
    assert any("c_" + "9" * 32 in json.dumps(finding) for finding in told["findings"])
