"""The way of a case, from intake to close, and where it stops."""

from decimal import Decimal

import pytest
from sqlalchemy.exc import OperationalError

from connectors.contract import FailureKind
from robot.engine.case import CaseState
from robot.engine.ledger import Ledger
from tests.robot.engine.ground import CLEAR, Ground, application, kronor


def codes(state: CaseState) -> list[str]:
    """Why the case waits for a person."""
    assert state.review is not None
    return [reason.code for reason in state.review.reasons]


def test_a_case_without_remarks_is_decided_told_and_closed(ground: Ground) -> None:
    """The robot decides, one letter lies in the print folder, the case is closed, and chain and vault are whole."""
    state = ground.handled(application())

    assert state.status == "closed"
    assert state.decision is not None
    assert (state.decision.outcome, state.decision.by, kronor(state)) == ("bifall", "robot", Decimal(4000))
    assert len(ground.sent()) == 1
    assert ground.types(state.ref)[-1] == "case.closed"
    ground.assert_whole()


def test_nothing_is_asked_before_protection_is_known(ground: Ground) -> None:
    """The protection question comes first, and every question is journalled before it is asked."""
    state = ground.handled(application())

    assert ground.register.asked == ["skatteverket.skydd", "skatteverket.folkbokforing"]
    types = ground.types(state.ref)
    assert types[:4] == ["case.opened", "register.asked", "register.answered", "case.cleared"]


def test_every_entry_of_an_effect_has_its_intent_before_it(ground: Ground) -> None:
    """The letter is intended in the journal before it is done, under the same key."""
    state = ground.handled(application())

    types = ground.types(state.ref)
    assert types.index("effect.intended") < types.index("effect.done")
    (effect,) = state.effects.values()
    assert (effect.status, effect.path) == ("done", "kanalens statusfråga")
    assert ground.sent()[0].stem == effect.key


def test_a_failed_check_hands_the_case_over_with_the_proposal(ground: Ground) -> None:
    """A check that does not pass gives a person the remark and what the rules propose; nothing is decided or sent."""
    state = ground.handled(application(income="4500.00"))

    assert state.status == "person"
    assert codes(state) == ["inkomsten_rimlig"]
    assert state.review is not None
    assert state.review.reasons[0].remarks == ("Inkomsten är 4500.00 kr.",)
    assert state.proposal is not None
    assert state.proposal.amount == Decimal(500)
    assert state.decision is None
    assert ground.sent() == []


def test_lists_show_no_remark(ground: Ground) -> None:
    """The row names codes and titles; what the remark says of the person lies in the vault alone."""
    row = ground.row(ground.handled(application(income="4500.00")).ref)

    assert row.reasons == [{"code": "inkomsten_rimlig", "title": "Inkomsten är ovanlig"}]
    assert "4500" not in repr(row)


@pytest.mark.parametrize(
    "flags",
    [
        {"Sekretessmarkering": True, "SkyddadFolkbokforing": False},
        {"Sekretessmarkering": False, "SkyddadFolkbokforing": True},
        {"Sekretessmarkering": False},
        {"Sekretessmarkering": False, "SkyddadFolkbokforing": None},
        {"Sekretessmarkering": False, "SkyddadFolkbokforing": 0},
        {},
    ],
)
def test_anything_but_two_clear_noes_means_protected(ground: Ground, flags: dict[str, object]) -> None:
    """A flag that is set, left out, empty or of another kind keeps the case restricted, and nothing more is asked."""
    ground.register.script["skatteverket.skydd"] = flags

    state = ground.handled(application())

    assert (state.status, state.restricted, codes(state)) == ("person", True, ["skyddad"])
    assert ground.register.asked == ["skatteverket.skydd"]
    assert ground.row(state.ref).restricted


@pytest.mark.parametrize(
    ("said", "code"), [(FailureKind.RETRY, "tidsgrans"), (FailureKind.STOP, "tidsgrans"), (None, "ingen_traff")]
)
def test_a_guard_without_an_answer_keeps_the_case_restricted(ground: Ground, said: object, code: str) -> None:
    """A time-out, a fault and an unknown person are no clear answer: a person gets the case, and the code says why."""
    ground.register.script["skatteverket.skydd"] = said

    state = ground.handled(application())

    assert (state.status, state.restricted, codes(state)) == ("person", True, [f"saknas.skydd.{code}"])


@pytest.mark.parametrize(
    ("said", "code"),
    [(FailureKind.RETRY, "tidsgrans"), (FailureKind.HUMAN, "tidsgrans"), (None, "ingen_traff")],
)
def test_a_silent_register_is_a_missing_fact(ground: Ground, said: object, code: str) -> None:
    """What needs the fact is undetermined, a person gets the case with the cause, and silence is never a value."""
    ground.register.script["skatteverket.folkbokforing"] = said

    state = ground.handled(application())

    assert (state.status, codes(state)) == ("person", [f"saknas.folkbokforing.{code}"])
    assert state.decision is None


def test_an_answer_of_another_shape_is_a_missing_fact(ground: Ground) -> None:
    """An answer that is not as declared is missing, with a reason that does not quote it."""
    ground.register.script["skatteverket.folkbokforing"] = {"Kommunkod": 9999}

    state = ground.handled(application())

    assert codes(state) == ["saknas.folkbokforing.fel_schema"]
    assert state.review is not None
    assert "9999" not in repr(state.review)


def test_a_flag_in_a_later_answer_restricts_the_case(ground: Ground) -> None:
    """A protection flag that only another register knows restricts the case at once."""
    ground.register.script["skatteverket.folkbokforing"] = {"Kommunkod": "9999", "Sekretessmarkering": True}

    state = ground.handled(application())

    assert (state.status, state.restricted, codes(state)) == ("person", True, ["skyddad"])


def test_a_refusal_is_a_persons(ground: Ground) -> None:
    """The robot may only approve here: avslag is proposed to a person."""
    state = ground.handled(application(income="3000.00", people=0))

    assert (state.status, codes(state)) == ("person", ["beslutsratt.avslag"])
    assert state.proposal is not None
    assert state.proposal.outcome == "avslag"


def test_a_month_without_amounts_is_decided_by_nobody_but_a_person(ground: Ground) -> None:
    """Where the law's figure is missing there is no proposal, and the reason names the figure."""
    state = ground.handled(application(manad="2027-01"))

    assert state.status == "person"
    assert any(code.startswith("belopp_saknas") for code in codes(state))
    assert state.proposal is None


def test_a_fault_in_a_step_gives_the_case_to_a_person(ground: Ground) -> None:
    """An exception in our own code becomes a task and an entry with its kind, and never its words."""
    ground.register.script["skatteverket.folkbokforing"] = RuntimeError("Provgatan 1")

    state = ground.handled(application())

    assert (state.status, codes(state)) == ("person", ["programfel.RuntimeError"])
    assert "segment.failed" in ground.types(state.ref)
    bodies = [repr(recorded.entry.body) for recorded in ground.house.ledger.recorded(state.ref)]
    assert not any("Provgatan" in body for body in bodies)
    ground.assert_whole()


def test_a_fault_in_a_rule_gives_the_case_to_a_person(ground: Ground) -> None:
    """A rule that breaks on a value is undetermined; the reason names the rule."""
    ground.register.script["skatteverket.folkbokforing"] = {"Kommunkod": "Provby"}

    state = ground.handled(application())

    assert (state.status, codes(state)) == ("person", ["regelfel.bosatt_i_kommunen"])
    assert "Provby" not in repr(state.review)


def test_a_lost_database_is_not_a_verdict_on_the_case(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its database a segment fails as a job, and the same job takes the case on when the database is back."""
    ref = ground.submit(application())
    write = Ledger.write

    def lost(*_: object, **__: object) -> CaseState:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr(Ledger, "write", lost)
    with pytest.raises(OperationalError):
        ground.run(ref)
    monkeypatch.setattr(Ledger, "write", write)

    assert ground.run(ref).status == "closed"


def test_a_second_application_for_the_month_is_seen_by_a_person(ground: Ground) -> None:
    """Two applications of one person for one month: the second is never decided by the robot."""
    first = ground.handled(application())
    second = ground.handled(application(income="999.00"))

    assert first.status == "closed"
    assert (second.status, codes(second)) == ("person", ["redan_ansokt"])
    assert len(ground.sent()) == 1


def test_a_missing_definition_is_a_task_and_not_silence(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case whose definition cannot be loaded is handed over, though nothing of the process can be asked."""
    ref = ground.submit(application())

    def gone(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(type(ground.house.library), "get", gone)
    state = ground.run(ref)

    assert (state.status, codes(state)) == ("person", ["programfel.LookupError"])


def test_the_same_run_gives_the_same_letter(ground: Ground) -> None:
    """What is sent is what was planned: the letter's text hash is what the journal proves."""
    state = ground.handled(application())

    (effect,) = state.effects.values()
    assert effect.content["channel"] == "brev"
    assert "4\u00a0000\u00a0kr" in effect.content["text"]
    assert len(effect.read_back["sha256"]) == 64


def test_only_the_first_question_of_a_clear_case_is_about_protection(ground: Ground) -> None:
    """The restriction is lifted by the answer, in the journal, before the next question."""
    ground.register.script["skatteverket.skydd"] = dict(CLEAR)

    state = ground.handled(application())

    types = ground.types(state.ref)
    assert types.index("case.cleared") < types.index("register.asked", 2)
    assert not state.restricted
