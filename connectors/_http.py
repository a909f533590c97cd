"""The only door to HTTP: one client per connector, one bounded exchange at a time, every failure named."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import httpx

from connectors._call import Call
from connectors.contract import ConnectorSettings, Failed, FailureKind
from connectors.manifest import Common

MAX_ANSWER_BYTES = 4_000_000
OK = frozenset({200})


@dataclass(frozen=True)
class Reply:
    """An answer with a status that the caller accepts, read whole."""

    status: int
    body: bytes


class HttpClient:
    """HTTP for one connector. No retries, redirects or proxies; belongs to the event loop that first uses it."""

    def __init__(self, manifest: Common, settings: ConnectorSettings, *, headers: Mapping[str, str]) -> None:
        self._connect_seconds = settings.connect_seconds or manifest.timeouts.connect_seconds
        self._read_seconds = settings.read_seconds or manifest.timeouts.read_seconds
        self._client = httpx.AsyncClient(
            base_url=settings.base_url,
            headers=dict(headers),
            timeout=httpx.Timeout(self._read_seconds, connect=self._connect_seconds, pool=None),
            limits=httpx.Limits(max_connections=manifest.rate.concurrency),
            verify=_certificates(),
            trust_env=False,
            follow_redirects=False,
        )
        self._places = asyncio.Semaphore(manifest.rate.concurrency)

    async def exchange(
        self,
        call: Call,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        accept: frozenset[int] = OK,
    ) -> Reply | Failed:
        """Send one request, read the whole answer. Personal data go in `content`: a `path` ends up in logs."""
        sent = {"X-Request-ID": call.request_id, **(headers or {})}
        async with self._places:
            try:
                async with asyncio.timeout(self._connect_seconds + self._read_seconds):
                    async with self._client.stream(method, path, content=content, headers=sent) as response:
                        body = await _read_bounded(response)
            except (TimeoutError, httpx.TimeoutException):
                return call.failed(FailureKind.RETRY, "tidsgrans", f"{call.system} svarade inte i tid.")
            except httpx.ConnectError:
                return call.failed(FailureKind.RETRY, "ingen_anslutning", f"{call.system} gick inte att nå.")
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                return call.failed(
                    FailureKind.RETRY, "anslutning_bruten", f"Anslutningen till {call.system} bröts före svaret."
                )
            except httpx.DecodingError:
                return call.unusable("fel_schema")
        if body is None:
            return call.failed(FailureKind.HUMAN, "for_stort_svar", f"{call.system} gav ett orimligt stort svar.")
        return Reply(response.status_code, body) if response.status_code in accept else _refused(call, response)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


@cache
def _certificates() -> ssl.SSLContext:
    """Return the machine's own trusted certificates, read once: it takes longer than most questions."""
    return ssl.create_default_context()


async def _read_bounded(response: httpx.Response) -> bytes | None:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            return None
    return bytes(body)


def _refused(call: Call, response: httpx.Response) -> Failed:
    status = response.status_code
    if status in {401, 403}:
        return call.failed(FailureKind.STOP, "fel_behorighet", f"{call.system} godtog inte robotens behörighet.")
    if status in {408, 425, 429}:
        return call.failed(FailureKind.RETRY, "upptagen", f"{call.system} tar inte emot fler frågor just nu.")
    if status >= 500:
        return call.failed(FailureKind.RETRY, "serverfel", f"{call.system} hade ett tekniskt fel (HTTP {status}).")
    if status in {400, 409, 413, 422}:
        return call.failed(FailureKind.HUMAN, "avvisad_fraga", f"{call.system} avvisade frågan (HTTP {status}).")
    return call.failed(FailureKind.STOP, "ovantat_svar", f"{call.system} svarade inte på avtalat sätt (HTTP {status}).")


def read_json(body: bytes) -> Any:
    """Read JSON exactly: decimals stay decimals. Returns None, which no model accepts, for what is not JSON."""
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return None


def write_json(data: Any) -> bytes:
    """Write JSON as UTF-8 bytes."""
    return json.dumps(data, ensure_ascii=False).encode()


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found
