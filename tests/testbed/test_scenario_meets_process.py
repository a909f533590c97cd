"""The scenario's expectations against the process' own rules, without browser or network: many seeds and months."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.skatteverket.models import Agi
from robot.definition import Definition, discover, load
from robot.engine.case import CaseState, StoredFact
from robot.engine.proposal import propose
from robot.engine.view import CaseView
from robot.steps.check import Check
from testbed.agreement import JournalCase
from testbed.judge import wrong_against
from testbed.scenario.generate import Case, Scenario, generate
from testbed.scenario.numbers import TEMPORARY_NUMBER
from testbed.verksamhetssystem.records import month_text
from tests.testbed.reading import read_case

NOW = datetime(2025, 9, 16, 6, tzinfo=UTC)
STOPPED_BY_THE_GUARD = {"protected": "skyddad", "temporary_number": "identitet_utan_registertraff"}


@pytest.fixture(scope="module")
def definition() -> Definition:
    """The process."""
    return load(discover()["ekonomiskt_bistand"])


def answers(scenario: Scenario, case: Case) -> dict[str, Any]:
    """Every fact of the case as registers and screens answer."""
    application = case.application
    month = date.fromisoformat(f"{application['manad']}-01")
    control = month_text(date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1))
    adults = [one for one in (application["sokande"], application["medsokande"]) if one]
    known = [scenario.skatteverket[adult["personnummer"]] for adult in adults]
    seekers = [
        adult["personnummer"]
        for place, adult in enumerate(adults, start=1)
        if application["sysselsattning"][str(place)] == "arbetssokande"
    ]
    agi = [{"RedovisningsPeriod": control.replace("-", ""), "Individuppgifter": one["agi"][control]} for one in known]
    return {
        "ansokan": application,
        "skydd": [one["skydd"] for one in known],
        "folkbokforing": [one["folkbokforing"] for one in known],
        "agi_kontroll": [Agi.model_validate(one).model_dump(mode="json") for one in agi],
        "kapital": [one["kapital"][str(month.year - 1)] for one in known],
        "skatteaterbaring": [{"Utbetalningar": one["skatteaterbaring"][control]} for one in known],
        "arbetssokande": [scenario.arbetsformedlingen[number] for number in seekers],
        "forra_berakningen": read_case(scenario, adults[0]["personnummer"], control),
    }


def ended(definition: Definition, scenario: Scenario, case: Case) -> JournalCase:
    """How the rules end the case, as the journal would say it."""
    application = case.application
    reasons: list[str] = []
    amount = None
    if case.archetype in STOPPED_BY_THE_GUARD:
        reasons = [STOPPED_BY_THE_GUARD[case.archetype]]
    else:
        facts = {
            name: StoredFact(True, "prov", NOW, value)
            if value is not None
            else StoredFact(False, "prov", NOW, code="finns_inte", why="Ingen person hittades.")
            for name, value in answers(scenario, case).items()
        }
        state = CaseState(
            "c_" + "0" * 32,
            definition.id,
            definition.version,
            date.fromisoformat(f"{application['manad']}-01"),
            NOW,
            NOW,
            NOW,
            1,
            facts=facts,
        )
        view = CaseView(definition, state, now=NOW)
        checks = {
            rule: title for step in definition.steps if isinstance(step, Check) for rule, title in step.check.items()
        }
        proposal = propose(view, "utfall", "bistand")
        found = [reason for remarks in view.remarks(checks).values() for reason in remarks.reasons]
        codes = [reason.code for reason in (*found, *proposal.reasons)]
        if proposal.outcome == "avslag":
            codes.append("beslutsratt.avslag")
        reasons, amount = list(dict.fromkeys(codes)), proposal.amount_ore
    return JournalCase(
        application=f"{application['ansokan_id']} {case.archetype}",
        person=application["sokande"]["personnummer"],
        phone=None,
        email=None,
        month=application["manad"],
        status="person" if reasons else "closed",
        decided_by_robot=not reasons,
        sampled=False,
        outcome=None if reasons else "bifall",
        amount_ore=None if reasons else amount,
        reasons=tuple(reasons),
        seconds=0.0,
    )


@pytest.mark.parametrize(
    ("seed", "cases", "month"),
    [
        (1, 400, "2025-09"),
        (2, 400, "2025-10"),
        (3, 200, "2025-11"),
        (4, 40, "2024-01"),
        (5, 40, "2025-01"),
        (6, 40, "2025-06"),
        (7, 80, "2023-02"),
        (8, 40, "2022-12"),
        (9, 80, "2026-12"),
        (10, 40, "2027-01"),
        *((seed, 40, "2025-09") for seed in range(11, 31)),
    ],
)
def test_the_rules_end_every_case_where_the_scenario_says(
    definition: Definition, seed: int, cases: int, month: str
) -> None:
    """Amounts to the öre and exactly the expected reasons, in years with and without a confirmed norm."""
    scenario = generate(seed, cases, date.fromisoformat(f"{month}-01"))
    wrong = [
        wrong_against(case.expected, ended(definition, scenario, case), faulty=False)
        for case in scenario.cases
        if case.application["sokande"]["personnummer"] != TEMPORARY_NUMBER
    ]
    assert [line for line in wrong if line] == []
