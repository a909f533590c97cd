"""Asks a witness of the log to cosign a checkpoint (C2SP tlog-witness). Nothing personal leaves: sizes and hashes."""

from collections.abc import Callable
from datetime import datetime

from connectors._call import Call
from connectors._http import HttpClient, Reply
from connectors.contract import ConnectorSettings, Failed
from connectors.manifest import Authentication, Common, Rate, Retries, Timeouts

SYSTEM = "Vittnet"
ANSWERS = frozenset({200, 400, 403, 404, 409, 422})
"""What the specification lets a witness answer; what it means is the caller's."""
_ABOUT = Common(
    name="vittne",
    title=SYSTEM,
    owner="Den som vittnet tillhör",
    auth=Authentication(kind="bearer"),
    rate=Rate(concurrency=1, per_second=5),
    timeouts=Timeouts(connect_seconds=5, read_seconds=15),
    retries=Retries(attempts=1),
)


async def add_checkpoint(url: str, body: bytes, *, now: Callable[[], datetime]) -> Reply | Failed:
    """Send one add-checkpoint request to the witness at ``url``.

    Raises:
        ValidationError: The address is not encrypted, and not this machine's own.

    """
    http = HttpClient(_ABOUT, ConnectorSettings(base_url=url), headers={})
    try:
        call = Call("vittne.add-checkpoint", SYSTEM, "log", now)
        return await http.exchange(call, "POST", "/add-checkpoint", content=body, accept=ANSWERS)
    finally:
        await http.aclose()
