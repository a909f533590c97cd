"""What the simulated systems have really got, asked over HTTP: never seen by the robot."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

from testbed.municipality import TRUTH

Rows = tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything stored since the start: the case system's own records (amounts in öre) and the notices received."""

    calculations: Rows
    decisions: Rows
    payments: Rows
    notes: Rows
    sms: Rows
    mails: Rows

    @property
    def notices(self) -> int:
        """How many notices reached somebody, those that came twice counted twice."""
        return len(self.sms) + sum(int(mail["count"]) for mail in self.mails)


def observe(urls: Mapping[str, str]) -> Observed:
    """Ask the systems at these addresses. What was there before the start is left out."""
    stored = {name: _get(f"{urls[TRUTH]}/{name}") for name in ("calculations", "decisions", "payments", "notes")}
    fresh = {name: tuple(row for row in rows if not row["imported"]) for name, rows in stored.items()}
    received = {name: tuple(_get(f"{urls[name]}/_testbed/received")) for name in ("sms", "epost")}
    return Observed(**fresh, sms=received["sms"], mails=received["epost"])


def _get(url: str) -> list[dict[str, Any]]:
    with urlopen(url, timeout=30) as answer:  # noqa: S310  # our own servers on loopback
        rows: list[dict[str, Any]] = json.load(answer)
    return rows
