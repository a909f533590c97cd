"""Asks Skatteverket. JSON over HTTPS with a bearer token; one path per question, the person only in the body."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from connectors._call import Call
from connectors._fields import Whitelisted
from connectors._http import HttpClient, read_json, write_json
from connectors._question import check_names, refused_value
from connectors.contract import Answer, ConnectorSettings, Failed, Query, Register, needed
from connectors.manifest import RegisterManifest, load_as
from connectors.skatteverket.models import Agi, Folkbokforing, Kapital, Kuvert, Skatteaterbaring, Skydd

ANSWERED = 0
NO_HIT = 1
MODELS: dict[str, type[Whitelisted]] = {
    "skatteverket.skydd": Skydd,
    "skatteverket.folkbokforing": Folkbokforing,
    "skatteverket.kapital": Kapital,
    "skatteverket.skatteaterbaring": Skatteaterbaring,
    "skatteverket.agi": Agi,
}


class Skatteverket:
    """The register of Skatteverket; see the README for questions and answers."""

    def __init__(self, manifest: RegisterManifest, http: HttpClient, *, now: Callable[[], datetime]) -> None:
        self._manifest = manifest
        self._http = http
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
        reply = await self._http.exchange(
            call, "POST", "/" + query.partition(".")[2], content=write_json(_question(arguments))
        )
        if isinstance(reply, Failed):
            return reply
        return _answer(call, query, arguments, reply.body)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def create(settings: ConnectorSettings, *, now: Callable[[], datetime]) -> Register:
    """Return the register. Raises SettingMissingError without a token."""
    manifest = load_as(Path(__file__).parent, RegisterManifest)
    token = needed(manifest.name, "token", settings.token.get_secret_value() if settings.token else None)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return Skatteverket(manifest, HttpClient(manifest, settings, headers=headers), now=now)


def _question(arguments: Mapping[str, str]) -> dict[str, str]:
    names = {
        "personnummer": "IdentitetsbeteckningFysiskPerson",
        "manad": "RedovisningsPeriod",
        "beskattningsar": "Beskattningsar",
    }
    return {names[name]: value.replace("-", "") for name, value in arguments.items()}


def _answer(call: Call, query: str, arguments: Mapping[str, str], body: bytes) -> Answer:
    kuvert = call.read(Kuvert, read_json(body))
    if isinstance(kuvert, Failed):
        return kuvert
    if kuvert.IdentitetsbeteckningFysiskPerson != arguments["personnummer"]:
        return call.unusable("fel_person")
    if kuvert.Svarskod == NO_HIT:
        return call.no_hit()
    if kuvert.Svarskod != ANSWERED:
        return call.unusable("okand_kod", "Svarskod")
    return _whitelisted(call, query, arguments, kuvert.Svar)


def _whitelisted(call: Call, query: str, arguments: Mapping[str, str], svar: object) -> Answer:
    found = call.read(MODELS[query], svar)
    if isinstance(found, Failed):
        return found
    if mismatch := _mismatch(found, arguments):
        return call.unusable(mismatch)
    return call.answered(found.model_dump(mode="json"))


def _mismatch(found: Whitelisted, arguments: Mapping[str, str]) -> str | None:
    """Name what the answer is about, when that is not what was asked."""
    match found:
        case Folkbokforing() if found.IdentitetsbeteckningFysiskPerson != arguments["personnummer"]:
            return "fel_person"
        case Kapital() if found.Beskattningsar != arguments["beskattningsar"]:
            return "fel_period"
        case Agi() if found.RedovisningsPeriod != arguments["manad"].replace("-", ""):
            return "fel_period"
        case Skatteaterbaring() if any(f"{paid.Datum:%Y-%m}" != arguments["manad"] for paid in found.Utbetalningar):
            return "fel_period"
        case _:
            return None
