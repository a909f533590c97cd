"""A whole scenario from a seed: the same seed gives the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from testbed.scenario import archetypes, archetypes_person, case_system, registers
from testbed.scenario.application import application_of
from testbed.scenario.draft import Draft, Earlier, Row
from testbed.scenario.expected import Expected, expected_of
from testbed.scenario.households import Slot, slots
from testbed.scenario.kind import CASES_IN_A_ROUND, KINDS
from testbed.scenario.months import shifted
from testbed.verksamhetssystem.seed import Person

MONTHS_BETWEEN_ROUNDS = 3  # so that no case's control or comparison month is another case's month
MOST_CASES = 16 * CASES_IN_A_ROUND
FIRST_MONTH = date(2019, 2, 1)  # the norm is known from January 2019, and last month's calculation needs it too
FAMILIES = (archetypes, archetypes_person)  # importing them registers their kinds
# An example of what a household gets for a child, SEK/month; the simulation does not claim that it is the legal amount.
CHILD_ALLOWANCE = 1250


class ScenarioError(ValueError):
    """No scenario can be made of this: says what is possible."""


@dataclass(frozen=True, slots=True)
class Case:
    """An application with its kind and the end it must have."""

    archetype: str
    application: dict[str, Any]
    expected: Expected


@dataclass(frozen=True, slots=True)
class Scenario:
    """A municipality's people, what each system knows of them, and their applications. ``now`` is aware UTC."""

    seed: int
    month: date
    now: datetime
    cases: tuple[Case, ...]
    skatteverket: dict[str, Any]
    arbetsformedlingen: dict[str, Any]
    case_system: list[Person]


def generate(seed: int, cases: int, month: date) -> Scenario:
    """Make a scenario. Forty cases fit in a month; more come from earlier months, three months apart.

    Raises ScenarioError when the month is not a first day or the cases do not fit between 2019 and the month.
    """
    rounds = _rounds(cases, month)
    first = rounds[-1]
    members: list[registers.Member] = []
    numbered: list[tuple[int, int, Draft]] = []
    for slot in slots(seed, first=first, last=month):
        months = [at for place, at in enumerate(rounds) if place * CASES_IN_A_ROUND + slot.place < cases]
        drafts = [_draft(seed, slot, at) for at in months]
        if drafts:
            members.append(registers.Member(slot.household, slot.kind.traits, drafts))
        numbered += [(rounds.index(draft.month), slot.place, draft) for draft in drafts]
    return Scenario(
        seed=seed,
        month=month,
        now=_working_morning(month),
        cases=tuple(_case(seed, number, draft) for number, (_, _, draft) in enumerate(sorted(numbered, key=_order), 1)),
        skatteverket=registers.skatteverket(members),
        arbetsformedlingen=registers.arbetsformedlingen(members, last_month=month),
        case_system=case_system.persons(members),
    )


def _order(numbered: tuple[int, int, Draft]) -> tuple[int, int]:
    return numbered[:2]


def _rounds(cases: int, month: date) -> Sequence[date]:
    if month.day != 1:
        raise ScenarioError(f"a month is given by its first day, found {month}: use {month.replace(day=1)}")
    if not 1 <= cases <= MOST_CASES:
        raise ScenarioError(f"a scenario has 1 to {MOST_CASES} cases, found {cases}: there are not more test persons")
    count = -(-cases // CASES_IN_A_ROUND)
    months = [shifted(month, -MONTHS_BETWEEN_ROUNDS * place) for place in range(count)]
    if months[-1] < FIRST_MONTH:
        raise ScenarioError(
            f"{cases} cases up to {month:%Y-%m} reach back to {months[-1]:%Y-%m}, "
            f"but the norm begins in {FIRST_MONTH:%Y-%m}: take a later month or fewer cases"
        )
    return months


def _working_morning(month: date) -> datetime:
    """The first weekday from the 16th, 8 in the morning: by then employers have declared the month before."""
    day = datetime(month.year, month.month, 16, 6, tzinfo=UTC)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _draft(seed: int, slot: Slot, month: date) -> Draft:
    household = slot.household
    rng = Random(f"{seed}/{slot.place}/{month}")
    expenses = [
        Row("RENT", Decimal(rng.randrange(4300, 5900, 50))),
        Row("ELECTRICITY", Decimal(rng.randrange(250, 600))),
        Row("HOME_INSURANCE", Decimal(rng.randrange(90, 160, 5))),
    ]
    traits = slot.kind.traits
    earlier = Earlier(
        household.adults[:1] if traits.partner else household.adults,
        household.children[:-1] if traits.new_child else household.children,
        incomes=[],
        expenses=list(expenses),
    )
    draft = Draft(
        archetype=slot.kind.name,
        household=household,
        month=month,
        rng=rng,
        adults=household.adults,
        children=household.children,
        incomes=[],
        expenses=expenses,
        earlier=earlier,
    )
    _usual_income(draft, earlier)
    slot.kind.change(draft)
    return draft


def _usual_income(draft: Draft, earlier: Earlier) -> None:
    """What the household lives on beside the bistånd, the same as last month."""
    if earlier.children:
        draft.income("CHILD_ALLOWANCE", CHILD_ALLOWANCE * len(earlier.children))
    for person, adult in enumerate(earlier.adults, start=1):
        match draft.rng.choice(("nothing", "nothing", "housing", "activity")):
            case "housing" if person == 1:
                draft.income("HOUSING_ALLOWANCE", draft.rng.randrange(600, 1200, 50))
            case "activity" if adult.job_seeker:
                draft.income("ACTIVITY_SUPPORT", draft.rng.randrange(2500, 4000, 10), person=person)
            case _:
                pass


def _case(seed: int, number: int, draft: Draft) -> Case:
    return Case(draft.archetype, application_of(draft, f"A-{seed}-{number:04d}"), expected_of(draft))


def kind_names() -> list[str]:
    """Every archetype's name."""
    return list(KINDS)
