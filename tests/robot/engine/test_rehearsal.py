"""A rehearsal shows what would happen, and writes nothing anywhere."""

import asyncio
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import FailureKind
from robot.engine.application import read_application
from robot.engine.brake import Puller, brakes_on
from robot.engine.rehearsal import Rehearsal, Rehearsed
from robot.engine.scope import Scope
from robot.store.database import Database, DatabaseError
from tests.robot.engine.ground import PROCESS, Ground, application

EVA = Puller("eva", "Eva Exempel")


def rehearse(ground: Ground, data: bytes) -> list[Rehearsed]:
    """Rehearse one application."""
    definition = ground.house.library.current(PROCESS)
    record, faults = read_application(data, definition)
    assert faults == ()
    brakes = brakes_on(ground.house.database, PROCESS)
    return asyncio.run(Rehearsal(definition, record, ground.services, brakes=brakes).run())


def verbs(steps: list[Rehearsed]) -> list[str]:
    """The verbs that were gone through."""
    return [step.verb for step in steps]


def dump(ground: Ground) -> str:
    """A hash over every row of every table, the queue's too."""
    digest = hashlib.sha256()
    with ground.house.database.read() as session:
        connection = session.connection()
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).scalars()
        for name in names.all():
            digest.update(repr((name, connection.exec_driver_sql(f"SELECT * FROM {name}").all())).encode())  # noqa: S608 - the database's own names
    return digest.hexdigest()


def test_a_rehearsal_goes_through_every_step_and_writes_nothing(ground: Ground) -> None:
    """Every step is shown, to the letter and the close; the database is the same, and no letter lies anywhere."""
    before = dump(ground)

    steps = rehearse(ground, application())

    assert verbs(steps) == ["guard", "fetch", "check", "decide", "draw", "send", "close"]
    assert not any(step.reasons for step in steps)
    assert dump(ground) == before
    assert not ground.letters.exists()


def test_a_rehearsal_shows_decision_draw_and_letter(ground: Ground) -> None:
    """The amount, the probability and never the outcome of the draw, and the channel of the letter."""
    lines = {step.verb: step.change.lines for step in rehearse(ground, application())}

    assert lines["decide"][0].after == "bifall 4000.00 kr"
    assert lines["draw"][0].after == "stratum ensam, sannolikhet 1/1000000"
    assert lines["send"][0].after.startswith("brev, ")


def test_a_case_for_a_person_is_planned_to_its_end(ground: Ground) -> None:
    """The person sees why, and what would be written if they agree."""
    steps = rehearse(ground, application(income="4500.00"))

    assert verbs(steps)[-1] == "close"
    reasons: Mapping[str, Any] = {step.verb: [reason.code for reason in step.reasons] for step in steps}
    assert reasons["decide"] == ["inkomsten_rimlig"]


def test_a_rehearsal_of_a_protected_person_stops_there(ground: Ground) -> None:
    """After the protection question nothing more is asked or shown."""
    ground.register.script["skatteverket.skydd"] = FailureKind.RETRY

    steps = rehearse(ground, application())

    assert verbs(steps) == ["guard"]
    assert [reason.code for reason in steps[0].reasons] == ["saknas.skydd.tidsgrans"]
    assert ground.register.asked[-1] == "skatteverket.skydd"


def test_a_rehearsal_shows_what_a_brake_would_hold(ground: Ground) -> None:
    """A braked decision is proposed and planned on; a braked letter is shown with its reason."""
    for scope in (Scope("stratum", "ensam"), Scope("connector", "brev")):
        ground.house.brakes.pull(PROCESS, scope, EVA, reason="Prov.")

    steps = {step.verb: step for step in rehearse(ground, application())}

    assert [reason.code for reason in steps["decide"].reasons] == ["broms.stratum.ensam"]
    assert "broms.connector.brev" in [reason.code for reason in steps["send"].reasons]
    assert steps["send"].change.lines
    assert "close" in steps


def test_a_rehearsal_asks_no_braked_register(ground: Ground) -> None:
    """It stops where the robot would, and asks nothing of a register that the robot must leave alone."""
    ground.house.brakes.pull(PROCESS, Scope("connector", "skatteverket"), EVA, reason="Prov.")

    steps = rehearse(ground, application())

    assert verbs(steps) == ["guard"]
    assert [reason.code for reason in steps[0].reasons] == ["broms.connector.skatteverket"]
    assert ground.register.asked == []


def test_who_only_looks_at_brakes_makes_no_database(tmp_path: Path) -> None:
    """An author without a robot has no brakes, and no database afterwards either; one of another version is refused."""
    database = Database(f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert brakes_on(database, PROCESS) == ()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "none.sqlite").touch()
    with pytest.raises(DatabaseError, match="the schema is missing"):
        brakes_on(database, PROCESS)
    database.close()
