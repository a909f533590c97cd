"""A rehearsal shows what would happen, and writes nothing anywhere."""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any

from connectors.contract import FailureKind
from robot.engine.application import read_application
from robot.engine.rehearsal import Rehearsal, Rehearsed
from tests.robot.engine.ground import PROCESS, Ground, application


def rehearse(ground: Ground, data: bytes) -> list[Rehearsed]:
    """Rehearse one application."""
    definition = ground.house.library.current(PROCESS)
    record, faults = read_application(data, definition)
    assert faults == ()
    return asyncio.run(Rehearsal(definition, record, ground.services).run())


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
