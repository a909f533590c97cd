"""The end of a period: minimums, rates raised backwards, and what is drawn afterwards."""

from dataclasses import replace
from fractions import Fraction

import pytest

from audit.errors import DrawError
from audit.stickprov.close import DrawHead, close_period, draw_follow_up, pick_more, write_reveal
from audit.stickprov.frame import member
from audit.stickprov.keeper import Keeper
from audit.stickprov.period import Stratum, change_rate
from audit.stickprov.ticket import follow_up_key, ticket
from tests.audit.ground import case_ref
from tests.audit.stickprov.ground import AFTERWARDS, BIFALL, LOG, PERIOD, Month

FEW = Stratum("bifall", Fraction(1, 1000), minimum=5)
PEOPLE = Stratum("person_avslag", Fraction(1, 2), minimum=2, mode="follow_up")
BY_HAND = Stratum("person_by_hand", Fraction(1), mode="follow_up")


def test_the_close_meets_every_minimum_with_the_smallest_tickets(month: Month) -> None:
    """What the rate did not pick is picked from the smallest tickets, so that the sample is still drawn evenly."""
    month.open(FEW)
    tickets = {case_ref(number): month.drawn(number).u for number in range(24)}
    assert len(month.picked()) < 5
    month.close()
    assert month.picked() == set(sorted(tickets, key=lambda ref: tickets[ref])[:5])
    assert {entry.body["why"] for entry in month.written("sample.pick")} <= {"minimum", "ticket"}
    assert month.written("sample.closed")[0].body["frame"]["bifall"] == {
        "mode": "hold",
        "cases": 24,
        "picked": 5,
        "rate": "1/1000",
        "threshold": f"{FEW.limit:016x}",
        "minimum": 5,
    }


def test_a_stratum_with_fewer_cases_than_its_minimum_is_reviewed_whole(month: Month) -> None:
    """Three cases and a minimum of five are three picks."""
    month.open(FEW)
    for number in range(3):
        month.drawn(number)
    month.close()
    assert len(month.picked()) == 3


def test_a_raised_rate_reaches_backwards_in_the_period(month: Month) -> None:
    """Earlier cases between the two thresholds become picked, each once, and no weights are needed."""
    month.open(replace(BIFALL, rate=Fraction(1, 10)))
    tickets = {case_ref(number): month.drawn(number).u for number in range(30)}
    before = month.picked()
    period = change_rate(month.scribe, month.period, "bifall", Fraction(1, 2), cause="first_error", figures={})
    more = pick_more(month.scribe, period, month.members(), final=False)
    assert set(more) == {ref for ref, u in tickets.items() if u < 2**63} - before != set()
    assert pick_more(month.scribe, period, month.members(), final=False) == []
    assert month.picked() == {ref for ref, u in tickets.items() if u < 2**63}


def test_a_period_does_not_close_over_an_undrawn_decision(month: Month) -> None:
    """A decision without a ticket would have had no chance: the close says which one."""
    month.open()
    month.drawn(1)
    ref = month.decided(2)
    with pytest.raises(DrawError, match=f"1 decisions have no ticket, the first {ref}"):
        month.close()


def test_only_the_committed_key_is_revealed(month: Month) -> None:
    """A keeper that comes with another key is refused, and nothing is written."""
    month.open()
    month.drawn(1)
    month.clock.advance(AFTERWARDS - month.clock.now())
    closed = close_period(month.scribe, month.period, month.members(), head=None, value="")
    other = Keeper(bytes(32), ":memory:", month.clock)
    with pytest.raises(DrawError, match="not the committed one"):
        write_reveal(month.scribe, closed, other.reveal(LOG, PERIOD), head=None, value="")
    assert month.written("sample.reveal") == []
    other.close()


def test_a_closed_period_stays_as_it_is(month: Month) -> None:
    """No second close, no new plan, no ticket after the reveal."""
    month.open()
    month.drawn(1)
    closed, _ = month.close()
    with pytest.raises(DrawError, match="closed already"):
        close_period(month.scribe, closed, month.members(), head=None, value="")
    assert (
        change_rate(month.scribe, closed, "bifall", Fraction(1), cause="first_error", figures={}).strata
        == closed.strata
    )
    assert month.open(replace(BIFALL, rate=Fraction(1))).strata["bifall"].rate == Fraction(1, 2)


def test_what_people_decide_is_drawn_after_the_period(month: Month) -> None:
    """The key of the follow-up binds the key, the checkpoint's root and the dice, and was unknown to everybody."""
    month.open(BIFALL, PEOPLE, randomness="tjugo tärningar")
    refs = [month.decided(number, by="handlaggare-1", outcome="avslag") for number in range(12)]
    month.drawn(50)
    month.clock.advance(AFTERWARDS - month.clock.now())
    head = DrawHead(200, bytes(range(32)))
    with pytest.raises(DrawError, match="expected a value of the randomness that was named: 'tjugo tärningar'"):
        close_period(month.scribe, month.period, month.members(), head=head, value="")
    closed = close_period(month.scribe, month.period, month.members(), head=head, value="4 2 6 1")
    reveal = month.keeper.reveal(LOG, PERIOD)
    period, key = write_reveal(month.scribe, closed, reveal, head=head, value="4 2 6 1")
    assert key == follow_up_key(bytes.fromhex(reveal.key), head.root, "4 2 6 1")
    members = draw_follow_up(month.scribe, period, month.members(), key)
    pick_more(month.scribe, period, members, final=True)
    drawn = {ref: ticket(key, LOG, PERIOD, ref) for ref in refs}
    smallest = set(sorted(drawn, key=lambda ref: drawn[ref])[:2])
    picked = {one.case for one in month.members() if one.stratum == "person_avslag" and one.picked}
    assert picked == {ref for ref, u in drawn.items() if u < 2**63} | smallest


def test_the_frame_of_what_people_took_over(month: Month) -> None:
    """A case that a person took over belongs to the frame, but not while it is restricted for protected persons."""
    month.open(BIFALL, BY_HAND)
    for number, restricted in ((1, False), (2, True)):
        ref = case_ref(number)
        month.append(ref, "case.opened", {"process": LOG})
        month.append(ref, "case.cleared", {"restricted": False})
        if restricted:
            month.append(ref, "case.protected", {"restricted": True})
        month.append(ref, "human.review.taken", {})
    assert [(one.case, one.stratum) for one in month.members()] == [(case_ref(1), "person_by_hand")]


def test_a_decision_belongs_to_the_month_it_was_made_in(month: Month) -> None:
    """A case from November that is decided in December is in December's frame only."""
    month.open()
    month.append(case_ref(1), "case.opened", {"process": LOG})
    month.house.clock.advance(AFTERWARDS - month.house.clock.now())
    month.append(case_ref(1), "decision.proposed", {"outcome": "bifall", "stratum": "bifall"})
    month.append(case_ref(1), "decision.made", {"outcome": "bifall", "amount_ore": 1, "by": "robot"})
    assert month.members() == []
    assert member(month.house.journal.entries(month.session, case_ref(1))) is not None
