"""A simulated Skatteverket: answers from scenario data and fails on request. For the testbed and tests only."""

import copy
import json
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from connectors._mock import MOCK_TOKEN, TRANSPORT, FaultKind, FaultPlan, disturb, new_app

ALL = TRANSPORT | {FaultKind.NO_HIT, FaultKind.UNKNOWN_CODE, FaultKind.WRONG_SCHEMA}
FAULTS: dict[str, frozenset[FaultKind]] = {
    "skydd": ALL | {FaultKind.PROTECTED},
    "folkbokforing": ALL,
    "kapital": ALL | {FaultKind.UNREADABLE_AMOUNT},
    "skatteaterbaring": ALL | {FaultKind.UNREADABLE_AMOUNT},
    "agi": ALL | {FaultKind.UNREADABLE_AMOUNT},
}
ANSWERED, NO_HIT, NOT_A_CODE = 0, 1, 9071000
UNREADABLE = "12 5OO"


def supported_faults(call: str) -> frozenset[FaultKind]:
    """Return the faults that make sense for a question, e.g. `agi`; none for an unknown one."""
    return FAULTS.get(call, frozenset())


def build_app(data: dict[str, Any], faults: FaultPlan, *, token: str = MOCK_TOKEN) -> FastAPI:
    """Return the ASGI app. `data` is personnummer -> question -> answer, as the README says."""
    app = new_app("Skatteverket", faults, supported_faults)

    @app.post("/{call}")
    async def ask(call: str, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {token}":
            return Response(status_code=401)
        if call not in FAULTS:
            return Response(status_code=404)
        question = json.loads(await request.body())
        person = question["IdentitetsbeteckningFysiskPerson"]
        fault = faults.take(call, person, FAULTS[call])
        if instead := await disturb(fault, request):
            return instead
        return JSONResponse(_answer(call, question, data, fault.kind if fault else None))

    return app


def _answer(call: str, question: dict[str, str], data: dict[str, Any], fault: FaultKind | None) -> dict[str, Any]:
    person = question["IdentitetsbeteckningFysiskPerson"]
    known = data.get(person)
    found = None if known is None else copy.deepcopy(READERS[call](known, question))
    if found is None or fault is FaultKind.NO_HIT:
        return {"Svarskod": NO_HIT, "IdentitetsbeteckningFysiskPerson": person}
    code = NOT_A_CODE if fault is FaultKind.UNKNOWN_CODE else ANSWERED
    match fault:
        case FaultKind.WRONG_SCHEMA:
            found = {f"Nytt{name}": value for name, value in found.items()}
        case FaultKind.PROTECTED:
            found["Sekretessmarkering"] = True
        case FaultKind.UNREADABLE_AMOUNT:
            _spoil(call, found)
        case _:
            pass
    return {"Svarskod": code, "IdentitetsbeteckningFysiskPerson": person, "Svar": found}


def _kapital(known: dict[str, Any], question: dict[str, str]) -> dict[str, Any] | None:
    found: dict[str, Any] | None = known.get("kapital", {}).get(question["Beskattningsar"])
    return found


def _skatteaterbaring(known: dict[str, Any], question: dict[str, str]) -> dict[str, Any]:
    return {"Utbetalningar": known.get("skatteaterbaring", {}).get(_month(question), [])}


def _agi(known: dict[str, Any], question: dict[str, str]) -> dict[str, Any]:
    rows = known.get("agi", {}).get(_month(question), [])
    return {"RedovisningsPeriod": question["RedovisningsPeriod"], "Individuppgifter": rows}


def _month(question: dict[str, str]) -> str:
    period = question["RedovisningsPeriod"]
    return f"{period[:4]}-{period[4:]}"


READERS: dict[str, Callable[[dict[str, Any], dict[str, str]], dict[str, Any] | None]] = {
    "skydd": lambda known, _: known.get("skydd"),
    "folkbokforing": lambda known, _: known.get("folkbokforing"),
    "kapital": _kapital,
    "skatteaterbaring": _skatteaterbaring,
    "agi": _agi,
}


def _spoil(call: str, found: dict[str, Any]) -> None:
    """Make one amount unreadable; a list without rows gets a row for it."""
    match call:
        case "kapital":
            found["OverskottPaKapital"] = UNREADABLE
        case "skatteaterbaring":
            found["Utbetalningar"].append({"Datum": "2000-01-01", "Belopp": UNREADABLE})
        case _:
            found["Individuppgifter"].append(
                {
                    "AgRegistreradId": "162021004748",
                    "Specifikationsnummer": 1,
                    "KontantErsattningUlagAG": UNREADABLE,
                    "AvdrPrelSkatt": 0,
                    "Inlamnad": "2000-01-01T00:00:00Z",
                    "Borttag": False,
                }
            )
