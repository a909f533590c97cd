"""What the case system holds before the robot begins: persons, their cases and last month's calculations."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from testbed.scenario.draft import Draft, Earlier, Row
from testbed.scenario.months import last_day, shifted
from testbed.scenario.norm import child_amount, child_label, norm_of, shared_amount
from testbed.scenario.people import POSTCODE, TOWN, Child
from testbed.scenario.registers import Member
from testbed.verksamhetssystem import calculation, records
from testbed.verksamhetssystem.catalogue import APPLICANT, CHILD, CO_APPLICANT
from testbed.verksamhetssystem.seed import Case, EarlierCalculation, EarlierDecision, EarlierPayment, Person

LABELS = {
    "SALARY": "Lön efter skatt",
    "OTHER_INCOME": "Övriga inkomster",
    "ACTIVITY_SUPPORT": "Aktivitetsstöd",
    "CHILD_ALLOWANCE": "Barnbidrag/Flerbarnstillägg",
    "HOUSING_ALLOWANCE": "Bostadsbidrag",
    "SICKNESS_BENEFIT": "Sjukpenning",
    "RENT": "Boendekostnad",
    "ELECTRICITY": "El 1",
    "HOME_INSURANCE": "Hemförsäkring",
}
MONTHS_OPEN_BEFORE = 9


def persons(members: Sequence[Member]) -> list[Person]:
    """Everybody whom the case system knows, with one case each."""
    return [_person(member) for member in members if member.traits.known_in_case_system]


def _person(member: Member) -> Person:
    household = member.household
    before = [draft.earlier for draft in member.drafts if draft.earlier is not None]
    adults = before[0].adults if before else household.adults
    children = before[0].children if before else household.children
    co_applicants = [records.Member(adult.name, adult.birth, CO_APPLICANT, adult.number) for adult in adults[1:]]
    return Person(
        personnummer=household.applicant.number,
        name=household.applicant.name,
        address=f"{household.street}, {POSTCODE} {TOWN}",
        payee=household.payee,
        household=(
            records.Member(household.applicant.name, household.applicant.birth, APPLICANT, household.applicant.number),
            *co_applicants,
            *(records.Member(child.name, child.birth, CHILD) for child in children),
        ),
        cases=(_case(member),),
    )


def _case(member: Member) -> Case:
    drafts = sorted(member.drafts, key=lambda draft: draft.month)
    return Case(
        number=member.household.case_number,
        opened=shifted(drafts[0].month, -MONTHS_OPEN_BEFORE).replace(day=4),
        job_stimulus=_job_stimulus(member, drafts),
        calculations=tuple(item for draft in drafts for item in _calculations(draft)),
    )


def _job_stimulus(member: Member, drafts: Sequence[Draft]) -> tuple[records.JobStimulus, ...]:
    first, last = drafts[0].month, drafts[-1].month
    match member.traits.stimulus:
        case "running":
            # In a scenario of many months longer than the two years of the law: each month is judged by itself.
            return (records.JobStimulus(APPLICANT, shifted(first, -3), last_day(shifted(last, 6))),)
        case "ended":
            return (records.JobStimulus(APPLICANT, shifted(first, -26), last_day(shifted(first, -3))),)
        case _:
            return ()


def _calculations(draft: Draft) -> list[EarlierCalculation]:
    if draft.earlier is None:
        return []
    made = [_calculation(draft.control_month, draft, draft.earlier)]
    if draft.already_decided:
        this_month = Earlier(draft.adults, draft.children, draft.incomes, draft.expenses)
        made.append(_calculation(draft.month, draft, this_month))
    return made


def _calculation(month: date, draft: Draft, typed: Earlier) -> EarlierCalculation:
    norm = norm_of(month)
    members = len(typed.adults) + len(typed.children)
    single, couple = ("Ensamstående", norm.single), ("Sambor", norm.couple // 2)
    label, monthly = couple if len(typed.adults) == 2 else single
    rows = [calculation.NormRow(adult.name, label, Decimal(monthly)) for adult in typed.adults]
    rows += [_child_row(child, month) for child in typed.children]
    content = calculation.Content(
        norm_rows=tuple(rows),
        members=members,
        shared=shared_amount(norm, members, draft.living_in_home),
        incomes=_incomes(typed.incomes),
        job_stimulus_applicant=draft.job_stimulus,
        expenses=tuple(calculation.ExpenseRow(LABELS[row.kind], row.amount, row.amount) for row in typed.expenses),
    )
    deficit = calculation.summarise(content).deficit
    decided_on = month.replace(day=3)
    payments = (EarlierPayment(deficit, month.replace(day=5)),) if deficit else ()
    decision = EarlierDecision(decided_on, payments=payments)
    return EarlierCalculation(month, content, decision=decision)


def _child_row(child: Child, month: date) -> calculation.NormRow:
    years = max(0, child.age(month))
    amount = child_amount(norm_of(month), years, lunch_at_home=child.lunch_at_home)
    label = child_label(years, lunch_at_home=child.lunch_at_home or amount is None)
    known = amount if amount is not None else child_amount(norm_of(month), years, lunch_at_home=True)
    return calculation.NormRow(child.name, label, Decimal(known or 0))


def _incomes(rows: Sequence[Row]) -> tuple[calculation.IncomeRow, ...]:
    by_kind: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in rows:
        by_kind[row.kind][row.person - 1] += row.amount
    return tuple(calculation.IncomeRow(LABELS[kind], *amounts) for kind, amounts in by_kind.items())
