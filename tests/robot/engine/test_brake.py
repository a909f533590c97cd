"""The brake: what is braked is proposed and not decided; only a named person lets go."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connectors.contract import FailureKind
from robot.engine.brake import BrakeError, Brakes, Puller
from robot.engine.review import Person
from robot.engine.scope import Scope, scopes_of
from tests.robot.engine.ground import ANNA, PROCESS, Ground, application, build

EVA = Puller("eva", "Eva Exempel")
MACHINE = Puller("robot", "Roboten", person=False)
ENSAM = Scope("stratum", "ensam")
SKATTEVERKET = Scope("connector", "skatteverket")


def codes(ground: Ground, ref: str) -> list[str]:
    """The reasons of the case's open task."""
    return [reason["code"] for reason in ground.row(ref).reasons]


def test_a_braked_process_proposes_and_a_person_decides(ground: Ground) -> None:
    """A case of a braked process goes through every preparation and gets a proposal, but no decision by the robot."""
    ground.house.brakes.pull(PROCESS, Scope(), EVA, reason="Stickprovet visade fel.")
    state = ground.handled(application())
    assert state.status == "person"
    assert state.proposal is not None
    assert (state.proposal.outcome, state.decision) == ("bifall", None)
    assert codes(ground, state.ref) == ["broms.process"]
    ground.house.reviews.agree(state.ref, ANNA)
    state = ground.run(state.ref)
    assert state.status == "closed"
    assert state.decision is not None
    assert state.decision.by == ANNA.id
    assert len(ground.sent()) == 1
    ground.assert_whole()


def test_a_braked_stratum_holds_its_own_cases_only(ground: Ground) -> None:
    """A brake on one stratum leaves the others alone."""
    ground.house.brakes.pull(PROCESS, Scope("stratum", "par"), EVA, reason="Vi ser över reglerna för par.")
    assert ground.handled(application()).status == "closed"
    couple = ground.handled(application(people=2, number="199006022397"))
    assert (couple.status, couple.decision) == ("person", None)
    assert codes(ground, couple.ref) == ["broms.stratum.par"]


def test_the_other_reasons_of_a_braked_case_are_shown_too(ground: Ground) -> None:
    """A person who takes a braked case sees everything that speaks against the proposal, not only the brake."""
    ground.house.brakes.pull(PROCESS, ENSAM, EVA, reason="Prov.")
    state = ground.handled(application(income="4500.00"))
    assert codes(ground, state.ref) == ["inkomsten_rimlig", "broms.stratum.ensam"]


def test_a_decision_that_nothing_has_been_written_of_is_held(ground: Ground) -> None:
    """A brake pulled between decision and first effect holds the effect, and a person who agrees lets it go."""
    step = next(one for one in ground.house.library.current(PROCESS).steps if one.verb == "draw")
    ref = ground.submit(application())
    apply = type(step).apply

    async def pull_then_draw(self, case, change, world):  # type: ignore[no-untyped-def]  # stands in for a method
        ground.house.brakes.pull(PROCESS, ENSAM, EVA, reason="Fel i reglerna.")
        return await apply(self, case, change, world)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(step), "apply", pull_then_draw)
        state = ground.run(ref)
    assert state.decision is not None
    assert (state.status, state.decision.by, state.effects) == ("person", "robot", {})
    assert codes(ground, ref) == ["broms.stratum.ensam"]
    ground.house.reviews.agree(ref, ANNA)
    assert ground.run(ref).status == "closed"
    assert len(ground.sent()) == 1


def test_a_register_that_refuses_us_pulls_its_brake_once(ground: Ground) -> None:
    """The next case does not ask a register that has refused the robot; a person lets both go on after the release."""
    ground.register.script["skatteverket.folkbokforing"] = FailureKind.STOP
    first = ground.handled(application())
    assert first.status == "person"
    asked = len(ground.register.asked)
    second = ground.handled(application(number="199006022397"))
    assert codes(ground, second.ref) == ["broms.connector.skatteverket"]
    assert len(ground.register.asked) == asked
    (on,) = ground.house.brakes.pulled(PROCESS)
    assert (on.scope, on.by, on.code) == (SKATTEVERKET, "robot", "tidsgrans")
    assert len(ground.house.brakes.history(PROCESS)) == 1

    ground.register.script["skatteverket.folkbokforing"] = {"Kommunkod": "9999"}
    ground.house.brakes.release(PROCESS, SKATTEVERKET, EVA, reason="Behörigheten är rättad.")
    ground.house.reviews.agree(second.ref, ANNA)
    assert ground.run(second.ref).status == "closed"


def test_a_case_that_is_let_go_on_while_the_brake_is_on_is_held_again(ground: Ground) -> None:
    """Agreeing does not release a brake on what the robot would run into."""
    ground.house.brakes.pull(PROCESS, Scope("connector", "brev"), EVA, reason="Skrivaren är trasig.")
    state = ground.handled(application())
    assert codes(ground, state.ref) == ["broms.connector.brev"]
    ground.house.reviews.agree(state.ref, ANNA)
    assert ground.run(state.ref).status == "person"
    assert ground.sent() == []


def test_temporary_failures_pull_no_brake(ground: Ground) -> None:
    """A register that is slow or silent is one case's reason, and no brake."""
    ground.register.script["skatteverket.folkbokforing"] = FailureKind.RETRY
    assert ground.handled(application()).status == "person"
    assert ground.house.brakes.pulled(PROCESS) == ()


def test_what_is_braked_is_the_fold_of_its_chain(ground: Ground) -> None:
    """Another process of the robot, with nothing in memory, sees the same brakes at once."""
    brakes, other = ground.house.brakes, Brakes(ground.house.database, ground.house.ledger.journal)
    assert other.pulled(PROCESS) == ()
    assert brakes.pull(PROCESS, ENSAM, EVA, reason="Prov.")
    assert brakes.pull(PROCESS, SKATTEVERKET, MACHINE, code="fel_behorighet", case=None)
    assert not other.pull(PROCESS, ENSAM, MACHINE, code="drift.andel")
    assert {one.scope for one in other.pulled(PROCESS)} == {ENSAM, SKATTEVERKET}
    brakes.release(PROCESS, ENSAM, EVA, reason="Klart.")
    assert [one.scope for one in other.pulled(PROCESS)] == [SKATTEVERKET]
    assert other.processes() == [PROCESS]
    assert [(event.on, event.scope, event.name, event.reason) for event in other.history(PROCESS)] == [
        (False, ENSAM, "Eva Exempel", "Klart."),
        (True, SKATTEVERKET, "Roboten", ""),
        (True, ENSAM, "Eva Exempel", "Prov."),
    ]
    ground.assert_whole()


def test_only_a_named_person_with_a_reason_lets_go(ground: Ground) -> None:
    """The machine may pull; releasing takes a name and a reason, and a brake that is on."""
    brakes = ground.house.brakes
    brakes.pull(PROCESS, ENSAM, MACHINE, code="drift.andel")
    for puller, reason in ((MACHINE, "Prov."), (EVA, " "), (Puller("eva", ""), "Prov.")):
        with pytest.raises(BrakeError):
            brakes.release(PROCESS, ENSAM, puller, reason=reason)
    with pytest.raises(BrakeError, match=r"brakes that are: stratum\.ensam"):
        brakes.release(PROCESS, Scope(), EVA, reason="Prov.")
    with pytest.raises(BrakeError, match="named person and a reason"):
        brakes.pull(PROCESS, Scope(), EVA, reason="")
    assert [one.scope for one in brakes.pulled(PROCESS)] == [ENSAM]


def test_an_unknown_stratum_is_held_by_every_stratum_brake() -> None:
    """A case whose stratum cannot be told is never decided while any stratum is braked."""
    assert Scope("stratum").meets(ENSAM)
    assert not Scope("stratum").meets(Scope())
    assert not Scope("stratum", "par").meets(ENSAM)


def test_everything_that_a_process_uses_can_be_braked(ground: Ground) -> None:
    """The scopes of a process follow from its definition."""
    names = [scope.code for scope in scopes_of(ground.house.library.current(PROCESS))]
    assert names == ["process", "stratum.ensam", "stratum.par", "connector.brev", "connector.skatteverket"]


def test_a_person_is_who_the_review_knows() -> None:
    """The desk's person pulls a brake under the account that acts."""
    person = Person("eva", "Eva Exempel")
    assert Puller(person.id, person.name).actor == person.actor


def test_many_who_pull_at_once_write_one_entry(url: str, tmp_path: Path) -> None:
    """Eight workers that run into the same screen pull its brake once, on both databases."""
    ground = build(tmp_path, url=url)
    scope = Scope("screen", "verksamhetssystem.beslut")

    def pull(_: int) -> bool:
        brakes = Brakes(ground.house.database, ground.house.ledger.journal)
        return brakes.pull(PROCESS, scope, MACHINE, code="skarmen_andrad")

    with ThreadPoolExecutor(8) as pool:
        pulled = list(pool.map(pull, range(16)))
    assert sum(pulled) == 1
    assert len(ground.house.brakes.history(PROCESS)) == 1
    ground.assert_whole()
    ground.house.close()
