"""Asks the keeper of the draw key. A repeated question gets the same answer, so every call may be made again."""

import base64
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from connectors._call import Call
from connectors._http import HttpClient, read_json, write_json
from connectors.contract import ConnectorSettings, Failed, needed
from connectors.dragare.models import Atagande, Avslut, Lott
from connectors.manifest import KeeperManifest, load_as

Told = TypeVar("Told", Atagande, Lott, Avslut)


class Dragare:
    """The keeper as a service; see the README for its interface. One object belongs to one event loop."""

    def __init__(self, manifest: KeeperManifest, http: HttpClient, *, now: Callable[[], datetime]) -> None:
        self._manifest = manifest
        self._http = http
        self._now = now

    async def pledge(self, log: str, period: str) -> Atagande | Failed:
        """What is journalled before the period's first draw."""
        return await self._ask("atagande", {"log": log, "period": period}, Atagande, f"{log} {period}")

    async def ask(self, log: str, period: str, *, case: str, leaf: str, entry: bytes) -> Lott | Failed:
        """The ticket of a case, for the leaf hash (hex) and the bytes of its decision."""
        asked = {
            "log": log,
            "period": period,
            "case": case,
            "leaf": leaf,
            "entry": base64.b64encode(entry).decode(),
        }
        return await self._ask("lott", asked, Lott, case)

    async def reveal(self, log: str, period: str) -> Avslut | Failed:
        """The period's key and the list of questions, when the period is over by the keeper's own clock."""
        return await self._ask("avslut", {"log": log, "period": period}, Avslut, f"{log} {period}")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _ask(self, what: str, asked: dict[str, str], model: type[Told], about: str) -> Told | Failed:
        call = Call(f"{self._manifest.name}.{what}", self._manifest.title, about, self._now)
        reply = await self._http.exchange(call, "POST", f"/{what}", content=write_json(asked))
        return reply if isinstance(reply, Failed) else call.read(model, read_json(reply.body))


def create(settings: ConnectorSettings, *, now: Callable[[], datetime]) -> Dragare:
    """Return the client. Raises SettingMissingError without token."""
    manifest = load_as(Path(__file__).parent, KeeperManifest)
    token = needed(manifest.name, "token", settings.token.get_secret_value() if settings.token else None)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return Dragare(manifest, HttpClient(manifest, settings, headers=headers), now=now)
