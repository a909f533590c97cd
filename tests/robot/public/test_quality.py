"""What is published of the stickprov: the bound of evaluated periods, and nothing that could be somebody's."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel

from audit.clock import ManualClock
from audit.log.entry import Actor
from audit.log.journal import Journal
from audit.stickprov.period import COMMIT, EVALUATED, chain
from audit.vault.keys import MasterKey
from audit.vault.vault import Vault
from robot.public.quality import COLUMNS, checked_periods
from robot.store.tables import SampleTaskRow

PROCESS, PERIOD = "provbidrag", "2025-09"
NOW = datetime(2025, 10, 20, 8, tzinfo=UTC)
CLERK = Actor(kind="system", id="stickprov")


@pytest.fixture
def journal() -> Journal:
    """A journal with keys of its own."""
    return Journal(ManualClock(NOW), Vault(MasterKey(bytes(32))))


def shown(
    journal: Journal, *, complaints: list[str] | None = None, evaluated: bool = True, **figures: Any
) -> list[dict[str, str]]:
    """What is published of one period, by column; ``complaints``: what each reviewed complaint came to."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    SQLModel.metadata.create_all(engine)
    together: dict[str, Any] = {"cases": 130, "sampled": 60, "errors": 1, "upper_errors": 8, "risk": "1/20", **figures}
    with Session(engine) as session:
        journal.append(session, chain(PROCESS, PERIOD), COMMIT, actor=CLERK, body={"log": PROCESS})
        if evaluated:
            body: dict[str, Any] = {"together": together, "strata": {}}
            journal.append(session, chain(PROCESS, PERIOD), EVALUATED, actor=CLERK, body=body)
        for number, found in enumerate(complaints or []):
            answer: dict[str, Any] = {
                "lane": "complaint",
                "number": 1,
                "class": found,
                "reviewer": "bo",
                "difference_ore": 0,
            }
            case = f"c_{number:032x}"
            journal.append(session, case, "review.result", actor=CLERK, body=answer)
            session.add(_task(case))
        told = [dict(zip(COLUMNS, one.cells, strict=True)) for one in checked_periods(journal, session, PROCESS)]
    engine.dispose()
    return told


def _task(case: str) -> SampleTaskRow:
    return SampleTaskRow(
        case_ref=case,
        task="complaint-1",
        process=PROCESS,
        lane="complaint",
        number=1,
        period=PERIOD,
        stratum="",
        mode="follow_up",
        blind=False,
        restricted=False,
        due_at=NOW,
        answered_at=NOW,
    )


def test_the_bound_is_told_and_not_what_was_found(journal: Journal) -> None:
    """Eight of 130 is at most seven per cent, rounded up; that one error was found stands nowhere."""
    (cells,) = shown(journal)
    assert list(cells.values()) == [PERIOD, "130", "60", "7", "95", "", ""]


def test_a_period_that_is_not_evaluated_is_not_told(journal: Journal) -> None:
    """While reviews are awaited there is no figure."""
    assert shown(journal, evaluated=False) == []


@pytest.mark.parametrize(("cases", "sampled"), [(9, 9), (50, 9), (4, 4)])
def test_few_reviews_tell_no_bound(journal: Journal, cases: int, sampled: int) -> None:
    """A share of few decisions could be somebody's."""
    (cells,) = shown(journal, cases=cases, sampled=sampled)
    assert (cells["andel_fel_hogst_procent"], cells["sakerhet_procent"]) == ("", "")


def test_complaints_are_counted_when_there_are_enough(journal: Journal) -> None:
    """Twelve complaints with six errors are told as ten and five; what nobody could tell is no error found."""
    wrong = ["wrong_amount"] * 6
    (cells,) = shown(journal, complaints=[*wrong, *["right"] * 5, "cannot_tell"])
    assert (cells["granskade_klagomal"], cells["klagomal_med_fel"]) == ("10", "5")
    (cells,) = shown(journal, complaints=wrong[:4])
    assert (cells["granskade_klagomal"], cells["klagomal_med_fel"]) == ("", "")
