"""Asks somebody outside to vouch for the log: a witness, or a time-stamp authority. Only sizes and hashes leave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from connectors._call import Call
from connectors._http import OK, HttpClient, Reply
from connectors.contract import ConnectorSettings, Failed
from connectors.manifest import Authentication, Common, Rate, Retries, Timeouts


@dataclass(frozen=True)
class Voucher:
    """``question`` names the call, ``title`` is what people call it, ``answers`` what it may answer with (HTTP)."""

    question: str
    title: str
    owner: str
    headers: Mapping[str, str] = field(default_factory=dict)
    answers: frozenset[int] = OK


WITNESS = Voucher(
    "vittne.add-checkpoint", "Vittnet", "Den som vittnet tillhör", answers=frozenset({200, 400, 403, 404, 409, 422})
)
"""C2SP tlog-witness, add-checkpoint. What an answer means is the caller's."""
TIMESTAMP_AUTHORITY = Voucher(
    "tidsstampling.token",
    "Tidsstämplingstjänsten",
    "Den som tillhandahåller tjänsten",
    {"Content-Type": "application/timestamp-query"},
)
"""RFC 3161 § 3.4: a TimeStampReq (DER); the answer's body is a TimeStampResp."""


async def ask(voucher: Voucher, url: str, body: bytes, *, now: Callable[[], datetime]) -> Reply | Failed:
    """Post one question to exactly this address.

    Raises:
        ValidationError: The address is not encrypted, and not this machine's own.

    """
    # Apart, because an address like /tsr must not get the slash that a base address ends with.
    parts = urlsplit(url)
    base = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    about = Common(
        name=voucher.question.partition(".")[0],
        title=voucher.title,
        owner=voucher.owner,
        auth=Authentication(kind="bearer"),
        rate=Rate(concurrency=1, per_second=1),
        timeouts=Timeouts(connect_seconds=5, read_seconds=15),
        retries=Retries(attempts=1),
    )
    http = HttpClient(about, ConnectorSettings(base_url=base), headers=voucher.headers)
    try:
        call = Call(voucher.question, voucher.title, "log", now)
        return await http.exchange(call, "POST", path, content=body, accept=voucher.answers)
    finally:
        await http.aclose()
