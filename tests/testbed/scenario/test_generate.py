"""Scenarios from a seed."""

import ast
import json
from collections import Counter
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import testbed.scenario
from testbed.scenario.expected import Expected
from testbed.scenario.generate import Case, Scenario, ScenarioError, generate, kind_names
from testbed.scenario.numbers import TEMPORARY_NUMBER, coordination_form, published

SEPTEMBER = date(2025, 9, 1)


def as_bytes(scenario: Scenario) -> bytes:
    """The whole scenario as bytes."""
    return json.dumps(
        asdict(scenario), default=lambda value: sorted(value) if isinstance(value, frozenset) else str(value)
    ).encode()


def applicant(case: Case) -> str:
    """The applicant's number."""
    number: str = case.application["sokande"]["personnummer"]
    return number


def test_the_same_seed_gives_the_same_bytes() -> None:
    """A scenario is repeatable, and another seed gives another one."""
    assert as_bytes(generate(7, 60, SEPTEMBER)) == as_bytes(generate(7, 60, SEPTEMBER))
    assert as_bytes(generate(7, 60, SEPTEMBER)) != as_bytes(generate(8, 60, SEPTEMBER))


@pytest.mark.parametrize("seed", range(5))
def test_forty_cases_hold_every_kind(seed: int) -> None:
    """At forty cases each archetype is there, unchanged ones most often, and the robot decides about half."""
    scenario = generate(seed, 40, SEPTEMBER)
    kinds = Counter(case.archetype for case in scenario.cases)
    assert set(kinds) == set(kind_names())
    assert kinds.most_common(1)[0][0] == "unchanged_single"
    decided = sum(case.expected.ends == "decided" for case in scenario.cases)
    assert 0.4 <= decided / 40 <= 0.6
    assert {case.application["manad"] for case in scenario.cases} == {"2025-09"}


def test_every_kind_can_be_decided_or_says_why_not() -> None:
    """A decided case has an amount above zero and no reasons; a handed over one has reasons and no amount."""
    for case in generate(3, 400, SEPTEMBER).cases:
        expected = case.expected
        if expected.ends == "decided":
            assert expected.amount is not None
            assert expected.amount > 0
            assert not expected.reasons
        else:
            assert expected == Expected("person", reasons=expected.reasons)
            assert expected.reasons


@pytest.mark.parametrize("cases", [40, 400, 640])
def test_every_number_is_published(cases: int) -> None:
    """Every personnummer anywhere is on the published list, but for the two forms that nobody has."""
    scenario = generate(2, cases, SEPTEMBER)
    allowed = {*published(), *map(coordination_form, published()), TEMPORARY_NUMBER}
    numbers = (
        {applicant(case) for case in scenario.cases} | set(scenario.skatteverket) | set(scenario.arbetsformedlingen)
    )
    numbers |= {
        case.application["medsokande"]["personnummer"] for case in scenario.cases if case.application["medsokande"]
    }
    numbers |= {
        member.personnummer for person in scenario.case_system for member in person.household if member.personnummer
    }
    assert numbers <= allowed


def test_a_person_applies_once_a_month() -> None:
    """Many cases come from more months, not from more applications of a person in a month."""
    cases = generate(4, 400, SEPTEMBER).cases
    assert len(cases) == 400
    assert len({(applicant(case), case.application["manad"]) for case in cases}) == 400
    assert len({case.application["ansokan_id"] for case in cases}) == 400


def test_months_do_not_overlap() -> None:
    """A person's months are at least three apart, so control and comparison months are nobody else's."""
    cases = generate(4, 400, SEPTEMBER).cases
    months = sorted({date.fromisoformat(f"{case.application['manad']}-01") for case in cases})
    counts = [month.year * 12 + month.month for month in months]
    assert all(later - earlier == 3 for earlier, later in pairwise(counts))


def test_registers_are_complete() -> None:
    """Everybody with a number that registers know has every answer for the control month."""
    scenario = generate(5, 80, SEPTEMBER)
    for case in scenario.cases:
        if not applicant(case).isdigit():
            continue
        known = scenario.skatteverket[applicant(case)]
        year, month = map(int, case.application["manad"].split("-"))
        control = f"{year}-{month - 1:02d}" if month > 1 else f"{year - 1}-12"
        assert control in known["agi"]
        assert control in known["skatteaterbaring"]
        assert str(year - 1) in known["kapital"]
        assert {"skydd", "folkbokforing"} <= known.keys()
        assert applicant(case) in scenario.arbetsformedlingen


def test_children_keep_their_age_all_month() -> None:
    """No child has a birthday in a month that is applied for, and none has a number."""
    for case in generate(6, 400, SEPTEMBER).cases:
        for child in case.application["barn"]:
            assert child["personnummer"] is None
            assert child["fodelsedatum"][5:7] != case.application["manad"][5:7]
            assert child["fodelsedatum"] < case.application["manad"]


def test_contacts_are_fictitious() -> None:
    """Phones lie in the range reserved for fiction and addresses at example.se; everybody can be reached."""
    for case in generate(1, 40, SEPTEMBER).cases:
        sokande = case.application["sokande"]
        assert sokande["telefon"] or sokande["epost"]
        assert sokande["telefon"] is None or 701740605 <= int(sokande["telefon"]) <= 701740699
        assert sokande["epost"] is None or sokande["epost"].endswith("@example.se")


def test_every_case_of_a_month_without_norm_goes_to_a_person() -> None:
    """In January 2027 no norm is known, so nothing may be decided."""
    assert {case.expected.ends for case in generate(1, 40, date(2027, 1, 1)).cases} == {"person"}


@pytest.mark.parametrize(
    ("cases", "month", "message"),
    [
        (0, SEPTEMBER, "a scenario has 1 to 640 cases, found 0"),
        (641, SEPTEMBER, "a scenario has 1 to 640 cases, found 641"),
        (40, date(2025, 9, 2), "use 2025-09-01"),
        (400, date(2020, 1, 1), "take a later month or fewer cases"),
    ],
)
def test_impossible_scenarios_say_why(cases: int, month: date, message: str) -> None:
    """What cannot be made is refused with what is possible."""
    with pytest.raises(ScenarioError, match=message):
        generate(1, cases, month)


@pytest.mark.parametrize(
    "path", sorted(Path(testbed.scenario.__file__).parent.glob("*.py")), ids=lambda path: path.stem
)
def test_the_scenario_knows_no_rules(path: Path) -> None:
    """What a case must come to is never asked of the process or the rules engine."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not any(name.startswith(("processes", "robot")) for name in names)
