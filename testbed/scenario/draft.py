"""A case while it is being made: what is applied for, what the registers know, what last month's calculation says."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from testbed.scenario.months import shifted
from testbed.scenario.people import Adult, Child, Household

Json = dict[str, Any]
# Skatteverket's own organisation number for tests, and one whose check digit is wrong: no company has it.
EMPLOYERS = ("162021004748", "165599990001")


@dataclass(frozen=True, slots=True)
class Row:
    """An income or expense: type code and SEK for the month; ``person`` 1 applicant, 2 co-applicant."""

    kind: str
    amount: Decimal
    person: int = 1


@dataclass(slots=True)
class Earlier:
    """Last month's final calculation in the case system."""

    adults: tuple[Adult, ...]
    children: tuple[Child, ...]
    incomes: list[Row]
    expenses: list[Row]


@dataclass(slots=True)
class Draft:
    """A case of one household and month. An archetype changes it; nothing here knows the process' rules.

    ``reasons``: what must send the case to a person, empty = the robot decides. ``reasons`` may also hold a beginning
    that ends with a dot, for a reason whose last part depends on where it is noticed.
    """

    archetype: str
    household: Household
    month: date
    rng: Random
    adults: tuple[Adult, ...]
    children: tuple[Child, ...]
    incomes: list[Row]
    expenses: list[Row]
    earlier: Earlier | None
    special: list[Row] = field(default_factory=list)
    living_in_home: int | None = None
    job_stimulus: bool = False
    already_decided: bool = False
    declarations: dict[str, list[Json]] = field(default_factory=dict)
    refunds: dict[str, list[Json]] = field(default_factory=dict)
    application_changes: Json = field(default_factory=dict)
    received: datetime | None = None
    reasons: set[str] = field(default_factory=set)

    @property
    def control_month(self) -> date:
        """The month before the one applied for: its incomes count."""
        return shifted(self.month, -1)

    @property
    def received_at(self) -> datetime:
        """When the application came in: one of the first days of the month unless the archetype says otherwise."""
        return self.received or datetime(self.month.year, self.month.month, 2, 7, tzinfo=UTC) + timedelta(
            minutes=self.rng.randrange(12 * 24 * 60)
        )

    def income(self, kind: str, amount: int, *, last_month: int | None = None, person: int = 1) -> None:
        """Declare an income of whole kronor; last month's was the same unless said. 0 = none then."""
        self.incomes.append(Row(kind, Decimal(amount), person))
        before = amount if last_month is None else last_month
        if before and self.earlier is not None:
            self.earlier.incomes.append(Row(kind, Decimal(before), person))

    def without_income(self) -> None:
        """Take away every income, now and last month, so that an archetype decides them all."""
        self.incomes.clear()
        if self.earlier is not None:
            self.earlier.incomes.clear()

    def salary(self, net: int, *, last_month: int | None = None, employers: int = 1) -> None:
        """Declare a wage after tax that one or more employers have declared too, together equal to it."""
        self.income("SALARY", net, last_month=last_month)
        shares = [net // employers] * employers
        shares[0] += net - sum(shares)
        for place, share in enumerate(shares):
            self.pay(share, employer=EMPLOYERS[place])

    def pay(self, net: int, *, employer: str = EMPLOYERS[0], handed_in_day: int = 1) -> None:
        """An employer's declaration of whole kronor for the control month, handed in on that day of the month after."""
        tax = net * 3 // 10
        rows = self.declarations.setdefault(self.household.applicant.number, [])
        rows.append(
            {
                "AgRegistreradId": employer,
                "Specifikationsnummer": 1,
                "KontantErsattningUlagAG": net + tax,
                "AvdrPrelSkatt": tax,
                "Inlamnad": f"{self.month:%Y-%m}-{handed_in_day:02d}T06:00:00+00:00",
                "Borttag": False,
            }
        )

    def set_expense(self, kind: str, amount: int, *, last_month: int | None = None) -> None:
        """Replace an expense, now and last month."""
        before = amount if last_month is None else last_month
        self.expenses = [row for row in self.expenses if row.kind != kind] + [Row(kind, Decimal(amount))]
        if self.earlier is not None:
            rest = [row for row in self.earlier.expenses if row.kind != kind]
            self.earlier.expenses = [*rest, Row(kind, Decimal(before))]

    def add_special(self, kind: str, amount: int) -> None:
        """Apply for a special expense of whole kronor this month."""
        self.special.append(Row(kind, Decimal(amount)))

    def keep_only_small_income(self) -> None:
        """A small housing allowance, as last month, and nothing else."""
        self.without_income()
        self.income("HOUSING_ALLOWANCE", self.rng.randrange(300, 700, 50))
