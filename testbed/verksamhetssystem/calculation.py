"""What a calculation holds, and the case system's own arithmetic on it, with the signs of Lifecare."""

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from pydantic import TypeAdapter

from testbed.verksamhetssystem.catalogue import JOB_STIMULUS_PERCENT, SALARY
from testbed.verksamhetssystem.money import Kronor, round_to_ore

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class NormRow:
    """One person's norm: SEK/month, and the days of the month that count when not all do."""

    person: str
    norm: str
    monthly: Kronor
    days: int | None = None

    @property
    def amount(self) -> Decimal:
        """The month's amount, or days × daily amount in whole kronor (month × 12 / 365), never above the month's."""
        if self.days is None:
            return self.monthly
        daily = (self.monthly * 12 / 365).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return min(self.monthly, daily * self.days)


@dataclass(frozen=True, slots=True)
class IncomeRow:
    """One type of income, SEK/month for each of the two applicants."""

    type: str
    applicant: Kronor = ZERO
    co_applicant: Kronor = ZERO


@dataclass(frozen=True, slots=True)
class ExpenseRow:
    """One expense, SEK/month: what was applied for and what is approved."""

    type: str
    applied: Kronor
    approved: Kronor


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is typed into a calculation, except its period."""

    norm_rows: tuple[NormRow, ...] = ()
    members: int = 1
    shared: Kronor = ZERO
    incomes: tuple[IncomeRow, ...] = ()
    job_stimulus_applicant: bool = False
    job_stimulus_co_applicant: bool = False
    expenses: tuple[ExpenseRow, ...] = ()
    special_expenses: tuple[ExpenseRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The result in SEK/month. The first four add up to total; total + special is the result; negative is a deficit."""

    income: Kronor
    job_stimulus: Kronor
    norm: Kronor
    expenses: Kronor
    total: Kronor
    special_expenses: Kronor
    result: Kronor

    def rows(self) -> tuple[tuple[str, Decimal], ...]:
        """The summary as it is shown: label and amount, in the order of the page."""
        return (
            ("Inkomster", self.income),
            ("Jobbstimulans", self.job_stimulus),
            ("Norm", self.norm),
            ("Utgifter", self.expenses),
            ("Summa", self.total),
            ("Särskilda utgifter", self.special_expenses),
            ("Resultat", self.result),
        )

    @property
    def deficit(self) -> Decimal:
        """What is missing to reach the norm, 0 when nothing is."""
        return max(ZERO, -self.result)


CONTENT = TypeAdapter(Content)
SUMMARY = TypeAdapter(Summary)


def summarise(content: Content) -> Summary:
    """The result of a calculation."""
    income = sum((row.applicant + row.co_applicant for row in content.incomes), ZERO)
    job_stimulus = ZERO
    for row in content.incomes:
        if row.type == SALARY:
            job_stimulus += _disregarded(row.applicant) if content.job_stimulus_applicant else ZERO
            job_stimulus += _disregarded(row.co_applicant) if content.job_stimulus_co_applicant else ZERO
    norm = sum((row.amount for row in content.norm_rows), content.shared)
    expenses = sum((row.approved for row in content.expenses), ZERO)
    special = sum((row.approved for row in content.special_expenses), ZERO)
    total = income - job_stimulus - norm - expenses
    return Summary(income, -job_stimulus, -norm, -expenses, total, -special, total - special)


def _disregarded(salary: Decimal) -> Decimal:
    return round_to_ore(salary * JOB_STIMULUS_PERCENT / 100)


def last_day(month: date) -> date:
    """The last day of a month, given any day of it."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
