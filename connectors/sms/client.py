"""Sends SMS. The key of the effect is the idempotency key: a repeat gives the same receipt and no second SMS."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from connectors._call import Call
from connectors._http import HttpClient, Reply, read_json, write_json
from connectors.contract import Channel, ConnectorSettings, Failed, FailureKind, Message, NotSent, Sent, needed
from connectors.manifest import ChannelManifest, load_as
from connectors.sms.models import MOBILE_NUMBER, SENDER_MAX, Kvitto, Okand

PATH = "/send/sms"
TAKEN = frozenset({200, 201})
FOUND_OR_NOT = frozenset({200, 404})


class Sms:
    """The SMS channel; see the README for the gateway's interface."""

    def __init__(
        self, manifest: ChannelManifest, http: HttpClient, sender: str, *, now: Callable[[], datetime]
    ) -> None:
        self._manifest = manifest
        self._http = http
        self._sender = sender
        self._now = now

    async def send(self, message: Message, *, key: str) -> Sent | Failed:
        """Send a text; a subject is left out, an SMS has none. Raises ValueError without text or with attachments."""
        if not message.text or message.attachments:
            raise ValueError("an SMS is a text without attachments; found another kind of message")
        call = self._call(key)
        if not MOBILE_NUMBER.fullmatch(message.to):
            reason = "SMS kunde inte skickas: numret är inte ett svenskt mobilnummer."
            return call.failed(FailureKind.HUMAN, "ogiltigt_mobilnummer", reason)
        content = write_json(
            {
                "sender": {"name": self._sender},
                "mobileNumber": message.to,
                "message": message.text,
                "priority": "NORMAL",
            }
        )
        reply = await self._http.exchange(
            call, "POST", PATH, content=content, headers={"Idempotency-Key": key}, accept=TAKEN
        )
        return reply if isinstance(reply, Failed) else self._sent(call, reply)

    async def status(self, key: str) -> Sent | NotSent | Failed:
        """Ask the gateway about the key; only its own NOT_FOUND counts as not sent."""
        call = self._call(key)
        reply = await self._http.exchange(call, "GET", f"{PATH}/{quote(key, safe='')}", accept=FOUND_OR_NOT)
        if isinstance(reply, Failed):
            return reply
        if reply.status == 200:
            return self._sent(call, reply)
        unknown = call.read(Okand, read_json(reply.body))
        return unknown if isinstance(unknown, Failed) else NotSent(self._manifest.name, self._now())

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _call(self, key: str) -> Call:
        return Call(self._manifest.name, self._manifest.title, key, self._now)

    def _sent(self, call: Call, reply: Reply) -> Sent | Failed:
        kvitto = call.read(Kvitto, read_json(reply.body))
        if isinstance(kvitto, Failed):
            return kvitto
        return Sent(self._manifest.name, kvitto.id, kvitto.at)


def create(settings: ConnectorSettings, *, now: Callable[[], datetime]) -> Channel:
    """Return the channel. Raises SettingMissingError without token or sender, ValueError for a sender too long."""
    manifest = load_as(Path(__file__).parent, ChannelManifest)
    token = needed(manifest.name, "token", settings.token.get_secret_value() if settings.token else None)
    sender = needed(manifest.name, "sender", settings.sender)
    if len(sender) > SENDER_MAX:
        raise ValueError(
            f"Connector {manifest.name}: sender has {len(sender)} characters, at most {SENDER_MAX} allowed"
        )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return Sms(manifest, HttpClient(manifest, settings, headers=headers), sender, now=now)
