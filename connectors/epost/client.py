"""Sends e-mail over SMTP. Mail cannot be asked about afterwards, so a lost last answer is a case for a person."""

import asyncio
import re
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from connectors._call import Call
from connectors.contract import Channel, ConnectorSettings, Failed, FailureKind, Message, Sent, needed
from connectors.epost.message import build, is_address, message_id
from connectors.manifest import ChannelManifest, load_as

LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)
GO_ON = 354
OK = 250
LOGIN_REFUSED = (530, 534, 535, 538)  # RFC 4954


class Epost:
    """The e-mail channel: one SMTP session per mail."""

    def __init__(
        self, manifest: ChannelManifest, settings: ConnectorSettings, sender: str, *, now: Callable[[], datetime]
    ) -> None:
        self._manifest = manifest
        self._settings = settings
        self._sender = sender
        self._now = now
        self._places = asyncio.Semaphore(manifest.rate.concurrency)

    async def send(self, message: Message, *, key: str) -> Sent | Failed:
        """Send a mail with a Message-ID made from the key. Raises ValueError for a mail without subject or text."""
        call = self._call(key)
        if not is_address(message.to):
            reason = "E-post kunde inte skickas: adressen är inte en giltig e-postadress."
            return call.failed(FailureKind.HUMAN, "ogiltig_epostadress", reason)
        content = build(message, key=key, sender=self._sender, at=self._now())
        async with self._places:
            failed = await asyncio.to_thread(self._deliver, call, message.to, content)
        return failed or Sent(self._manifest.name, message_id(key, self._sender), self._now())

    async def status(self, key: str) -> Failed:
        """Always a failure for a person: SMTP has no way to ask whether a mail was taken."""
        return _unknown(self._call(key))

    async def aclose(self) -> None:
        """Nothing is kept open between mails."""

    def _call(self, key: str) -> Call:
        return Call(self._manifest.name, self._manifest.title, key, self._now)

    def _deliver(self, call: Call, receiver: str, content: bytes) -> Failed | None:
        try:
            session = self._open()
        except (smtplib.SMTPException, OSError) as error:
            return _before_content(call, error)
        try:
            self._prepare(session, receiver)
        except (smtplib.SMTPException, OSError) as error:
            session.close()
            return _before_content(call, error)
        try:
            session.send(LINE_START_DOT.sub(b"..", content) + b".\r\n")
            code, _ = session.getreply()
        except (smtplib.SMTPException, OSError):
            return _unknown(call)  # the server may have taken the mail: never send it again without looking
        finally:
            session.close()
        return None if code == OK else _refused(call, code)

    def _open(self) -> smtplib.SMTP:
        parts = urlsplit(self._settings.base_url)
        seconds = self._settings.connect_seconds or self._manifest.timeouts.connect_seconds
        host = parts.hostname or ""
        if parts.scheme == "smtps":
            context = ssl.create_default_context()
            session: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=seconds, context=context)
        else:
            session = smtplib.SMTP(host, parts.port or 25, timeout=seconds)
        if session.sock is not None:
            session.sock.settimeout(self._settings.read_seconds or self._manifest.timeouts.read_seconds)
        return session

    def _prepare(self, session: smtplib.SMTP, receiver: str) -> None:
        """Take the session to the point where only the content is left to send."""
        session.ehlo_or_helo_if_needed()
        if self._settings.token:
            session.login(self._settings.account or self._sender, self._settings.token.get_secret_value())
        for code, wanted in (
            (session.mail(self._sender)[0], OK),
            (session.rcpt(receiver)[0], OK),
            (session.docmd("DATA")[0], GO_ON),
        ):
            if code != wanted:
                raise smtplib.SMTPResponseException(code, b"")


def create(settings: ConnectorSettings, *, now: Callable[[], datetime]) -> Channel:
    """Return the channel. Raises SettingMissingError without sender, ValueError for a sender or URL not for mail."""
    manifest = load_as(Path(__file__).parent, ChannelManifest)
    sender = needed(manifest.name, "sender", settings.sender)
    if not is_address(sender):
        raise ValueError(f"Connector {manifest.name}: the setting 'sender' is not an e-mail address")
    if urlsplit(settings.base_url).scheme not in {"smtp", "smtps"}:
        raise ValueError(
            f"Connector {manifest.name}: expected base_url smtps://host:port (smtp:// only to this machine)"
        )
    return Epost(manifest, settings, sender, now=now)


def _before_content(call: Call, error: smtplib.SMTPException | OSError) -> Failed:
    match error:
        case smtplib.SMTPNotSupportedError():
            return _refused(call, LOGIN_REFUSED[0])  # no way to log in is offered
        case smtplib.SMTPServerDisconnected() if isinstance(error.__context__, TimeoutError):
            return call.failed(FailureKind.RETRY, "tidsgrans", f"{call.system} svarade inte i tid.")
        case smtplib.SMTPResponseException():
            return _refused(call, int(error.smtp_code))
        case TimeoutError():
            return call.failed(FailureKind.RETRY, "tidsgrans", f"{call.system} svarade inte i tid.")
        case ConnectionRefusedError():
            return call.failed(FailureKind.RETRY, "ingen_anslutning", f"{call.system} gick inte att nå.")
        case _:
            reason = f"Anslutningen till {call.system} bröts innan meddelandet var lämnat."
            return call.failed(FailureKind.RETRY, "anslutning_bruten", reason)


def _refused(call: Call, code: int) -> Failed:
    if code in LOGIN_REFUSED:
        return call.failed(FailureKind.STOP, "fel_behorighet", f"{call.system} godtog inte robotens behörighet.")
    if 400 <= code < 500:
        return call.failed(FailureKind.RETRY, "serverfel", f"{call.system} kan inte ta emot just nu (SMTP {code}).")
    return call.failed(FailureKind.HUMAN, "avvisat_meddelande", f"{call.system} avvisade meddelandet (SMTP {code}).")


def _unknown(call: Call) -> Failed:
    reason = f"Det går inte att veta om {call.system} tog emot meddelandet. Kontrollera innan det skickas igen."
    return call.failed(FailureKind.HUMAN, "okant_utfall", reason)
