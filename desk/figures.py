"""Figures per month for controllers, worked out from rows and journal when they are asked for."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from audit.log.tables import EntryRow
from desk.queries import OPEN, known_to
from desk.roles import User
from robot.store.tables import CaseRow

WITH_REASONS = 3
"""Months whose reasons are counted when no month was asked for."""


@dataclass(slots=True)
class Month:
    """One month and process. ``kronor`` is what is granted, SEK, by robot and by people."""

    process: str
    month: date
    received: int = 0
    by_robot: int = 0
    by_person: int = 0
    by_hand: int = 0
    open: int = 0
    drawn: int = 0
    picked: int = 0
    kronor_robot: Decimal = Decimal(0)
    kronor_person: Decimal = Decimal(0)
    reasons: Counter[str] = field(default_factory=Counter)


def months(session: Session, user: User, *, process: str = "", month: date | None = None) -> list[Month]:
    """The figures, newest month first. Restricted cases are counted only for those who may know of them.

    Without a month only the newest have their reasons counted, because those are read entry by entry.
    """
    conditions = list(known_to(user))
    if process:
        conditions.append(col(CaseRow.process) == process)
    if month is not None:
        conditions.append(col(CaseRow.month) == month)
    counted = session.execute(_COUNTED.where(*conditions).group_by(*_KEY)).mappings()
    found = [_month(dict(row)) for row in counted]
    found.sort(key=lambda one: (one.month, one.process), reverse=True)
    newest = sorted({one.month for one in found}, reverse=True)[:WITH_REASONS]
    _count_reasons(session, {(one.process, one.month): one for one in found if one.month in newest}, conditions)
    return found


def _share(*conditions: Any) -> Any:
    return func.count(case((and_(*conditions), 1)))


_ROBOT = col(CaseRow.decided_by) == "robot"
_DECIDED = col(CaseRow.decided_at).is_not(None)
_OPEN = col(CaseRow.status).in_(OPEN)
_KEY = (col(CaseRow.process), col(CaseRow.month))
_COUNTED = select(
    *_KEY,
    func.count().label("received"),
    _share(_DECIDED, _ROBOT).label("by_robot"),
    _share(_DECIDED, ~_ROBOT).label("by_person"),
    _share(col(CaseRow.status) == "by_hand").label("by_hand"),
    _share(_OPEN, ~_DECIDED).label("open"),
    _share(col(CaseRow.picked).is_not(None)).label("drawn"),
    _share(col(CaseRow.picked).is_(True)).label("picked"),
    func.sum(case((and_(_DECIDED, _ROBOT), col(CaseRow.amount_ore)))).label("robot_ore"),
    func.sum(case((and_(_DECIDED, ~_ROBOT), col(CaseRow.amount_ore)))).label("person_ore"),
)


def _month(row: dict[str, Any]) -> Month:
    robot, person = row.pop("robot_ore"), row.pop("person_ore")
    return Month(**row, kronor_robot=Decimal(robot or 0) / 100, kronor_person=Decimal(person or 0) / 100)


def _count_reasons(session: Session, found: dict[tuple[str, date], Month], conditions: list[Any]) -> None:
    # Titles and codes stand in the entry itself: they are never personal.
    opened = select(col(EntryRow.case_ref), col(CaseRow.process), col(CaseRow.month), col(EntryRow.data)).where(
        col(EntryRow.type) == "human.review.opened"
    )
    query = opened.join(CaseRow, col(CaseRow.ref) == col(EntryRow.case_ref)).where(*conditions)
    seen: set[tuple[str, str]] = set()
    for ref, process, month, data in session.execute(query.where(col(CaseRow.month).in_({key[1] for key in found}))):
        for reason in json.loads(data)["body"]["reasons"]:
            if (process, month) in found and (ref, reason["code"]) not in seen:
                seen.add((ref, reason["code"]))
                found[process, month].reasons[reason["title"]] += 1
