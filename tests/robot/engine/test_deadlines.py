"""Time: what is promised, who is reminded, what comes back, and the limits of förvaltningslagen."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from robot.engine.cases import list_cases
from robot.engine.lateness import OPEN, REASONS, why_late
from robot.engine.review import ReviewError
from robot.engine.scheduler import Scheduler
from robot.engine.working_days import SWEDEN, months_later, promised
from tests.robot.engine.ground import ANNA, Ground, application

HIGH = application(income="4500.00")


def at(text: str) -> datetime:
    """A moment in Swedish time."""
    return datetime.fromisoformat(text).replace(tzinfo=SWEDEN)


def go_to(ground: Ground, text: str) -> None:
    """Move the clock to a moment in Swedish time."""
    ground.clock.advance(at(text) - ground.clock.now())


def late(ground: Ground, ref: str) -> tuple[str, ...]:
    """Why the case is late now."""
    return why_late(ground.row(ref), ground.clock.now(), delay_notice_days=14)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2025-09-01T08:00", "2025-09-02T08:00"),
        ("2025-09-05T15:00", "2025-09-08T15:00"),
        ("2025-09-06T10:00", "2025-09-08T10:00"),
        ("2025-04-17T15:00", "2025-04-22T15:00"),
        ("2025-12-23T12:00", "2025-12-29T12:00"),
        ("2025-12-30T12:00", "2026-01-02T12:00"),
        ("2025-06-19T09:00", "2025-06-23T09:00"),
        ("2025-10-24T15:00", "2025-10-27T15:00"),
    ],
)
def test_the_promise_is_a_day_and_night_of_working_days(received: str, due: str) -> None:
    """24 hours are promised, without weekends, Swedish holidays and eves, and over the change to winter time."""
    assert promised(at(received)) == at(due)


def test_six_months_end_on_the_same_day_or_the_months_last() -> None:
    """Six months from 31 August end on the last of February, at the same time of day in Sweden."""
    assert months_later(at("2025-08-31T10:00"), 6) == at("2026-02-28T10:00")
    assert months_later(at("2025-09-01T10:00"), 6) == at("2026-03-01T10:00")
    assert months_later(at("2025-12-15T10:00"), 1) == at("2026-01-15T10:00")


def test_a_review_is_reminded_of_once_and_then_escalated_once(ground: Ground) -> None:
    """A review opened on Monday 15 December is reminded of the last working day before its limit, over Christmas."""
    go_to(ground, "2025-12-18T10:00")
    ref = ground.handled(HIGH).ref
    seen: list[tuple[str, str]] = []
    while ground.clock.now() < at("2026-01-10T00:00"):
        ground.clock.advance(timedelta(hours=1))
        moment = f"{ground.clock.now().astimezone(SWEDEN):%m-%d %H}"
        seen.extend((kind, moment) for kind in ground.house.deadlines.look())
    # Working days: 19, 22, 23, 29 and 30 December.
    assert seen == [
        ("deadline.reminder", "12-29 11"),
        ("deadline.escalated", "12-30 11"),
        ("deadline.delay_notice", "01-01 11"),
    ]
    assert ground.row(ref).marks == ["reminder", "escalated", "delay_notice"]
    assert ground.house.ledger.load(ref).status == "person"
    ground.assert_whole()


def test_a_watch_that_was_away_escalates_without_reminding(ground: Ground) -> None:
    """After a stop of a month only what still means something is written."""
    ground.handled(HIGH)
    ground.clock.advance(timedelta(days=30))
    assert ground.house.deadlines.look() == Counter({"deadline.escalated": 1, "deadline.delay_notice": 1})
    assert ground.house.deadlines.look() == Counter()


def test_a_new_task_has_its_own_time(ground: Ground) -> None:
    """A case that is handed over again is reminded of again."""
    ref = ground.handled(HIGH).ref
    ground.clock.advance(timedelta(days=8))
    ground.house.deadlines.look()
    assert ground.row(ref).marks == ["escalated"]
    changed = {"ansokan": {**ground.house.ledger.load(ref).facts["ansokan"].value, "inkomst": "4600.00"}}
    ground.house.reviews.change_facts(ref, ANNA, changed, motivation="Lönen var högre.")
    assert ground.row(ref).marks == []
    assert late(ground, ref) == ("decision",)


def test_the_applicants_silence_brings_the_case_back(ground: Ground) -> None:
    """The day after the answer date the case is with a person again, with five working days, and nothing is decided."""
    ref = ground.handled(HIGH).ref
    answer_by = at("2025-09-10T23:59")
    ground.house.reviews.ask_applicant(ref, ANNA, "Är lönen tillfällig?", due_at=answer_by)
    assert ground.row(ref).review_due_at == answer_by
    go_to(ground, "2025-09-10T23:00")
    assert ground.house.deadlines.look() == Counter()
    go_to(ground, "2025-09-11T08:00")
    assert late(ground, ref) == ("decision", "answer")
    assert ground.house.deadlines.look() == Counter({"deadline.unanswered": 1})
    state = ground.house.ledger.load(ref)
    assert (state.status, state.decision, state.reviewed[-1]) == ("person", None, "applicant_silent")
    assert ground.row(ref).review_due_at == at("2025-09-18T08:00")


def test_an_answer_in_time_gives_the_person_new_days(ground: Ground) -> None:
    """When the answer is noted, the five working days begin anew."""
    ref = ground.handled(HIGH).ref
    ground.house.reviews.ask_applicant(ref, ANNA, "Är lönen tillfällig?", due_at=at("2025-09-20T23:59"))
    go_to(ground, "2025-09-12T09:00")
    ground.house.reviews.applicant_answered(ref, ANNA, "Ja.")
    assert ground.row(ref).review_due_at == at("2025-09-19T09:00")


def test_the_applicant_is_told_of_a_delay_once(ground: Ground) -> None:
    """A much delayed case asks for a notice with the reason (FL 11 §) until a person has noted it."""
    ref = ground.handled(HIGH).ref
    ground.clock.advance(timedelta(days=15))
    assert "delay_notice" in late(ground, ref)
    with pytest.raises(ReviewError, match="anledning"):
        ground.house.deadlines.told_of_delay(ref, ANNA, reason=" ")
    ground.house.deadlines.told_of_delay(ref, ANNA, reason="Vi väntar på svar från Skatteverket.")
    assert "delay_notice" not in late(ground, ref)


def test_a_request_for_a_decision_gives_four_weeks(ground: Ground) -> None:
    """After six months the applicant may ask once (FL 12 §); 28 days later it is late."""
    ref = ground.handled(HIGH).ref
    deadlines = ground.house.deadlines
    with pytest.raises(ReviewError, match="2026-03-01"):
        deadlines.requested(ref, ANNA, received_on=date(2025, 9, 1))
    go_to(ground, "2026-03-02T09:00")
    assert deadlines.look()["deadline.six_months"] == 1
    with pytest.raises(ReviewError, match="2026-03-01"):
        deadlines.requested(ref, ANNA, received_on=date(2026, 3, 3))
    deadlines.requested(ref, ANNA, received_on=date(2026, 3, 2))
    assert ground.row(ref).request_due_at == at("2026-03-30T23:59")
    with pytest.raises(ReviewError, match="en gång"):
        deadlines.requested(ref, ANNA, received_on=date(2026, 3, 2))
    go_to(ground, "2026-03-30T23:00")
    assert "request" not in late(ground, ref)
    go_to(ground, "2026-03-31T08:00")
    assert late(ground, ref)[-2:] == ("six_months", "request")
    assert set(late(ground, ref)) <= REASONS.keys()
    ground.assert_whole()


def test_what_is_decided_has_no_such_limits(ground: Ground) -> None:
    """After the decision neither delay nor request can be noted; a decision that is not carried out is late itself."""
    ref = ground.handled(application(people=2)).ref
    assert ground.house.ledger.load(ref).decision is not None
    with pytest.raises(ReviewError, match="redan beslutat"):
        ground.house.deadlines.told_of_delay(ref, ANNA, reason="Prov.")
    go_to(ground, "2025-11-30T09:00")
    assert late(ground, ref) == ("outcome", "review")
    go_to(ground, "2025-12-02T09:00")
    assert late(ground, ref) == ("outcome", "review", "unpaid")


def test_a_closed_case_is_never_late(ground: Ground) -> None:
    """Nothing is late when the case has ended, and the watch writes nothing to it."""
    ref = ground.handled(application()).ref
    ground.clock.advance(timedelta(days=300))
    assert late(ground, ref) == ()
    assert ground.house.deadlines.look() == Counter()
    with pytest.raises(ReviewError, match="avslutat"):
        ground.house.deadlines.requested(ref, ANNA, received_on=date(2026, 6, 1))


def test_the_list_of_late_cases_leaves_none_out(ground: Ground) -> None:
    """Over seven months, whatever is late for some reason stands in the list, and nothing else does."""
    refs = [
        ground.handled(application(income="4500.00", number=number)).ref for number in ("194408139089", "199006022397")
    ]
    refs += [ground.handled(application(number="199006022397")).ref]
    ground.house.reviews.ask_applicant(refs[0], ANNA, "Är lönen tillfällig?", due_at=at("2025-09-01T12:00"))
    for _ in range(110):
        now = ground.clock.now()
        with ground.house.database.read() as session:
            listed = {row.ref for row in list_cases(session, late_at=now, restricted=True)}
        assert listed == {ref for ref in refs if late(ground, ref)}
        ground.clock.advance(timedelta(days=2))
        ground.house.deadlines.look()


def test_a_case_in_the_robots_hand_is_not_written_to(ground: Ground) -> None:
    """The watch leaves a running case alone, so that its worker never loses it; lists still show that it is late."""
    ref = ground.submit(application())
    ground.clock.advance(timedelta(days=200))
    before = ground.types(ref)
    assert ground.house.deadlines.look() == Counter()
    assert ground.types(ref) == before
    assert late(ground, ref) == ("decision", "delay_notice", "six_months")
    assert ground.run(ref).status == "closed"


def test_open_means_the_same_everywhere() -> None:
    """The statuses that count as open are those that a case can leave."""
    assert OPEN == ("running", "person", "applicant")


def test_the_scheduler_wakes_the_watches(ground: Ground) -> None:
    """Among the scheduler's regular work are the deadlines and the drift."""
    ref = ground.handled(HIGH).ref
    ground.clock.advance(timedelta(days=8))
    scheduler = Scheduler(ground.house)
    for job in scheduler._scheduler.get_jobs():
        job.func()
    scheduler._turn.close()
    assert ground.row(ref).marks == ["escalated"]
