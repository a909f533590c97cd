"""A released brake lets its cases go on by themselves."""

import shutil
from pathlib import Path

import pytest

from connectors.contract import FailureKind
from robot.engine.brake import Puller
from robot.engine.ledger import Ledger
from robot.engine.letting_go import LIFTED, LettingGo
from robot.engine.scope import Scope
from tests.robot.engine.ground import ANNA, NUMBERS, PROCESS, PROCESSES, Ground, application, build

EVA = Puller("eva", "Eva Exempel")
ENSAM = Scope("stratum", "ensam")
SKATTEVERKET = Scope("connector", "skatteverket")
WHY = "Prov."


def look(ground: Ground) -> int:
    """One look of the scheduler."""
    return LettingGo(ground.house.ledger, ground.house.library, ground.house.brakes).look()


def test_a_case_that_only_the_brake_held_is_decided_when_it_is_released(ground: Ground) -> None:
    """While the brake is on it waits; released, the robot decides it, and the journal says why it went on."""
    brakes = ground.house.brakes
    brakes.pull(PROCESS, Scope(), EVA, reason=WHY)
    ref = ground.handled(application()).ref
    assert look(ground) == 0
    brakes.release(PROCESS, Scope(), EVA, reason=WHY)
    assert look(ground) == 1
    assert look(ground) == 0
    state = ground.run(ref)
    assert state.decision is not None
    assert (state.status, state.decision.by) == ("closed", "robot")
    (lifted,) = [one.entry for one in ground.house.ledger.recorded(ref) if one.entry.type == LIFTED]
    assert (lifted.actor.kind, lifted.body["brakes"]) == ("system", ["process"])
    assert len(ground.sent()) == 1
    ground.assert_whole()


def test_a_case_that_never_came_past_a_register_goes_on_where_it_stopped(ground: Ground) -> None:
    """The register that refused the robot is asked again, and who is protected is asked before."""
    ground.house.brakes.pull(PROCESS, SKATTEVERKET, EVA, reason=WHY)
    ref = ground.handled(application()).ref
    assert ground.register.asked == []
    ground.house.brakes.release(PROCESS, SKATTEVERKET, EVA, reason=WHY)
    assert look(ground) == 1
    assert ground.run(ref).status == "closed"
    assert ground.register.asked[0] == "skatteverket.skydd"


def test_a_case_with_another_reason_stays_with_its_person(ground: Ground) -> None:
    """What a person had to look at anyway, and what failed as the brake was pulled, is not taken from them."""
    ground.house.brakes.pull(PROCESS, ENSAM, EVA, reason=WHY)
    unlikely = ground.handled(application(income="4500.00")).ref
    ground.register.script["skatteverket.folkbokforing"] = FailureKind.STOP
    refused = ground.handled(application(number=NUMBERS[1])).ref
    for scope in (ENSAM, SKATTEVERKET):
        ground.house.brakes.release(PROCESS, scope, EVA, reason=WHY)
    assert look(ground) == 0
    assert [ground.row(ref).status for ref in (unlikely, refused)] == ["person", "person"]


def test_every_brake_that_holds_it_has_to_be_released(ground: Ground) -> None:
    """Of two brakes on one case, the first release changes nothing."""
    for scope in (Scope(), ENSAM):
        ground.house.brakes.pull(PROCESS, scope, EVA, reason=WHY)
    ground.handled(application())
    ground.house.brakes.release(PROCESS, Scope(), EVA, reason=WHY)
    assert look(ground) == 0
    ground.house.brakes.release(PROCESS, ENSAM, EVA, reason=WHY)
    assert look(ground) == 1


def test_a_case_with_older_rules_stays_when_the_rules_were_braked(tmp_path: Path) -> None:
    """New rules may be why the brake could be released; a case that keeps the old ones needs a person's eye."""
    processes = shutil.copytree(PROCESSES, tmp_path / "processes")
    before = build(tmp_path, processes=processes)
    before.house.brakes.pull(PROCESS, ENSAM, EVA, reason=WHY)
    held = before.handled(application()).ref
    before.house.brakes.release(PROCESS, ENSAM, EVA, reason=WHY)
    before.house.brakes.pull(PROCESS, SKATTEVERKET, EVA, reason=WHY)
    unreached = before.handled(application(number=NUMBERS[1])).ref
    before.house.brakes.release(PROCESS, SKATTEVERKET, EVA, reason=WHY)
    before.house.close()
    (processes / PROCESS / "README.md").write_text("Rättad.\n", encoding="utf-8")
    after = build(tmp_path, processes=processes)
    assert look(after) == 1
    assert after.row(held).status == "person"
    assert after.row(unreached).status == "running"
    after.house.close()


def test_a_person_who_was_first_keeps_the_case(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who takes the case over at that very moment has it; nothing is put in a queue."""
    ground.house.brakes.pull(PROCESS, Scope(), EVA, reason=WHY)
    ref = ground.handled(application()).ref
    ground.house.brakes.release(PROCESS, Scope(), EVA, reason=WHY)
    load = Ledger.load

    def taken_meanwhile(self: Ledger, asked: str) -> object:
        state = load(self, asked)
        with monkeypatch.context() as real:
            real.setattr(Ledger, "load", load)
            ground.house.reviews.take_over(asked, ANNA, motivation=WHY)
        return state

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "load", taken_meanwhile)
        assert look(ground) == 0
    assert ground.row(ref).status == "by_hand"
