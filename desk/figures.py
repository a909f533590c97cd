"""Figures per month for controllers, worked out from rows and journal when they are asked for."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from audit.log.tables import EntryRow
from desk.queries import known_to
from desk.roles import User
from robot.store.tables import CaseRow


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
    """The figures, newest month first. Restricted cases are counted only for those who may know of them."""
    conditions = list(known_to(user))
    if process:
        conditions.append(col(CaseRow.process) == process)
    if month is not None:
        conditions.append(col(CaseRow.month) == month)
    found: dict[tuple[str, date], Month] = {}
    cases: dict[str, Month] = {}
    for row in session.exec(select(CaseRow).where(*conditions)):
        figures = found.setdefault((row.process, row.month), Month(row.process, row.month))
        cases[row.ref] = figures
        _count(figures, row)
    _count_reasons(session, cases, conditions)
    return sorted(found.values(), key=lambda one: (one.month, one.process), reverse=True)


def _count(figures: Month, row: CaseRow) -> None:
    figures.received += 1
    figures.by_hand += row.status == "by_hand"
    figures.open += row.status in {"running", "person", "applicant"} and row.decided_at is None
    figures.drawn += row.picked is not None
    figures.picked += bool(row.picked)
    if row.decided_at is None:
        return
    amount = Decimal(row.amount_ore or 0) / 100
    if row.decided_by == "robot":
        figures.by_robot += 1
        figures.kronor_robot += amount
    else:
        figures.by_person += 1
        figures.kronor_person += amount


def _count_reasons(session: Session, cases: dict[str, Month], conditions: list[Any]) -> None:
    # Titles and codes stand in the entry itself: they are never personal.
    opened = select(EntryRow.case_ref, EntryRow.data).where(col(EntryRow.type) == "human.review.opened")
    query = opened.join(CaseRow, col(CaseRow.ref) == col(EntryRow.case_ref)).where(*conditions)
    seen: set[tuple[str, str]] = set()
    for ref, data in session.exec(query):
        figures = cases.get(ref)
        if figures is None:
            continue  # opened after the cases were counted
        for reason in json.loads(data)["body"]["reasons"]:
            if (ref, reason["code"]) not in seen:
                seen.add((ref, reason["code"]))
                figures.reasons[reason["title"]] += 1
