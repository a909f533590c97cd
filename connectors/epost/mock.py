"""A simulated mail server: an SMTP sink that keeps what it got, behind the same admin routes as the other mocks."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default
from typing import Any

from fastapi import FastAPI

from connectors._mock import TRANSPORT, FaultKind, FaultPlan, new_app, reset

FAULTS = {"send": TRANSPORT | {FaultKind.LOST_ANSWER}}
LINE_MAX = 1_000_000


def supported_faults(call: str) -> frozenset[FaultKind]:
    """Return the faults that make sense for `send`; none for another call."""
    return FAULTS.get(call, frozenset())


def build_app(data: dict[str, Any], faults: FaultPlan, *, token: str | None = None) -> FastAPI:
    """Return the ASGI app; while it runs, the SMTP server runs beside it. Without a token everybody may send.

    `data` is the server's memory, Message-ID -> mail; start with {}. Where to send mail stands in
    `app.state.smtp_url` and at GET /_testbed/address.
    """
    app = new_app("E-posttjänsten", faults, supported_faults, lambda: list(data.values()))

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[None]:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            session = _Session(reader, writer, data, faults, token)
            try:
                await session.run()
            except (ConnectionError, asyncio.IncompleteReadError):
                pass  # the client went away, or a fault broke the connection
            finally:
                writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=LINE_MAX)
        running.state.smtp_url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield
        finally:
            server.close()

    app.router.lifespan_context = lifespan

    @app.get("/_testbed/address")
    async def address() -> dict[str, str]:
        return {"smtp": app.state.smtp_url}

    return app


class _Session:
    """One SMTP conversation: as much of RFC 5321 and AUTH PLAIN (RFC 4954) as a sending client needs."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        data: dict[str, Any],
        faults: FaultPlan,
        token: str | None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._data = data
        self._faults = faults
        self._token = token
        self._known = token is None
        self._receiver = ""

    async def run(self) -> None:
        await self._say("220 testserver")
        while line := (await self._reader.readline()).decode("ascii", "replace").strip():
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO":
                    await self._say("250-testserver\r\n250 AUTH PLAIN")
                case "HELO" | "NOOP" | "RSET":
                    await self._say("250 OK")
                case "AUTH":
                    await self._log_in(rest)
                case "MAIL" if not self._known:
                    await self._say("530 log in first")
                case "MAIL":
                    await self._say("250 OK")
                case "RCPT":
                    self._receiver = rest.partition("<")[2].partition(">")[0]
                    await self._say("250 OK")
                case "DATA":
                    await self._take_mail()
                case "QUIT":
                    await self._say("221 bye")
                    return
                case _:
                    await self._say("502 not implemented")

    async def _log_in(self, rest: str) -> None:
        mechanism, _, proof = rest.partition(" ")
        password = base64.b64decode(proof).decode().split("\0")[-1]
        self._known = mechanism == "PLAIN" and self._token in {None, password}
        await self._say("235 welcome" if self._known else "535 wrong user or password")

    async def _take_mail(self) -> None:
        fault = self._faults.take("send", self._receiver, FAULTS["send"])
        match fault.kind if fault else None:
            case FaultKind.SLOW if fault:
                await asyncio.sleep(fault.delay_seconds)
            case FaultKind.ERROR_500:
                await self._say("451 internal error")
                return
            case FaultKind.TIMEOUT:
                await self._reader.read()  # until the client gives up
                return
            case FaultKind.RESET:
                self._break()
            case _:
                pass
        await self._say("354 go on")
        content = bytearray()
        while (line := await self._reader.readuntil(b"\r\n")) != b".\r\n":
            content += line.removeprefix(b".")
        self._keep(bytes(content))
        if fault and fault.kind is FaultKind.LOST_ANSWER:
            self._break()
        await self._say("250 taken")

    def _keep(self, content: bytes) -> None:
        mail = message_from_bytes(content, policy=default)
        text = mail.get_body(("plain",))
        identity = str(mail["Message-ID"])
        count = self._data.get(identity, {}).get("count", 0) + 1
        self._data[identity] = {
            "message_id": identity,
            "to": self._receiver,
            "subject": str(mail["Subject"]),
            "text": text.get_content() if text else "",
            "attachments": [part.get_filename() for part in mail.iter_attachments()],
            "count": count,
        }

    async def _say(self, line: str) -> None:
        self._writer.write(f"{line}\r\n".encode())
        await self._writer.drain()

    def _break(self) -> None:
        reset(self._writer.transport)
        raise ConnectionResetError
