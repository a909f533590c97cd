"""The case system's own rules for what it stores. Each function gives the record, or None with the errors noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from holidays import country_holidays

from testbed.verksamhetssystem.calculation import ZERO, Content, ExpenseRow, IncomeRow, NormRow, last_day
from testbed.verksamhetssystem.catalogue import (
    APPROVED,
    DECISION_REASONS,
    DECISION_TYPES,
    EXPENSE_TYPES,
    INCOME_TYPES,
    NORMS,
    PARTLY_APPROVED,
    SPECIAL_EXPENSE_TYPES,
)
from testbed.verksamhetssystem.forms import Typed
from testbed.verksamhetssystem.money import show_amount
from testbed.verksamhetssystem.records import CalculationRecord, DecisionRecord, PersonRecord, month_text

HOUSEHOLD_TABLES = {"norm_rows": ("norm_person", "norm_name", "norm_monthly", "norm_days")}
INCOME_TABLES = {"incomes": ("income_type", "income_applicant", "income_co_applicant")}
EXPENSE_TABLES = {
    "expenses": ("expense_type", "expense_applied", "expense_approved"),
    "special_expenses": ("special_type", "special_applied", "special_approved"),
}
MOST_MEMBERS = 20
LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A decision that passed the rules."""

    calculation: CalculationRecord
    type: str
    decided_on: date
    amount: Decimal
    reason: str
    decision_maker: str
    text: str


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment that passed the rules."""

    decision: DecisionRecord
    amount: Decimal
    pay_date: date


def household(typed: Typed, person: PersonRecord, content: Content) -> tuple[date, Content] | None:
    """Page 1: the month, and the content with its norm rows."""
    month = _month(typed)
    names = [member.name for member in person.household]
    rows = [_norm_row(typed, number, names) for number in range(1, typed.rows["norm_rows"] + 1)]
    if not rows:
        typed.fail("norm_rows", "Lägg till minst en normrad")
    _no_repeats(typed, "norm_person", len(rows))
    members = typed.number("members", "Antal i hushållet", low=1, high=MOST_MEMBERS)
    if members is not None and members < len(rows):
        typed.fail("members", "Antal i hushållet är färre än normraderna")
    shared = typed.amount("shared", "Gemensamma hushållskostnader")
    if typed.errors or month is None or members is None or shared is None:
        return None
    kept = tuple(row for row in rows if row is not None)
    return month, replace(content, norm_rows=kept, members=members, shared=shared)


def _month(typed: Typed) -> date | None:
    first, last = typed.day("first", "Från och med"), typed.day("last", "Till och med")
    if first is None or last is None:
        return None
    if first.day != 1 or last != last_day(first):
        typed.fail("first", "Perioden ska vara en hel kalendermånad")
        return None
    return first


def _norm_row(typed: Typed, number: int, names: Sequence[str]) -> NormRow | None:
    person = typed.choice(f"norm_person-{number}", f"Person rad {number}", names)
    norm = typed.choice(f"norm_name-{number}", f"Norm rad {number}", NORMS)
    monthly = typed.amount(f"norm_monthly-{number}", f"Månadsbelopp rad {number}")
    days = None
    if typed.values[f"norm_days-{number}"]:
        days = typed.number(f"norm_days-{number}", f"Avvikande dagar rad {number}", low=0, high=31)
    if person is None or norm is None or monthly is None:
        return None
    return NormRow(person, norm, monthly, days)


def incomes(typed: Typed, person: PersonRecord, content: Content) -> Content | None:
    """Page 2: the content with its incomes."""
    rows = [_income_row(typed, number, person) for number in range(1, typed.rows["incomes"] + 1)]
    _no_repeats(typed, "income_type", len(rows))
    stimulus_co_applicant = "job_stimulus_co_applicant" in typed.values
    if stimulus_co_applicant and not person.has_co_applicant:
        typed.fail("job_stimulus_co_applicant", "Ärendet har ingen medsökande")
    if typed.errors:
        return None
    return replace(
        content,
        incomes=tuple(row for row in rows if row is not None),
        job_stimulus_applicant="job_stimulus_applicant" in typed.values,
        job_stimulus_co_applicant=stimulus_co_applicant,
    )


def _income_row(typed: Typed, number: int, person: PersonRecord) -> IncomeRow | None:
    income_type = typed.choice(f"income_type-{number}", f"Inkomsttyp rad {number}", INCOME_TYPES)
    applicant = typed.amount(f"income_applicant-{number}", f"Sökande rad {number}", empty=ZERO)
    co_applicant = typed.amount(f"income_co_applicant-{number}", f"Medsökande rad {number}", empty=ZERO)
    if co_applicant and not person.has_co_applicant:
        typed.fail(f"income_co_applicant-{number}", "Ärendet har ingen medsökande")
    if income_type is None or applicant is None or co_applicant is None:
        return None
    return IncomeRow(income_type, applicant, co_applicant)


def expenses(typed: Typed, content: Content) -> Content | None:
    """Page 3: the content with its expenses and special expenses."""
    ordinary = _expense_rows(typed, "expenses", "expense", "rad", EXPENSE_TYPES)
    special = _expense_rows(typed, "special_expenses", "special", "särskild rad", SPECIAL_EXPENSE_TYPES)
    return None if typed.errors else replace(content, expenses=ordinary, special_expenses=special)


def _expense_rows(typed: Typed, table: str, column: str, row: str, types: Sequence[str]) -> tuple[ExpenseRow, ...]:
    rows = []
    for number in range(1, typed.rows[table] + 1):
        expense_type = typed.choice(f"{column}_type-{number}", f"Utgiftstyp {row} {number}", types)
        applied = typed.amount(f"{column}_applied-{number}", f"Ansökt belopp {row} {number}")
        approved = typed.amount(f"{column}_approved-{number}", f"Godkänt belopp {row} {number}")
        if expense_type is None or applied is None or approved is None:
            continue
        if approved > applied:
            typed.fail(f"{column}_approved-{number}", f"Godkänt belopp {row} {number} är högre än ansökt belopp")
        rows.append(ExpenseRow(expense_type, applied, approved))
    return tuple(rows)


def _no_repeats(typed: Typed, column: str, rows: int) -> None:
    seen: set[str] = set()
    for number in range(1, rows + 1):
        value = typed.values[f"{column}-{number}"]
        if value and value in seen:
            typed.fail(f"{column}-{number}", f"{value} finns redan")
        seen.add(value)


def decision(typed: Typed, open_calculations: Mapping[str, CalculationRecord], today: date) -> NewDecision | None:
    """A new decision on one of the final calculations that have none."""
    number = typed.choice("calculation", "Beräkning", tuple(open_calculations))
    decision_type = typed.choice("type", "Beslutstyp", DECISION_TYPES)
    decided_on = typed.day("decided_on", "Beslutsdatum")
    first, last = typed.day("first", "Period från"), typed.day("last", "Period till")
    amount = typed.amount("amount", "Belopp")
    reason = typed.choice("reason", "Orsak", DECISION_REASONS)
    decision_maker = typed.text("decision_maker", "Beslutsfattare", longest=100)
    text = typed.text("text", "Beslutstext", longest=LONGEST_TEXT)
    if decided_on is not None and decided_on > today:
        typed.fail("decided_on", "Beslutsdatum kan inte vara ett kommande datum")
    if number is None or typed.errors:
        return None
    calculation = open_calculations[number]
    if (first, last) != (calculation.month, calculation.last):
        typed.fail("first", "Perioden ska vara beräkningens period")
    if decision_type is None or decided_on is None or amount is None:
        return None
    _amount_fits(typed, decision_type, amount, calculation)
    if typed.errors or reason is None or decision_maker is None or text is None:
        return None
    return NewDecision(calculation, decision_type, decided_on, amount, reason, decision_maker, text)


def _amount_fits(typed: Typed, decision_type: str, amount: Decimal, calculation: CalculationRecord) -> None:
    deficit = calculation.summary.deficit if calculation.summary is not None else ZERO
    shown = show_amount(deficit)
    if decision_type == APPROVED:
        if not deficit:
            typed.fail("type", "Beräkningen visar inget underskott, bifall är inte möjligt")
        elif amount != deficit:
            typed.fail("amount", f"Belopp ska vara beräkningens underskott, {shown}")
    elif decision_type == PARTLY_APPROVED:
        if not ZERO < amount < deficit:
            typed.fail("amount", f"Belopp ska vara större än 0 och mindre än underskottet, {shown}")
    elif amount:
        typed.fail("amount", "Belopp ska vara 0 vid avslag")


def payment(typed: Typed, open_decisions: Mapping[str, DecisionRecord], today: date) -> NewPayment | None:
    """A new payment of what is left of a decision."""
    number = typed.choice("decision", "Beslut", tuple(open_decisions))
    amount = typed.amount("amount", "Belopp")
    pay_date = typed.day("pay_date", "Utbetalningsdatum")
    month = typed.month("month", "Avser månad")
    if amount is not None and not amount:
        typed.fail("amount", "Belopp ska vara större än 0")
    if pay_date is not None and pay_date < today:
        typed.fail("pay_date", "Utbetalningsdatum har passerat")
    elif pay_date is not None and not is_bank_day(pay_date):
        typed.fail("pay_date", "Utbetalningsdatum ska vara en bankdag")
    if number is None or amount is None or pay_date is None:
        return None
    decision = open_decisions[number]
    left = decision.amount - decision.paid
    if amount > left:
        typed.fail("amount", f"Belopp är högre än vad som återstår av beslutet, {show_amount(left)}")
    if month is not None and month != decision.month:
        typed.fail("month", f"Avser månad ska vara beslutets månad, {month_text(decision.month)}")
    return None if typed.errors else NewPayment(decision, amount, pay_date)


def is_bank_day(day: date) -> bool:
    """Whether Swedish banks pay that day: no weekend, no holiday, no eve of Midsummer, Christmas or New Year."""
    closed = country_holidays("SE", years=day.year, categories=("public", "de_facto"))
    return day.weekday() < 5 and day not in closed
