"""The keeper of the draw key: it answers about made decisions, remembers, and reveals when the month is over."""

import json
import random
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.errors import DrawRefusedError
from audit.stickprov.close import strays
from audit.stickprov.draw import question
from audit.stickprov.keeper import IN_MEMORY, Keeper, Question, signed_part
from audit.stickprov.ticket import period_key, ticket
from tests.audit.ground import case_ref
from tests.audit.stickprov.ground import AFTERWARDS, KEY, LOG, PERIOD, Month, leaf


def asked(month: Month, ref: str) -> Question:
    """The question about a case as it stands in the journal."""
    return question(LOG, month.house.journal.entries(month.session, ref))


def forged(month: Month, ref: str) -> Question:
    """A question with a decision that was never journalled, as somebody would make who wants to know beforehand."""
    month.append(ref, "case.opened", {"process": LOG})
    entry = month.house.journal.entries(month.session, ref)[-1]
    made = entry.model_copy(
        update={"type": "decision.made", "case_seq": 7, "body": {"by": "robot", "outcome": "avslag"}}
    )
    return Question(LOG, PERIOD, ref, leaf(made), made.canonical())


def test_a_decision_gets_the_ticket_of_the_key(month: Month) -> None:
    """The answer is the documented ticket, and the hash of the key it was made with; asked again it is the same."""
    one = asked(month, month.decided(1))
    answer = month.keeper.ask(one)
    assert answer.u == ticket(period_key(KEY, LOG, PERIOD), LOG, PERIOD, case_ref(1))
    assert answer.commitment == month.keeper.pledge(LOG, PERIOD).commitment
    assert month.keeper.ask(one) == answer
    assert len(month.keeper.questions(LOG, PERIOD)) == 1


def test_without_a_decision_there_is_no_ticket(month: Month) -> None:
    """Bytes of anything but the robot's decision for this case and month are refused, and the question is noted."""
    one = asked(month, month.decided(1))
    opened = month.house.journal.entries(month.session, case_ref(1))[0]
    by_person = asked_by_person(month)
    wrong = {
        "not_an_entry": Question(LOG, PERIOD, one.case, one.leaf, b"{}"),
        "not_this_case": Question(LOG, PERIOD, case_ref(2), one.leaf, one.entry),
        "not_a_decision": Question(LOG, PERIOD, one.case, leaf(opened), opened.canonical()),
        "another_period": Question(LOG, "2026-12", one.case, one.leaf, one.entry),
    }
    for word, asked_so in [*wrong.items(), ("not_a_decision", by_person)]:
        with pytest.raises(DrawRefusedError, match="the question is on the period's list"):
            month.keeper.ask(asked_so)
        assert month.keeper.questions(LOG, asked_so.period)[-1]["refused"] == word
    with pytest.raises(DrawRefusedError):
        month.keeper.ask(Question(LOG, PERIOD, one.case, "0" * 64, one.entry))


def asked_by_person(month: Month) -> Question:
    """A question about a decision that a person made."""
    ref = month.decided(9, by="handlaggare-1")
    made = month.house.journal.entries(month.session, ref)[-1]
    return Question(LOG, PERIOD, ref, leaf(made), made.canonical())


def test_a_probe_before_the_decision_is_found(month: Month) -> None:
    """Who asks with a made-up decision learns the ticket, cannot draw the case any more, and stands on the list."""
    month.open()
    ref = case_ref(5)
    probe = forged(month, ref)
    month.keeper.ask(probe)
    month.append(ref, "decision.proposed", {"outcome": "bifall", "stratum": "bifall"})
    month.append(ref, "decision.made", {"outcome": "bifall", "amount_ore": 1, "by": "robot"})
    with pytest.raises(DrawRefusedError, match="another decision before"):
        month.draw(ref)
    month.drawn(6)
    month.clock.advance(AFTERWARDS - month.clock.now())
    found = strays(month.keeper.reveal(LOG, PERIOD), month.members())
    assert [(one["case"], one["leaf"] == probe.leaf, one["refused"]) for one in found] == [
        (ref, True, ""),
        (ref, False, "another_decision"),
    ]


def test_a_probe_by_another_month_is_refused_too(month: Month) -> None:
    """A case that was answered in one month is not answered in another."""
    one = asked(month, month.decided(1))
    month.keeper.ask(one)
    month.house.clock.advance(timedelta(days=20))
    month.append(case_ref(1), "decision.made", {"outcome": "bifall", "amount_ore": 1, "by": "robot"})
    made = month.house.journal.entries(month.session, case_ref(1))[-1]
    with pytest.raises(DrawRefusedError, match="another decision before"):
        month.keeper.ask(Question(LOG, "2026-12", one.case, leaf(made), made.canonical()))


def test_the_key_is_revealed_only_when_the_month_is_over(month: Month) -> None:
    """By the keeper's own clock, whatever the robot says; afterwards the period draws nothing more."""
    one = asked(month, month.decided(1))
    with pytest.raises(DrawRefusedError, match="the period lasts until 2026-11-30T23:00:00"):
        month.keeper.reveal(LOG, PERIOD)
    month.clock.advance(AFTERWARDS - month.clock.now())
    reveal = month.keeper.reveal(LOG, PERIOD)
    assert reveal.key == period_key(KEY, LOG, PERIOD).hex()
    with pytest.raises(DrawRefusedError, match="draws nothing more"):
        month.keeper.ask(one)


def test_the_reveal_is_signed(month: Month) -> None:
    """Key and list carry the signature of the keeper that pledged: a list with a question less is not the keeper's."""
    month.keeper.ask(asked(month, month.decided(1)))
    month.clock.advance(AFTERWARDS - month.clock.now())
    reveal = month.keeper.reveal(LOG, PERIOD)
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(month.keeper.pledge(LOG, PERIOD).keeper_key))
    public.verify(bytes.fromhex(reveal.signature), signed_part(LOG, PERIOD, reveal.key, 1, reveal.digest))


def test_a_keeper_remembers_over_a_restart(month: Month, tmp_path: Path) -> None:
    """The list and what was answered lie in the keeper's own file."""
    one = asked(month, month.decided(1))
    first = Keeper(KEY, tmp_path / "dragare.sqlite", month.clock)
    first.ask(one)
    first.close()
    again = Keeper(KEY, tmp_path / "dragare.sqlite", month.clock)
    assert [told["case"] for told in again.questions(LOG, PERIOD)] == [one.case]
    again.close()


def test_nobody_without_the_key_can_tell_a_pick_beforehand(month: Month) -> None:
    """Everything that lies in database and robot before the decisions says nothing: guesses are right half the time."""
    month.open()
    refs = [month.decided(number) for number in range(80)]
    before = json.dumps(
        [entry.model_dump() for ref in refs for entry in month.house.journal.entries(month.session, ref)]
    )
    commitment = month.period.commitment
    seen = random.Random(f"{commitment}{before}")
    guessed = {ref: seen.random() < 0.5 for ref in refs}
    by_known_hash = {ref: ticket(bytes.fromhex(commitment), LOG, PERIOD, ref) < 2**63 for ref in refs}
    found = {ref: month.draw(ref).picked for ref in refs}
    for guess in (guessed, by_known_hash):
        right = sum(guess[ref] == found[ref] for ref in refs)
        assert 17 < right < 63  # five standard deviations of 80 coins
    other = Keeper(bytes(31) + b"\1", IN_MEMORY, month.clock)
    assert other.pledge(LOG, PERIOD).commitment != commitment
    other.close()
