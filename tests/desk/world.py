"""A house with cases in every state that the desk shows: real journal, real rules, answers written down by hand."""

import asyncio
import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audit.clock import ManualClock
from audit.log.entry import Actor
from robot.engine.case import CaseState
from robot.engine.house import House
from robot.engine.intake import Accepted
from robot.engine.review import review_opened
from robot.engine.view import CaseView
from robot.rules import Reason
from robot.settings import Settings
from robot.steps.base import Advance, Draft, Finish, HandOver, Step
from robot.steps.check import Check
from robot.steps.decide import Decide
from robot.steps.draw import PICKED, Draw
from robot.steps.fetch import Fetch
from robot.steps.fill import Fill
from robot.steps.guard import Guard
from robot.steps.read import Read
from robot.steps.receipt import Receipt
from robot.steps.send import Send

PROCESS = "ekonomiskt_bistand"
START = datetime(2025, 9, 16, 6, tzinfo=UTC)
TOKEN = "intake-token-of-the-tests"
PROTECTED = Reason("skyddad", "Ärendet hanteras av den särskilda gruppen.", "skydd")
ACTOR = Actor(kind="robot", id=PROCESS)
NUMBERS = {
    "decided": "194408139089",
    "refund": "199006022397",
    "income": "199107172380",
    "avslag": "199610202385",
    "protected": "190104132386",
    "picked": "200001052380",
    "silent": "199312172381",
    "unbegun": "195711212893",
}
RENT = [{"slag": "RENT", "belopp": "5400.00"}, {"slag": "ELECTRICITY", "belopp": "262.00"}]


def build(folder: Path, **settings: Any) -> House:
    """The house of a folder, with a clock that stands still."""
    values = {"data": folder, "kommun": "Exempelkommunen", "intake_token": TOKEN, **settings}
    return House.build(Settings(**values), clock=ManualClock(START))


def fill(house: House) -> dict[str, str]:
    """Cases by what is special with them: name → reference."""
    cases: dict[str, str] = {}
    for name, number in NUMBERS.items():
        result = house.intake.submit(json.dumps(application(name, number)).encode(), process=PROCESS, source="test")
        assert isinstance(result, Accepted), result
        cases[name] = result.case
        if name != "unbegun":
            run(house, result.case, answers(name, number), picked=name == "picked")
    house.intake.submit(b'{"ansokan_id": 7}', process=PROCESS, source="test")
    return cases


def application(name: str, number: str) -> dict[str, Any]:
    """A single adult's application; what is special follows from the name."""
    incomes = {
        "income": [{"slag": "OTHER_INCOME", "belopp": "900.00", "person": 1}],
        "avslag": [{"slag": "ACTIVITY_SUPPORT", "belopp": "19000.00", "person": 1}],
    }
    return {
        "ansokan_id": f"A-{name}",
        "inkommen": "2025-09-15T06:20:00Z",
        "manad": "2025-09",
        "sokande": {"personnummer": number, "namn": "Test Testsson", "telefon": "0701740605", "epost": None},
        "medsokande": None,
        "sambor": False,
        "barn": [],
        "boende": {
            "adress": {"gata": "Testvägen 2", "postnummer": "12345", "ort": "Exempelstad"},
            "kontrakt": "forstahand",
            "personer_i_bostaden": None,
        },
        "inkomster": incomes.get(name, []),
        "utgifter": RENT,
        "sarskilda_utgifter": [],
        "sysselsattning": {"1": "arbetssokande", "2": None},
        "utbetalning_andrad": False,
        "meddelande": "",
        "bilagor": [],
        "forsakran": True,
    }


def answers(name: str, number: str) -> dict[str, Any]:
    """What registers and case system answer, by fact; None is no answer."""
    flagged = name == "protected"
    found: dict[str, Any] = {
        "skydd": [{"Sekretessmarkering": flagged, "SkyddadFolkbokforing": False}],
        "folkbokforing": [
            {
                "Fodelsetid": f"{number[:4]}-{number[4:6]}-{number[6:8]}",
                "Folkbokforingsadress": {
                    "Kommunkod": "9999",
                    "Postnr": "12345",
                    "Postort": "Exempelstad",
                    "Utdelningsadress": "Testvägen 2",
                },
                "Avregistrering": None,
                "Relationer": [],
                "HushallPaAdressen": [],
            }
        ],
        "agi_kontroll": [{"Gallande": []}],
        "kapital": [{"SummaIntakterPaKapital": "0.00", "OverskottPaKapital": "0.00"}],
        "skatteaterbaring": [{"Utbetalningar": [{"Belopp": "2946.00"}] if name == "refund" else []}],
        "arbetssokande": [{"Arbetssokande": True, "SenasteAktivitetsRapportDatum": "2025-09-08"}],
        "forra_berakningen": _last_month(name),
    }
    return found | ({"agi_kontroll": None} if name == "silent" else {})


def _last_month(name: str) -> dict[str, Any]:
    labels = {"RENT": "Boendekostnad", "ELECTRICITY": "El 1"}
    costs = [{"typ": labels[row["slag"]], "ansokt": row["belopp"], "godkant": row["belopp"]} for row in RENT]
    incomes = [{"typ": "Aktivitetsstöd", "sokande": "19000.00", "medsokande": "0.00"}] if name == "avslag" else []
    return {
        "arendenummer": "EB-2024-0002",
        "sokande_namn": "Test Testsson",
        "utbetalningssatt": "Konto som slutar på 4388",
        "berakningar": [{"nummer": "B-000002", "period": "2025-08", "status": "Slutlig"}],
        "jobbstimulans": [],
        "senaste": {
            "period": "2025-08",
            "resultat": "-10842.00",
            "hushall": [{"belopp": "3910.00", "norm": "Ensamstående", "person": "Test Testsson"}],
            "inkomster": incomes,
            "utgifter": costs,
            "sarskilda": [],
        },
    }


def run(house: House, ref: str, known: Mapping[str, Any], *, picked: bool = False) -> None:
    """Take a case as far as it goes without a person."""
    state = house.ledger.load(ref)
    definition = house.library.get(state.process, state.version)
    while state.status == "running":
        view = CaseView(definition, state, now=house.clock.now())
        result = _result(definition.steps[state.position], view, copy.deepcopy(dict(known)), picked=picked)
        state = _settle(house, view, state, result)


def _settle(house: House, view: CaseView, state: CaseState, result: Any) -> CaseState:
    if isinstance(result, HandOver):
        now = house.clock.now()
        opened = review_opened(view, result.reasons, lane=result.lane, resume=result.resume, now=now)
        return house.ledger.write(state, [*result.drafts, opened], actor=ACTOR)
    drafts = list(result.drafts)
    if isinstance(result, Advance):
        last = drafts.pop()
        body = {**last.body, "next": state.position + 1}
        drafts.append(Draft(last.type, body, last.personal, last.intent))
    return house.ledger.write(state, drafts, actor=ACTOR)


def _result(step: Step, view: CaseView, known: dict[str, Any], *, picked: bool) -> Any:
    if isinstance(step, Guard):
        answer = _answer("register.answered", step.guard, step.as_, known)
        if known["skydd"][0]["Sekretessmarkering"]:
            return HandOver((PROTECTED,), (answer, Draft("case.protected", {"restricted": True})))
        return Advance((answer, Draft("case.cleared", {"restricted": False})))
    if isinstance(step, Fetch | Read):
        kind, source = (
            ("register.answered", step.fetch)
            if isinstance(step, Fetch)
            else ("doc.read", f"verksamhetssystem.{step.read}")
        )
        return Advance((_answer(kind, source, step.as_, known),))
    if isinstance(step, Check | Decide):
        world: Any = None
        return asyncio.run(step.apply(view, step.plan(view), world))
    if isinstance(step, Draw):
        body = {
            "log": PROCESS,
            "stratum": "bifall_utan_barn",
            "probability": "1/20",
            "picked": picked,
            "period": "2025-09",
        }
        ticket = Draft("sample.ticket", {**body, "u": "00000000000000ff", "threshold": "0ccccccccccccccd"})
        return HandOver((PICKED,), (ticket,), lane="random", resume="next") if picked else Advance((ticket,))
    return _last(step, view)


def _last(step: Step, view: CaseView) -> Any:
    if isinstance(step, Receipt):
        return Advance((Draft("receipt.missing", {"code": "inte_signerad"}),))
    if isinstance(step, Fill | Send):
        return _written(step, view)
    return Finish((Draft("case.closed", {"how": "avslutad"}),))


def _outside(step: Step, view: CaseView, known: Mapping[str, Any]) -> Any:
    if isinstance(step, Read):
        return Advance((_answer("doc.read", f"verksamhetssystem.{step.read}", step.as_, known),))
    if isinstance(step, Fill | Send):
        return _written(step, view)
    return Finish((Draft("case.closed", {"how": "avslutad"}),))


def _written(step: Fill | Send, view: CaseView) -> Advance:
    change = step.plan(view)
    assert not change.reasons, change.reasons
    key = f"{view.state.position:040x}"
    intended = {"key": key, "effect": change.target, "verb": step.verb, "step": view.state.position}
    done = {"key": key, "path": "uppslagning i ärendet", "at": START.isoformat()}
    proof = {"receipt": {"kvittensnummer": "K-000041"}, "read_back": {"Belopp": "10 842,00"}}
    content = {"content": dict(step.content(change))}
    return Advance((Draft("effect.intended", intended, content), Draft("effect.done", done, proof)))


def _answer(kind: str, source: str, fact: str, known: Mapping[str, Any]) -> Draft:
    body = {"source": source, "fact": fact, "observed_at": START.isoformat()}
    if known[fact] is None:
        return Draft(kind, {**body, "known": False, "code": "svarar_inte", "why": "Skatteverket svarar inte."})
    return Draft(kind, {**body, "known": True}, {fact: known[fact]})
