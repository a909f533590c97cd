"""The controller's figures are the cases counted."""

from collections import Counter
from decimal import Decimal

from sqlmodel import select

from desk import queries
from desk.figures import months
from desk.roles import User
from robot.store.tables import CaseRow
from tests.desk.conftest import Town

CONTROLLER = User("controller", "Kim Controller", frozenset({"controller", "skyddade"}))


def test_the_figures_of_a_month_are_its_cases_counted_one_by_one(town: Town) -> None:
    """Received, open, decided and granted are what the rows say, and each reason counts once per case."""
    with town.house.database.read() as session:
        found = months(session, CONTROLLER)
        rows = session.exec(select(CaseRow)).all()
    reasons: Counter[str] = Counter()
    for name in town.cases:
        opened = [one.entry.body for one in town.entries(name) if one.entry.type == "human.review.opened"]
        titles = {reason["code"]: reason["title"] for body in opened for reason in body["reasons"]}
        reasons.update(titles.values())

    decided = [row for row in rows if row.decided_at is not None]
    assert decided
    assert sum(one.received for one in found) == len(rows)
    assert sum(one.by_robot for one in found) == sum(row.decided_by == "robot" for row in decided)
    assert sum(one.by_person for one in found) == sum(row.decided_by != "robot" for row in decided)
    assert sum(one.open for one in found) == sum(row.status in queries.OPEN for row in rows if row.decided_at is None)
    granted = sum((one.kronor_robot + one.kronor_person for one in found), Decimal(0))
    assert granted == sum((Decimal(row.amount_ore or 0) / 100 for row in decided), Decimal(0))
    assert sum((one.reasons for one in found), Counter()) == reasons


def test_a_filter_offers_the_values_that_there_are(town: Town) -> None:
    """Processes, months, strata and versions of the cases, each once; an empty one is not offered."""
    with town.house.database.read() as session:
        found = queries.choices(session, CONTROLLER)
        rows = session.exec(select(CaseRow)).all()
    for name, values in found.items():
        given = {getattr(row, name) for row in rows} - {None}
        assert values == sorted(given, reverse=name == "month")
