"""What the screens of the case system show of a scenario's people, without a browser."""

from typing import Any

from testbed.scenario.generate import Scenario
from testbed.verksamhetssystem.calculation import summarise
from testbed.verksamhetssystem.records import month_text
from testbed.verksamhetssystem.seed import EarlierCalculation


def read_calculation(calculation: EarlierCalculation) -> dict[str, Any]:
    """A calculation as the screen file reads it."""
    content = calculation.content
    spent = {"utgifter": content.expenses, "sarskilda": content.special_expenses}
    return {
        "period": month_text(calculation.month),
        "resultat": str(summarise(content).result),
        "hushall": [{"person": row.person, "norm": row.norm, "belopp": str(row.amount)} for row in content.norm_rows],
        "inkomster": [
            {"typ": row.type, "sokande": str(row.applicant), "medsokande": str(row.co_applicant)}
            for row in content.incomes
        ],
    } | {
        name: [{"typ": row.type, "ansokt": str(row.applied), "godkant": str(row.approved)} for row in rows]
        for name, rows in spent.items()
    }


def read_case(scenario: Scenario, number: str, control: str) -> dict[str, Any] | None:
    """The person's case as the screen file reads it; None when the case system does not know the person."""
    person = next((one for one in scenario.case_system if one.personnummer == number), None)
    if person is None:
        return None
    (case,) = person.cases
    last = [one for one in case.calculations if month_text(one.month) == control]
    return {
        "arendenummer": case.number,
        "sokande_namn": person.name,
        "utbetalningssatt": person.payee,
        "berakningar": [
            {"nummer": f"B-{place:06d}", "period": month_text(one.month), "status": "Slutlig"}
            for place, one in enumerate(case.calculations, start=1)
        ],
        "jobbstimulans": [
            {"person": span.role, "from": span.first.isoformat(), "till": span.last.isoformat()}
            for span in case.job_stimulus
        ],
        "senaste": read_calculation(last[0]) if last else None,
    }
