"""A simulated Arbetsförmedlingen: XML answers from scenario data, faults on request. For the testbed and tests only."""

from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from fastapi import FastAPI, Request, Response

from connectors import _xml
from connectors._mock import MOCK_TOKEN, TRANSPORT, FaultKind, FaultPlan, disturb, new_app
from connectors.arbetsformedlingen.client import HEADER, PATH
from connectors.arbetsformedlingen.models import NAMESPACE

CALL = "arbetssokande"
FAULTS = {
    CALL: TRANSPORT | {FaultKind.NO_HIT, FaultKind.PROTECTED, FaultKind.UNKNOWN_CODE, FaultKind.WRONG_SCHEMA},
}
NOT_REGISTERED: dict[str, Any] = {
    "Arbetssokande": False,
    "AktivitetsRapportMeddelande": "Ingen aktivitetsrapport finns",
}
INFO = (
    "Arbetssokande",
    "ArbetssokandeSKAT",
    "ArbetssokandeRegistrerad",
    "ArbetssokandeOmfattning",
    "ArbetssokandeAvaktualiserad",
)
REPORT = ("AktivitetsRapportMeddelande", "SenasteAktivitetsRapportDatum")
BESLUT = ("ErsattningTyp", "Omfattning", "BeslutFrom", "BeslutTom")
STATUS = {
    0: "Frågan har behandlats normalt och ett giltigt svar har returnerats.",
    99: "En status som gränssnittet inte beskriver.",
}

register_namespace("er", NAMESPACE)


def supported_faults(call: str) -> frozenset[FaultKind]:
    """Return the faults that make sense for a question; none for an unknown one."""
    return FAULTS.get(call, frozenset())


def build_app(data: dict[str, Any], faults: FaultPlan, *, token: str = MOCK_TOKEN) -> FastAPI:
    """Return the ASGI app. `data` is personnummer -> answer, as the README says; others are not registered."""
    app = new_app("Arbetsförmedlingen", faults, supported_faults)

    @app.post(PATH)
    async def ask(request: Request) -> Response:
        if request.headers.get(HEADER) != token:
            return Response(status_code=403)
        fraga = _xml.one(_xml.parse(await request.body()), _name("Fraga"))
        if fraga is None:
            return Response("Fraga saknas", status_code=400)
        asked = _xml.texts(fraga, NAMESPACE)
        person = asked["IdentitetsbeteckningFysiskPerson"]
        fault = faults.take(CALL, person, FAULTS[CALL])
        if instead := await disturb(fault, request):
            return instead
        known = data.get(person, NOT_REGISTERED)
        answer = _message(fraga, asked, known, fault.kind if fault else None)
        return Response(tostring(answer, encoding="utf-8", xml_declaration=True), media_type="application/xml")

    return app


def _message(fraga: Element, asked: dict[str, str], known: dict[str, Any], fault: FaultKind | None) -> Element:
    if fault is FaultKind.NO_HIT:
        known = NOT_REGISTERED
    status = 99 if fault is FaultKind.UNKNOWN_CODE else 0
    message = Element(_name("SvarMeddelande"))
    message.append(fraga)
    svar = SubElement(message, _name("SvarNytt" if fault is FaultKind.WRONG_SCHEMA else "Svar"))
    _add(svar, "Schemaversion", "4.0")
    for name in ("Referensnummer", "LagParagraf", "IdentitetsbeteckningFysiskPerson"):
        _add(svar, name, asked[name])
    for name in ("Fornamn", "Efternamn"):
        _add(svar, name, known.get(name))
    _add(svar, "Sekretessmarkering", True if fault is FaultKind.PROTECTED else known.get("Sekretessmarkering"))
    info = SubElement(svar, _name("ArbetssokandeInfo"))
    for name in INFO:
        _add(info, name, known.get(name))
    report = SubElement(info, _name("AktivetetsRapportDatum"))
    for name in REPORT:
        _add(report, name, known.get(name))
    decisions = SubElement(SubElement(svar, _name("BeslutInfo")), _name("EkonomiskaBeslut"))
    for row in known.get("EkonomiskaBeslut", []):
        beslut = SubElement(decisions, _name("Beslut"))
        for name in BESLUT:
            _add(beslut, name, row[name])
    _add(svar, "Akassetillhorighet", known.get("Akassetillhorighet"))
    _add(svar, "StatusSokandeinformationKod", status)
    _add(svar, "StatusSokandeinformationKodText", STATUS[status])
    return message


def _add(parent: Element, name: str, value: Any) -> None:
    """Add a child with the value as the schema writes it; nothing for None."""
    if value is None:
        return
    text = str(value).lower() if isinstance(value, bool) else str(value)
    dated = name in {"ArbetssokandeRegistrerad", "ArbetssokandeAvaktualiserad", "SenasteAktivitetsRapportDatum"}
    SubElement(parent, _name(name)).text = f"{text}+01:00" if dated and len(text) == 10 else text


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"
