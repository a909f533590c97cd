"""A correction campaign: every decision a faulty rule has touched is found, given to a person, and followed."""

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import stamina

from audit.log.entry import Actor
from robot.definition import Definition
from robot.engine.case import CaseState
from robot.engine.correction import CorrectionError, Corrections, Search
from robot.engine.review import ReviewError
from tests.robot.engine.erasing import gallring
from tests.robot.engine.ground import ANNA, Ground, application, build
from tests.robot.engine.versions import changed, copied

RIGHT = "belopp_per_person * ansokan.personer - ansokan.inkomst"
FAULTY = "belopp_per_person * ansokan.personer - ansokan.inkomst * (2 if ansokan.inkomst < 2000 else 0)"
"""Low incomes are taken twice, high ones not at all."""
DRIFT = Actor(kind="person", id="cli drift")
PEOPLE = {
    "untouched": ("194408139089", "0.00"),
    "too_low": ("199006022397", "1000.00"),
    "too_high": ("199107172380", "3000.00"),
}


@dataclasses.dataclass(frozen=True)
class Town:
    """Three decisions by a faulty rule, and the mended version."""

    ground: Ground
    cases: dict[str, str]
    fixed: Definition

    @property
    def corrections(self) -> Corrections:
        """The campaign's maker."""
        return self.ground.house.corrections()

    def search(self, rule: str = "bidrag") -> Search:
        """What the rule has touched."""
        return self.corrections.search(rule, self.fixed)

    def load(self, name: str) -> CaseState:
        """The case as it is now."""
        return self.ground.house.ledger.load(self.cases[name])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The data folder and process folders, made once."""
    folder = tmp_path_factory.mktemp("correction")
    changed(copied(folder / "processes"), "rules.py", RIGHT, FAULTY)
    with stamina.set_testing(True, attempts=1):
        made = build(folder / "data", processes=folder / "processes")
        cases = {
            name: made.handled(application(number=number, income=income)).ref
            for name, (number, income) in PEOPLE.items()
        }
        made.house.close()
    changed(folder / "processes", "rules.py", FAULTY, RIGHT)
    return folder, cases


@pytest.fixture
def town(template: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Town]:
    """A copy of it, with the mended process on disk."""
    folder = Path(shutil.copytree(template[0], tmp_path / "town"))
    made = build(folder / "data", processes=folder / "processes")
    fixed = made.house.corrections().version(str(folder / "processes" / "provbidrag"))
    yield Town(made, template[1], fixed)
    made.house.close()


def campaign(town: Town) -> dict[str, Any]:
    """How far the only campaign has come."""
    one = town.corrections.status()[0]
    return {name: getattr(one, name) for name in ("found", "open", "later", "stands", "changed", "left")}


def test_the_decisions_that_would_differ_are_found_and_split(town: Town) -> None:
    """Too low is in the applicant's favour to change, too high is not; a decision that stays the same is not listed."""
    found = town.search()
    assert (found.examined, found.erased, found.unreadable) == (3, 0, 0)
    by_case = {one.case: one for one in found.affected}
    assert set(by_case) == {town.cases["too_low"], town.cases["too_high"]}
    low, high = by_case[town.cases["too_low"]], by_case[town.cases["too_high"]]
    assert (low.direction, low.amount_ore, low.new_amount_ore) == ("fordel", 300000, 400000)
    assert (high.direction, high.amount_ore, high.new_amount_ore) == ("nackdel", 500000, 200000)


def test_searching_writes_nothing(town: Town) -> None:
    """A list is only a list: no task, no campaign, no entry."""
    before = {name: len(town.ground.types(ref)) for name, ref in town.cases.items()}
    town.search()
    assert {name: len(town.ground.types(ref)) for name, ref in town.cases.items()} == before
    assert town.corrections.status() == []


def test_what_another_rule_has_changed_is_not_blamed_on_this_one(town: Town) -> None:
    """A rule that comes to the same as before has touched no decision."""
    assert town.search("postadress").affected == ()
    assert town.search("belopp_per_person").affected == ()


def test_a_rule_that_is_not_there_is_refused(town: Town) -> None:
    """A misspelt rule finds nothing, and would look like nothing is wrong."""
    with pytest.raises(CorrectionError, match="did you mean `bidrag`"):
        town.search("bidraget")
    with pytest.raises(CorrectionError, match="found 0"):
        town.corrections.version("sha256:" + "0" * 64)


def test_each_decision_becomes_a_task_in_the_list(town: Town) -> None:
    """The closed case is open again in its own lane, with the law that follows for it in Swedish."""
    assert town.corrections.open(town.search(), actor=DRIFT) == 2
    low, high = town.load("too_low"), town.load("too_high")
    assert low.review is not None
    assert high.review is not None
    assert [one.code for one in (*low.review.reasons, *high.review.reasons)] == ["rattelse.fordel", "rattelse.nackdel"]
    assert "4\u00a0000\u00a0kr" in low.review.reasons[0].remarks[1]
    assert "38 §" in low.review.reasons[0].remarks[2]
    assert "37 § andra stycket" in high.review.reasons[0].remarks[2]
    row = town.ground.row(town.cases["too_low"])
    assert (row.status, row.lane) == ("person", "correction")
    assert town.load("untouched").status == "closed"
    town.ground.assert_whole()


def test_running_a_campaign_again_opens_nothing_twice(town: Town) -> None:
    """The same rule and version are the same campaign; a task that is settled is not opened anew."""
    town.corrections.open(town.search(), actor=DRIFT)
    assert town.corrections.open(town.search(), actor=DRIFT) == 0
    town.ground.house.reviews.let_stand(town.cases["too_high"], ANNA, motivation="Gynnande beslut, 37 §.")
    assert town.corrections.open(town.search(), actor=DRIFT) == 0
    assert len(town.corrections.status()) == 1


def test_a_campaign_that_was_broken_off_goes_on(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision that was noted before the crash, and has no task, gets it when the campaign is run again."""
    monkeypatch.setattr("robot.engine.correction.FINISHED", ())
    assert town.corrections.open(town.search(), actor=DRIFT) == 0
    assert campaign(town) == {"found": 2, "open": 0, "later": 2, "stands": 0, "changed": 0, "left": 2}
    monkeypatch.undo()
    assert town.corrections.open(town.search(), actor=DRIFT) == 2
    assert campaign(town)["open"] == 2


def test_the_campaign_is_followed_to_zero(town: Town) -> None:
    """Each answer counts one down; the case is closed again and carries the person's decision."""
    town.corrections.open(town.search(), actor=DRIFT)
    reviews = town.ground.house.reviews
    assert campaign(town) == {"found": 2, "open": 2, "later": 0, "stands": 0, "changed": 0, "left": 2}
    reviews.let_stand(town.cases["too_high"], ANNA, motivation="Gynnande beslut, 37 §.")
    assert campaign(town)["left"] == 1
    reviews.correct(town.cases["too_low"], ANNA, "bifall", Decimal(4000), motivation="Rättat enligt 38 §.")
    assert campaign(town) == {"found": 2, "open": 0, "later": 0, "stands": 1, "changed": 1, "left": 0}
    low, high = town.load("too_low"), town.load("too_high")
    assert [state.status for state in (low, high)] == ["closed", "closed"]
    assert low.decision is not None
    assert high.decision is not None
    assert (low.decision.amount, low.decision.by, high.decision.by) == (Decimal(4000), "anna", "robot")
    assert town.search().affected != ()
    assert [one.case for one in town.search().affected] == [town.cases["too_high"]]
    town.ground.assert_whole()


def test_only_the_two_answers_are_possible(town: Town) -> None:
    """The robot must not go on with a decision that is carried out, and nobody may decide it a second time."""
    town.corrections.open(town.search(), actor=DRIFT)
    ref, reviews = town.cases["too_high"], town.ground.house.reviews
    acts: tuple[Callable[[], Any], ...] = (
        lambda: reviews.agree(ref, ANNA),
        lambda: reviews.change_facts(ref, ANNA, {}, motivation="x"),
        lambda: reviews.decide_otherwise(ref, ANNA, "bifall", Decimal(1), motivation="x"),
        lambda: reviews.take_over(ref, ANNA, motivation="x"),
    )
    for act in acts:
        with pytest.raises(ReviewError, match="omprövning"):
            act()
    with pytest.raises(ReviewError, match="skälen"):
        reviews.let_stand(ref, ANNA, motivation=" ")
    with pytest.raises(ReviewError, match="yttra sig"):
        reviews.correct(ref, ANNA, "bifall", Decimal(2000), motivation="Vilseledande uppgifter.")
    other = town.ground.handled(application(number="199610202385", income="4500.00")).ref
    with pytest.raises(ReviewError, match="ingen öppen omprövning"):
        reviews.let_stand(other, ANNA, motivation="x")


def test_a_check_that_let_through_what_it_should_stop_is_found(town: Town, tmp_path: Path) -> None:
    """The mended check would have sent the case to a person: what that person had decided nobody can tell."""
    processes = copied(tmp_path / "strict")
    fixed = town.corrections.version(str(changed(processes, "rules.py", "inkomst > 4000", "inkomst > 2000")))
    found = town.corrections.search("inkomsten_rimlig", fixed).affected
    assert [(one.case, one.direction) for one in found] == [(town.cases["too_high"], "oklart")]


def test_erased_cases_are_counted_and_not_guessed(town: Town) -> None:
    """What gallring has taken cannot be worked out again, and the controller is told how many there are."""
    gallring(town.ground).erase(
        town.cases["too_low"], decision="Beslut 1", by="a", despite=frozenset({"too_early", "sampled"})
    )
    found = town.search()
    assert (found.examined, found.erased, len(found.affected)) == (2, 1, 1)
