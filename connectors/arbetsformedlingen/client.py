"""Asks Arbetsförmedlingen: FragaMeddelande and SvarMeddelande as XML over HTTPS, a token in a header of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from connectors import _xml
from connectors._call import Call
from connectors._http import HttpClient
from connectors._question import check_names, refused_value
from connectors.arbetsformedlingen.models import ANSWERED, NAMESPACE, Arbetssokande, Huvud
from connectors.contract import Answer, ConnectorSettings, Failed, Query, Register, needed
from connectors.manifest import RegisterManifest, load_as

PATH = "/arbetssokande/ersattningsstod/v2"
HEADER = "AF-Token"


@dataclass(frozen=True)
class Ingivare:
    """The authority that asks, as every question must say."""

    organisationsnummer: str
    namn: str
    konto: str


class Arbetsformedlingen:
    """The register of Arbetsförmedlingen; see the README for the question and the answer."""

    def __init__(
        self, manifest: RegisterManifest, http: HttpClient, ingivare: Ingivare, *, now: Callable[[], datetime]
    ) -> None:
        self._manifest = manifest
        self._http = http
        self._ingivare = ingivare
        self._now = now

    @property
    def queries(self) -> Mapping[str, Query]:
        """The questions by full name."""
        return self._manifest.queries

    async def ask(self, query: str, arguments: Mapping[str, str], *, request_id: str) -> Answer:
        """Ask one question; raises UnknownQueryError for an undeclared name."""
        check_names(self.queries, query, arguments)
        call = Call(query, self._manifest.title, request_id, self._now)
        if refused := refused_value(call, arguments):
            return refused
        content = question(self._ingivare, self.queries[query], arguments, request_id)
        reply = await self._http.exchange(call, "POST", PATH, content=content)
        return reply if isinstance(reply, Failed) else _answer(call, arguments["personnummer"], reply.body)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def create(settings: ConnectorSettings, *, now: Callable[[], datetime]) -> Register:
    """Return the register. Raises SettingMissingError without token, organisationsnummer, authority or account."""
    manifest = load_as(Path(__file__).parent, RegisterManifest)
    token = needed(manifest.name, "token", settings.token.get_secret_value() if settings.token else None)
    ingivare = Ingivare(
        needed(manifest.name, "organisationsnummer", settings.organisationsnummer),
        needed(manifest.name, "authority", settings.authority),
        needed(manifest.name, "account", settings.account),
    )
    http = HttpClient(manifest, settings, headers={HEADER: token, "Content-Type": "application/xml; charset=utf-8"})
    return Arbetsformedlingen(manifest, http, ingivare, now=now)


def question(ingivare: Ingivare, query: Query, arguments: Mapping[str, str], request_id: str) -> bytes:
    """Return the FragaMeddelande. The a-kassa is not asked for: no rule of ours uses it."""
    message = Element(_name("FragaMeddelande"))
    SubElement(message, _name("Inkludera"), ArbetssokandeInfo="true", AkasseInfo="false", BeslutInfo="true")
    fraga = SubElement(message, _name("Fraga"))
    for name, text in (
        ("OrganisationsnummerForIngivare", ingivare.organisationsnummer),
        ("NamnPaIngivare", ingivare.namn),
        ("KontonamnForHandlaggare", ingivare.konto),
        ("Referensnummer", request_id),
        ("From", arguments["from"]),
        ("Tom", arguments["tom"]),
        ("SyfteMedFraga", query.purpose),
        ("LagParagraf", "; ".join(basis.law for basis in query.legal_basis)),
        ("IdentitetsbeteckningFysiskPerson", arguments["personnummer"]),
    ):
        SubElement(fraga, _name(name)).text = text
    content: bytes = tostring(message, encoding="utf-8", xml_declaration=True)
    return content


def _answer(call: Call, person: str, body: bytes) -> Answer:
    try:
        head, fields = _picked_apart(body)
    except _xml.UnreadableXmlError:
        return call.unusable("fel_schema")
    huvud = call.read(Huvud, head)
    if isinstance(huvud, Failed):
        return huvud
    if huvud.IdentitetsbeteckningFysiskPerson != person or huvud.Referensnummer != call.request_id:
        return call.unusable("fel_person")
    if huvud.StatusSokandeinformationKod != ANSWERED:
        return call.unusable("okand_kod", "StatusSokandeinformationKod")
    found = call.read(Arbetssokande, fields)
    return found if isinstance(found, Failed) else call.answered(found.model_dump(mode="json"))


def _picked_apart(body: bytes) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the texts of `Svar` and the fields of the job seeker, both still unread."""
    root = _xml.parse(body)
    svar = _xml.one(root, _name("Svar"))
    if root.tag != _name("SvarMeddelande") or svar is None:
        raise _xml.UnreadableXmlError("expected SvarMeddelande with Svar")
    head = _xml.texts(svar, NAMESPACE)
    fields: dict[str, Any] = {"EkonomiskaBeslut": _beslut(svar)}
    if "Sekretessmarkering" in head:
        fields["Sekretessmarkering"] = head["Sekretessmarkering"]
    info = _xml.one(svar, _name("ArbetssokandeInfo"))
    if info is not None:
        fields |= _xml.texts(info, NAMESPACE)
        report = _xml.one(info, _name("AktivetetsRapportDatum"))  # spelt so in the schema
        fields |= _xml.texts(report, NAMESPACE) if report is not None else {}
    return head, fields


def _beslut(svar: Element) -> list[dict[str, str]] | None:
    info = _xml.one(svar, _name("BeslutInfo"))
    if info is None:
        return None
    decisions = _xml.one(info, _name("EkonomiskaBeslut"))
    if decisions is None:
        raise _xml.UnreadableXmlError("expected EkonomiskaBeslut in BeslutInfo")
    return [_xml.texts(beslut, NAMESPACE) for beslut in decisions.findall(_name("Beslut"))]


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"
