"""Whatever a server does, the client names it: statuses, sizes, redirects and cut connections."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import SecretStr

from connectors import _http
from connectors.contract import ConnectorSettings, Failed, FailureKind
from connectors.manifest import discover
from testbed.serve import Server
from tests.connectors.conftest import NOW
from tests.connectors.skatteverket.sample import ARGUMENTS

QUERY = "skatteverket.skydd"
RETRY, HUMAN, STOP = FailureKind.RETRY, FailureKind.HUMAN, FailureKind.STOP


class Wanted:
    """What the odd server answers next."""

    response: Response = Response()
    seen: Request


@pytest.fixture(scope="module")
def odd() -> Iterator[tuple[str, Wanted]]:
    """A server that answers whatever the test wants."""
    app, wanted = FastAPI(), Wanted()

    @app.post("/{path:path}")
    async def answer(request: Request) -> Response:
        wanted.seen = request
        return wanted.response

    with Server(app, name="odd") as server:
        yield server.url, wanted


async def ask(url: str, *, connect_seconds: float = 10.0, read_seconds: float = 10.0) -> Any:
    """Ask the odd server about protection."""
    settings = ConnectorSettings(
        base_url=url, token=SecretStr("hemligt"), connect_seconds=connect_seconds, read_seconds=read_seconds
    )
    client = discover()["skatteverket"].create(settings, now=lambda: NOW)
    try:
        return await client.ask(QUERY, ARGUMENTS[QUERY], request_id="fraga-1")
    finally:
        await client.aclose()


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (301, STOP, "ovantat_svar"),
        (400, HUMAN, "avvisad_fraga"),
        (401, STOP, "fel_behorighet"),
        (403, STOP, "fel_behorighet"),
        (404, STOP, "ovantat_svar"),
        (408, RETRY, "upptagen"),
        (422, HUMAN, "avvisad_fraga"),
        (429, RETRY, "upptagen"),
        (500, RETRY, "serverfel"),
        (503, RETRY, "serverfel"),
        (204, STOP, "ovantat_svar"),
    ],
)
async def test_every_status_but_200_is_a_named_failure(
    odd: tuple[str, Wanted], status: int, kind: FailureKind, code: str
) -> None:
    """Only 200 is an answer; every other status says who acts on it."""
    url, wanted = odd
    wanted.response = Response(status_code=status, headers={"Location": "https://example.com"})
    found = await ask(url)
    assert isinstance(found, Failed), found
    assert (found.kind, found.code) == (kind, code)


async def test_huge_answer_is_cut_off(odd: tuple[str, Wanted], monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer above the limit is not read to its end."""
    url, wanted = odd
    monkeypatch.setattr(_http, "MAX_ANSWER_BYTES", 1000)
    wanted.response = Response(b"x" * 1001)
    found = await ask(url)
    assert (found.kind, found.code) == (HUMAN, "for_stort_svar")


async def test_trickling_answer_meets_the_time_out(odd: tuple[str, Wanted]) -> None:
    """The time-out is for the whole answer: a byte now and then does not keep the case waiting."""
    url, wanted = odd

    async def trickle() -> Any:
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    wanted.response = StreamingResponse(trickle())
    found = await ask(url, connect_seconds=0.2, read_seconds=0.2)
    assert (found.kind, found.code) == (RETRY, "tidsgrans")


async def test_answer_with_broken_compression_goes_to_a_person(odd: tuple[str, Wanted]) -> None:
    """Bytes that are not the compression they claim are no answer."""
    url, wanted = odd
    wanted.response = Response(b"not gzip", headers={"Content-Encoding": "gzip"})
    found = await ask(url)
    assert (found.kind, found.code) == (HUMAN, "fel_schema")


async def test_person_is_in_the_body_only(odd: tuple[str, Wanted], caplog: pytest.LogCaptureFixture) -> None:
    """The person stands in no path and no header, the request id does, and the token is in no log."""
    url, wanted = odd
    caplog.set_level(logging.DEBUG)
    wanted.response = Response(status_code=500)
    await ask(url)
    person = ARGUMENTS[QUERY]["personnummer"]
    assert person not in str(wanted.seen.url)
    assert person not in str(wanted.seen.headers)
    assert wanted.seen.headers["X-Request-ID"] == "fraga-1"
    assert "hemligt" not in caplog.text


@pytest.mark.parametrize("url", ["http://register.example.se", "smtp://mail.example.se:25", "ftp://x", "register", ""])
def test_unencrypted_address_is_refused(url: str) -> None:
    """Personal data never leave this machine unencrypted."""
    with pytest.raises(ValueError, match="expected https:// or smtps://"):
        ConnectorSettings(base_url=url)


def test_settings_never_show_the_secret() -> None:
    """The token is not in the settings' text, nor in the error of a wrong setting."""
    settings = ConnectorSettings(base_url="https://register.example.se/", token=SecretStr("hemligt"))
    assert "hemligt" not in repr(settings)
    assert settings.base_url == "https://register.example.se"
