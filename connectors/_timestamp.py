"""Asks a time-stamp authority for a token (RFC 3161 § 3.4). Nothing but a hash leaves."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from connectors._call import Call
from connectors._http import HttpClient, Reply
from connectors.contract import ConnectorSettings, Failed
from connectors.manifest import Authentication, Common, Rate, Retries, Timeouts

SYSTEM = "Tidsstämplingstjänsten"
_ABOUT = Common(
    name="tidsstampling",
    title=SYSTEM,
    owner="Den som tillhandahåller tjänsten",
    auth=Authentication(kind="bearer"),
    rate=Rate(concurrency=1, per_second=1),
    timeouts=Timeouts(connect_seconds=5, read_seconds=15),
    retries=Retries(attempts=1),
)


async def ask_for_token(url: str, question: bytes, *, now: Callable[[], datetime]) -> Reply | Failed:
    """Send one TimeStampReq (DER) to the authority at ``url``; the answer's body is its TimeStampResp.

    Raises:
        ValidationError: The address is not encrypted, and not this machine's own.

    """
    # Apart, because an address like /tsr must not get the slash that a base address ends with.
    parts = urlsplit(url)
    base = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    http = HttpClient(_ABOUT, ConnectorSettings(base_url=base), headers={"Content-Type": "application/timestamp-query"})
    try:
        call = Call("tidsstampling.token", SYSTEM, "log", now)
        return await http.exchange(call, "POST", path, content=question)
    finally:
        await http.aclose()
