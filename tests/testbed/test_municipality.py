"""The whole simulated municipality, over HTTP."""

import smtplib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr

from connectors.arbetsformedlingen.client import create as create_arbetsformedlingen
from connectors.contract import Answer, Answered, ConnectorSettings, Failed
from connectors.skatteverket.client import create as create_skatteverket
from testbed.faults import parse
from testbed.municipality import ORGANISATION, Municipality
from testbed.observe import observe
from testbed.scenario.generate import Scenario, generate

CREATE = {"skatteverket": create_skatteverket, "arbetsformedlingen": create_arbetsformedlingen}
CONTROL = "2025-08"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Forty cases."""
    return generate(1, 40, date(2025, 9, 1))


@pytest.fixture(scope="module")
def municipality(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Municipality]:
    """A running municipality."""
    with Municipality(scenario, folder=tmp_path_factory.mktemp("kommun")) as running:
        yield running


async def ask(running: Municipality, query: str, **arguments: str) -> Answer:
    """Ask a register as the robot does, by the settings that the municipality gives it."""
    name = query.split(".", maxsplit=1)[0]
    environment = running.environment()
    settings = ConnectorSettings(
        base_url=environment[f"ARENDE_{name.upper()}_URL"],
        token=SecretStr(environment[f"ARENDE_{name.upper()}_TOKEN"]),
        organisationsnummer=environment["ARENDE_ORGANISATIONSNUMMER"],
        authority=environment["ARENDE_KOMMUN"],
        account="arenderobot",
        read_seconds=0.3,
    )
    register = CREATE[name](settings, now=running.clock.now)
    try:
        return await register.ask(query, arguments, request_id="prov")
    finally:
        await register.aclose()


async def test_registers_answer_for_everybody(municipality: Municipality, scenario: Scenario) -> None:
    """Each question of each register has a valid answer for every person with a number."""
    for number in scenario.skatteverket:
        questions = [
            await ask(municipality, "skatteverket.skydd", personnummer=number),
            await ask(municipality, "skatteverket.folkbokforing", personnummer=number),
            await ask(municipality, "skatteverket.agi", personnummer=number, manad=CONTROL),
            await ask(municipality, "skatteverket.kapital", personnummer=number, beskattningsar="2024"),
            await ask(municipality, "skatteverket.skatteaterbaring", personnummer=number, manad=CONTROL),
        ]
        period = {"from": "2025-08-01", "tom": "2025-09-30"}
        questions.append(await ask(municipality, "arbetsformedlingen.arbetssokande", personnummer=number, **period))
        assert all(isinstance(answer, Answered) for answer in questions)


async def test_a_correction_governs(municipality: Municipality, scenario: Scenario) -> None:
    """The corrected declaration is what counts, and equals the declared wage."""
    case = next(case for case in scenario.cases if case.archetype == "corrected_declaration")
    answer = await ask(
        municipality, "skatteverket.agi", personnummer=case.application["sokande"]["personnummer"], manad=CONTROL
    )
    assert isinstance(answer, Answered)
    assert len(answer.data["Individuppgifter"]) == 2
    (row,) = answer.data["Gallande"]
    wage = next(row["belopp"] for row in case.application["inkomster"] if row["slag"] == "SALARY")
    assert float(row["KontantErsattningUlagAG"]) - float(row["AvdrPrelSkatt"]) == float(wage)


def test_the_case_system_has_last_month_for_those_it_knows(municipality: Municipality, scenario: Scenario) -> None:
    """Everybody but new applicants has a final calculation with a deficit last month; some have this month."""
    truth = municipality.urls["sanning"]
    rows = httpx.get(f"{truth}/calculations").json()
    stored = {(row["personnummer"], row["month"]): row for row in rows}
    for case in scenario.cases:
        number = case.application["sokande"]["personnummer"]
        assert ((number, CONTROL) in stored) is (case.archetype != "new_applicant")
        assert ((number, "2025-09") in stored) is (case.archetype == "already_decided")
    assert all(row["summary"]["result"] < 0 for row in rows)


def test_the_login_page_answers(municipality: Municipality) -> None:
    """The case system's own pages are up."""
    page = httpx.get(f"{municipality.urls['verksamhetssystem']}/login")
    assert page.status_code == 200
    assert "Logga in" in page.text


def test_nothing_is_observed_before_anything_is_done(scenario: Scenario, tmp_path: Path) -> None:
    """What was seeded is not counted; a mail that arrives is. A second municipality can start after the first."""
    for turn in ("first", "second"):
        with Municipality(scenario, folder=tmp_path / turn) as running:
            assert observe(running.urls).calculations == ()
            assert observe(running.urls).notices == 0
            address = urlsplit(running.urls["epost_smtp"])
            with smtplib.SMTP(address.hostname or "", address.port or 0, timeout=5) as mail:
                mail.sendmail(
                    "a@example.se", ["b@example.se"], "Message-ID: <1@example.se>\r\nSubject: x\r\n\r\nHej\r\n"
                )
            assert observe(running.urls).notices == 1


async def test_a_fault_is_felt(scenario: Scenario, tmp_path: Path) -> None:
    """A fault given by name reaches the call it names and no other."""
    number = scenario.cases[0].application["sokande"]["personnummer"]
    faults = [parse("skatteverket.agi=error_500"), parse("verksamhetssystem.login=error_500")]
    with Municipality(scenario, folder=tmp_path / "kommun", faults=faults) as running:
        agi = await ask(running, "skatteverket.agi", personnummer=number, manad=CONTROL)
        assert isinstance(agi, Failed)
        assert agi.code == "serverfel"
        assert isinstance(await ask(running, "skatteverket.skydd", personnummer=number), Answered)
        async with httpx.AsyncClient() as browser:
            assert (await browser.get(f"{running.urls['verksamhetssystem']}/login")).status_code == 500


def test_the_settings_name_every_connector(municipality: Municipality) -> None:
    """The environment has each system's address and the clock's start, but no place for the robot's data."""
    environment = municipality.environment()
    for system in ("SKATTEVERKET", "ARBETSFORMEDLINGEN", "SMS", "EPOST", "BREV", "VERKSAMHETSSYSTEM"):
        assert environment[f"ARENDE_{system}_URL"]
    assert environment["ARENDE_NOW"].startswith("2025-09-16T06:")
    assert environment["ARENDE_ORGANISATIONSNUMMER"] == ORGANISATION
    assert "ARENDE_DATA" not in environment
