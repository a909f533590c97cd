"""Why a case is late, from its row alone: for lists, the desk and the watch that notes it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from robot.engine.working_days import months_later
from robot.store.tables import CaseRow

OPEN = ("running", "person", "applicant")
REQUEST_DAYS = 28
"""FL 12 §: four weeks from the request."""
REASONS: Mapping[str, str] = {
    "decision": "Inget beslut inom utlovad tid",
    "outcome": "Beslutet är inte verkställt inom utlovad tid",
    "review": "Granskningen har passerat sin dag",
    "answer": "Den sökandes svarsdag har passerat",
    "delay_notice": "Underrätta den sökande om förseningen (11 § förvaltningslagen)",
    "six_months": "Sex månader utan beslut (12 § förvaltningslagen)",
    "request": "Begäran om avgörande är obesvarad efter fyra veckor (12 § förvaltningslagen)",
    "unpaid": "Gynnande beslut inte verkställt inom tre månader (34 kap. socialtjänstlagen)",
}


def why_late(row: CaseRow, now: datetime, *, delay_notice_days: int) -> tuple[str, ...]:
    """The codes of `REASONS` that hold for the case now, the gravest last. Empty: it is not late, or not open."""
    if row.status not in OPEN:
        return ()
    undecided = row.decided_at is None
    told = "delay_told" in row.marks
    holds = {
        "decision": undecided and row.due_at < now,
        "outcome": not undecided and row.due_at < now,
        "review": row.status == "person" and _past(row.review_due_at, now),
        "answer": row.status == "applicant" and _past(row.review_due_at, now),
        "delay_notice": undecided and not told and row.received_at + timedelta(days=delay_notice_days) < now,
        "six_months": undecided and months_later(row.received_at, 6) < now,
        "request": undecided and _past(row.request_due_at, now),
        "unpaid": row.outcome == "bifall" and row.decided_at is not None and months_later(row.decided_at, 3) < now,
    }
    return tuple(code for code in REASONS if holds[code])


def _past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment < now
