"""What a person may do with a case, and what the robot then does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.contract import FailureKind
from robot.engine.case import CaseState
from robot.engine.review import ReviewError
from tests.robot.engine.ground import ANNA, CLEAR, Ground, application, kronor

UNUSUAL = application(income="4500.00")
COUPLE = application(people=2)


def letter(state: CaseState) -> str:
    """The text of the one letter that was sent."""
    (text,) = [effect.content["text"] for effect in state.effects.values() if effect.status == "done"]
    return str(text).replace("\u00a0", " ")


def test_a_person_who_agrees_has_decided(ground: Ground) -> None:
    """The decision is the person's, the letter names the person, and exactly one letter is sent."""
    waiting = ground.handled(UNUSUAL)

    ground.house.reviews.agree(waiting.ref, ANNA)
    state = ground.run(waiting.ref)

    assert state.status == "closed"
    assert state.decision is not None
    assert (state.decision.by, state.decision.name, state.decision.amount) == ("anna", "Anna Exempel", Decimal(500))
    assert "Anna Exempel har beslutat" in letter(state)
    assert len(ground.sent()) == 1
    assert "sample.outside" in ground.types(state.ref)
    ground.assert_whole()


def test_agreeing_twice_is_refused(ground: Ground) -> None:
    """The second person is told that the case no longer waits, and nothing is decided twice."""
    waiting = ground.handled(UNUSUAL)
    ground.house.reviews.agree(waiting.ref, ANNA)

    with pytest.raises(ReviewError, match="väntar inte"):
        ground.house.reviews.agree(waiting.ref, ANNA)
    assert ground.types(ground.run(waiting.ref).ref).count("decision.made") == 1


def test_two_persons_at_once_are_one_decision(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who acts on a page that is no longer true is told so in Swedish, and writes nothing."""
    waiting = ground.handled(UNUSUAL)
    old = ground.house.ledger.load(waiting.ref)
    ground.house.reviews.take_over(waiting.ref, ANNA, motivation="Jag tar det.")
    monkeypatch.setattr(ground.house.ledger, "load", lambda _: old)

    with pytest.raises(ReviewError, match="Ladda om sidan"):
        ground.house.reviews.agree(waiting.ref, ANNA)
    assert "decision.made" not in ground.types(waiting.ref)


def test_a_reading_between_does_not_disturb(ground: Ground) -> None:
    """Somebody who only reads the case does not make a person's action stale."""
    waiting = ground.handled(UNUSUAL)
    from audit.log.entry import Actor
    from robot.steps.base import Draft

    ground.house.ledger.note(waiting.ref, Draft("access.read"), actor=Actor(kind="person", id="bo"))

    assert ground.house.reviews.agree(waiting.ref, ANNA).status == "running"
    ground.assert_whole()


def test_a_protected_case_can_only_be_taken_over(ground: Ground) -> None:
    """Every other action is refused in Swedish; taken over, the case is a person's and stays restricted."""
    ground.register.script["skatteverket.skydd"] = {**CLEAR, "Sekretessmarkering": True}
    ref = ground.handled(application()).ref
    reviews = ground.house.reviews
    later = ground.clock.now() + timedelta(days=7)

    actions: list[Callable[[], object]] = [
        lambda: reviews.agree(ref, ANNA),
        lambda: reviews.change_facts(ref, ANNA, {"folkbokforing": {"Kommunkod": "9999"}}, motivation="Fel."),
        lambda: reviews.decide_otherwise(ref, ANNA, "bifall", Decimal(1), motivation="Skäl."),
        lambda: reviews.ask_applicant(ref, ANNA, "Vad?", due_at=later),
    ]
    for action in actions:
        with pytest.raises(ReviewError, match="skyddad person"):
            action()
    state = reviews.take_over(ref, ANNA, motivation="Särskilda gruppen.")

    assert (state.status, state.restricted) == ("by_hand", True)
    assert ground.run(ref).status == "by_hand"
    assert ground.sent() == []


def test_a_refusal_needs_that_the_applicant_was_heard(ground: Ground) -> None:
    """Agreeing to avslag without having heard the applicant is refused (FL 25 §); with it, the letter says avslag."""
    waiting = ground.handled(application(income="3000.00", people=0))

    with pytest.raises(ReviewError, match="yttra sig"):
        ground.house.reviews.agree(waiting.ref, ANNA)
    ground.house.reviews.agree(waiting.ref, ANNA, heard=True)
    state = ground.run(waiting.ref)

    assert state.status == "closed"
    assert "avslag: 0 kr" in letter(state)


def test_a_sampled_case_is_held_before_any_effect(ground: Ground) -> None:
    """With rate 1 every case is picked: it is decided, not sent, and keeps the probability it had."""
    state = ground.handled(COUPLE)

    assert (state.status, ground.sent()) == ("person", [])
    assert state.review is not None
    assert state.review.lane == "random"
    assert state.decision is not None
    assert state.ticket is not None
    assert (state.ticket.stratum, state.ticket.probability, state.ticket.picked) == ("par", "1", True)
    assert "effect.intended" not in ground.types(state.ref)
    assert ground.row(state.ref).lane == "random"


def test_agreeing_to_a_sampled_case_carries_the_robots_decision_out(ground: Ground) -> None:
    """The decision stays the robot's: agreeing decides nothing a second time, and the letter goes out."""
    waiting = ground.handled(COUPLE)

    ground.house.reviews.agree(waiting.ref, ANNA)
    state = ground.run(waiting.ref)

    assert state.status == "closed"
    assert state.decision is not None
    assert state.decision.by == "robot"
    types = ground.types(state.ref)
    assert (types.count("decision.made"), types.count("sample.ticket")) == (1, 1)
    assert len(ground.sent()) == 1


def test_an_earlier_agreement_does_not_let_a_sampled_case_pass(ground: Ground) -> None:
    """A person who let the robot try again after a fault has not reviewed the decision that came later."""
    ground.register.script["skatteverket.folkbokforing"] = [RuntimeError(), {"Kommunkod": "9999"}]
    waiting = ground.handled(COUPLE)
    ground.house.reviews.agree(waiting.ref, ANNA)

    state = ground.run(waiting.ref)

    assert state.review is not None
    assert (state.status, state.review.lane, ground.sent()) == ("person", "random", [])


def test_the_rate_is_kept_as_probability_when_nobody_looks(ground: Ground) -> None:
    """A case that was not picked carries the inclusion probability it had."""
    state = ground.handled(application())

    assert state.ticket is not None
    assert (state.ticket.probability, state.ticket.picked) == ("1/1000000", False)
    assert ground.row(state.ref).probability == "1/1000000"


def test_a_changed_fact_recalculates_everything(ground: Ground) -> None:
    """New proposal, the old remark gone, the case still the person's, and the motivation in the vault only."""
    waiting = ground.handled(UNUSUAL)
    fact = {"manad": "2025-09", "personnummer": "194408139089", "adress": "Provgatan 1", "inkomst": "2000.00"}

    state = ground.house.reviews.change_facts(
        waiting.ref, ANNA, {"ansokan": {**fact, "personer": 1}}, motivation="Lönebeskedet visar det."
    )

    assert state.status == "person"
    assert state.remarks == ()
    assert state.proposal is not None
    assert state.proposal.amount == Decimal(3000)
    assert state.review is not None
    assert [reason.code for reason in state.review.reasons] == ["andrad_uppgift"]
    bodies = [repr(recorded.entry.body) for recorded in ground.house.ledger.recorded(state.ref)]
    assert not any("Lönebeskedet" in body for body in bodies)
    ground.house.reviews.agree(state.ref, ANNA)
    assert kronor(ground.run(state.ref)) == Decimal(3000)
    ground.assert_whole()


def test_a_changed_fact_is_one_transaction(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the recalculation breaks, the fact is not changed: nobody can agree to a proposal from the old fact."""
    waiting = ground.handled(UNUSUAL)
    before = ground.types(waiting.ref)
    monkeypatch.setattr("robot.engine.review.propose", _broken)

    with pytest.raises(RuntimeError):
        ground.house.reviews.change_facts(
            waiting.ref, ANNA, {"folkbokforing": {"Kommunkod": "9999"}}, motivation="Rättelse."
        )
    assert ground.types(waiting.ref) == before


def _broken(*_: Any) -> None:
    raise RuntimeError


def test_the_intakes_remark_survives_a_changed_fact(ground: Ground) -> None:
    """That somebody has applied before is not for a rule to take away."""
    ground.handled(application())
    second = ground.handled(application(income="999.00"))

    state = ground.house.reviews.change_facts(
        second.ref, ANNA, {"folkbokforing": {"Kommunkod": "9999"}}, motivation="Rättelse."
    )

    assert [reason.code for reason in state.remarks] == ["redan_ansokt"]


def test_a_changed_fact_undoes_a_held_decision(ground: Ground) -> None:
    """A robot's decision that rested on the old fact no longer stands; the person's is the one that is carried out."""
    held = ground.handled(COUPLE)
    fact = {"manad": "2025-09", "personnummer": "194408139089", "adress": "Provgatan 1", "inkomst": "0", "personer": 2}

    state = ground.house.reviews.change_facts(held.ref, ANNA, {"ansokan": fact}, motivation="Ingen inkomst.")

    assert state.decision is None
    ground.house.reviews.agree(held.ref, ANNA)
    final = ground.run(held.ref)
    assert final.decision is not None
    assert (final.decision.by, final.decision.amount) == ("anna", Decimal(10000))
    assert len(ground.sent()) == 1


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"okand": 1}, "ingen uppgift som heter okand"),
        ({"manad": "2025-10"}, "ingen uppgift som heter manad"),
        ({"folkbokforing": {"Kommunkod": 1}}, "har inte den form"),
    ],
)
def test_a_fact_that_cannot_be_changed_is_refused(ground: Ground, facts: dict[str, Any], message: str) -> None:
    """An unknown fact, one that the engine itself knows, and a value of the wrong form."""
    waiting = ground.handled(UNUSUAL)

    with pytest.raises(ReviewError, match=message):
        ground.house.reviews.change_facts(waiting.ref, ANNA, facts, motivation="Rättelse.")


def test_another_decision_stands_in_the_letter(ground: Ground) -> None:
    """Amount and motivation of the person's own decision are what the applicant reads."""
    waiting = ground.handled(UNUSUAL)

    ground.house.reviews.decide_otherwise(
        waiting.ref, ANNA, "bifall", Decimal("750.50"), motivation="Lönen var ett engångsbelopp."
    )
    state = ground.run(waiting.ref)

    assert state.status == "closed"
    text = letter(state)
    assert "bifall: 750,50 kr. Lönen var ett engångsbelopp." in text
    assert "Anna Exempel har beslutat" in text


@pytest.mark.parametrize(
    ("outcome", "amount"),
    [
        ("bifall", "0"),
        ("avslag", "1"),
        ("bifall", "-1"),
        ("bifall", "1.005"),
        ("bifall", "NaN"),
        ("bifall", "Infinity"),
        ("delvis", "1"),
    ],
)
def test_a_decision_that_is_none_is_refused(ground: Ground, outcome: str, amount: str) -> None:
    """Only bifall above zero in whole öre, or avslag with zero."""
    waiting = ground.handled(UNUSUAL)

    with pytest.raises(ReviewError, match="bifall med ett belopp"):
        ground.house.reviews.decide_otherwise(
            waiting.ref, ANNA, outcome, Decimal(amount), motivation="Skäl.", heard=True
        )


@pytest.mark.parametrize("status", ["intended", "unknown", "done"])
def test_no_other_decision_after_something_may_be_written(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, status: Any
) -> None:
    """An effect that may have happened stops every action that would write something else beside it."""
    closed = ground.handled(application())
    (effect,) = closed.effects.values()
    waiting = ground.handled(application(income="4500.00", number="199006022397"))
    written = replace(waiting, effects={effect.key: replace(effect, status=status)})
    monkeypatch.setattr(ground.house.ledger, "load", lambda _: written)

    with pytest.raises(ReviewError, match="redan skrivet"):
        ground.house.reviews.decide_otherwise(waiting.ref, ANNA, "bifall", Decimal(1), motivation="Skäl.")
    with pytest.raises(ReviewError, match="redan skrivet"):
        ground.house.reviews.change_facts(
            waiting.ref, ANNA, {"folkbokforing": {"Kommunkod": "9999"}}, motivation="Rättelse."
        )


def test_the_applicant_is_asked_and_answers(ground: Ground) -> None:
    """The case waits for the applicant and nobody else can go on; with the answer it is back with the person."""
    waiting = ground.handled(UNUSUAL)
    reviews = ground.house.reviews

    asked = reviews.ask_applicant(waiting.ref, ANNA, "Är lönen tillfällig?", due_at=ground.clock.now())
    assert asked.status == "applicant"
    with pytest.raises(ReviewError, match="väntar inte"):
        reviews.agree(waiting.ref, ANNA)
    answered = reviews.applicant_answered(waiting.ref, ANNA, "Ja.")
    assert answered.status == "person"
    assert answered.review is not None
    reviews.agree(waiting.ref, ANNA)

    assert ground.run(waiting.ref).status == "closed"
    ground.assert_whole()


def test_an_answer_that_nobody_waits_for_is_refused(ground: Ground) -> None:
    """Only a case that waits for the applicant takes an answer."""
    waiting = ground.handled(UNUSUAL)

    with pytest.raises(ReviewError, match="väntar inte på svar"):
        ground.house.reviews.applicant_answered(waiting.ref, ANNA, "Ja.")


def test_a_proposal_that_does_not_exist_cannot_be_agreed_to(ground: Ground) -> None:
    """Where the rules could not answer, agreeing is refused with what to do instead."""
    ground.register.script["skatteverket.folkbokforing"] = FailureKind.HUMAN
    waiting = ground.handled(application(manad="2027-01"))

    with pytest.raises(ReviewError, match="inget förslag"):
        ground.house.reviews.agree(waiting.ref, ANNA)


@pytest.mark.parametrize("words", ["", "  "])
def test_every_action_that_needs_words_refuses_silence(ground: Ground, words: str) -> None:
    """A motivation, a question and an answer must say something."""
    ref = ground.handled(UNUSUAL).ref
    reviews = ground.house.reviews

    actions: list[Callable[[], object]] = [
        lambda: reviews.change_facts(ref, ANNA, {}, motivation=words),
        lambda: reviews.decide_otherwise(ref, ANNA, "bifall", Decimal(1), motivation=words),
        lambda: reviews.ask_applicant(ref, ANNA, words, due_at=ground.clock.now()),
        lambda: reviews.applicant_answered(ref, ANNA, words),
        lambda: reviews.take_over(ref, ANNA, motivation=words),
    ]
    for action in actions:
        with pytest.raises(ReviewError, match="Skriv"):
            action()


def test_a_closed_case_cannot_be_taken_over(ground: Ground) -> None:
    """What is finished is not taken back by a click."""
    closed = ground.handled(application())

    with pytest.raises(ReviewError, match="avslutat"):
        ground.house.reviews.take_over(closed.ref, ANNA, motivation="Sent.")


def test_taking_over_a_running_case_stops_the_robot(ground: Ground) -> None:
    """The job that is still in the queue does nothing when it comes."""
    ref = ground.submit(application())

    ground.house.reviews.take_over(ref, ANNA, motivation="Jag känner den sökande.")

    assert ground.run(ref).status == "by_hand"
    assert ground.sent() == []
