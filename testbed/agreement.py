"""Whether the robot's journal, the case system's own data and the notices tell the same story."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from testbed.observe import Observed

FINAL = "Slutlig"


@dataclass(frozen=True, slots=True)
class JournalCase:
    """What the robot's journal says of one case. Amounts in öre, month as ÅÅÅÅ-MM, ``seconds`` from start to end.

    ``application`` is the application's id, which is how people see the case here: never a personnummer.
    """

    application: str
    person: str
    phone: str | None
    email: str | None
    month: str
    status: str
    decided_by_robot: bool
    sampled: bool
    outcome: str | None
    amount_ore: int | None
    reasons: tuple[str, ...]
    seconds: float

    @property
    def carried_out(self) -> bool:
        """Decided, written, told and closed."""
        return self.decided_by_robot and self.status == "closed"

    @property
    def begun(self) -> bool:
        """Decided by the robot and let through to be written, whether or not it got all the way."""
        return self.decided_by_robot and not self.sampled


def compare(observed: Observed, cases: Sequence[JournalCase]) -> list[str]:
    """Every disagreement between the journal and what the systems hold, as sentences. Empty = they agree."""
    found: list[str] = []
    stored = {
        "calculation": _by_person_and_month(observed.calculations),
        "decision": _by_person_and_month(observed.decisions),
        "payment": _by_person_and_month(observed.payments),
    }
    for case in cases:
        rows = {what: by_key.pop((case.person, case.month), []) for what, by_key in stored.items()}
        found += _case(case, rows)
    for what, left in stored.items():
        found += [
            f"{len(rows)} {what}(s) for {month} belong to no case of the journal" for (_, month), rows in left.items()
        ]
    return found + _notices(observed, cases)


def _by_person_and_month(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["personnummer"], row["month"]), []).append(row)
    return found


def _case(case: JournalCase, rows: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    found = []
    final = [row for row in rows["calculation"] if row["status"] == FINAL]
    everything = {"final calculation": final, "decision": rows["decision"], "payment": rows["payment"]}
    for what, some in everything.items():
        if not case.begun and some:
            found.append(f"{case.application}: the robot did not decide, but {len(some)} {what}(s) are stored")
        elif len(some) > 1:
            found.append(f"{case.application}: {len(some)} {what}s are stored, expected one")
        elif case.carried_out and not some:
            found.append(f"{case.application}: decided and closed, but no {what} is stored")
    if not case.begun and rows["calculation"]:
        found.append(f"{case.application}: the robot did not decide, but a calculation was begun")
    amounts = [(what, row["amount"]) for what in ("decision", "payment") for row in rows[what]]
    amounts += [("final calculation", _deficit(row)) for row in final]
    found += [
        f"{case.application}: the {what} is {kronor(amount)}, the journal says {kronor(case.amount_ore)}"
        for what, amount in amounts
        if case.begun and amount != case.amount_ore
    ]
    return found


def _deficit(calculation: Mapping[str, Any]) -> int:
    return -int(calculation["summary"]["result"])


def kronor(ore: int | None) -> str:
    """An amount in öre as text, for messages to developers."""
    return "nothing" if ore is None else f"{Decimal(ore) / 100:.2f} SEK"


def _notices(observed: Observed, cases: Sequence[JournalCase]) -> list[str]:
    """Exactly one notice for each case that was carried out; none to anybody else."""
    received = Counter({_digits(row["mobileNumber"]): 0 for row in observed.sms})
    received.update(_digits(row["mobileNumber"]) for row in observed.sms)
    for mail in observed.mails:
        received[mail["to"]] += mail["count"]
    told: Counter[str] = Counter()
    unfinished: Counter[str] = Counter()
    names: dict[str, list[str]] = {}
    for case in cases:
        address = _digits(case.phone) if case.phone else case.email or ""
        names.setdefault(address, []).append(case.application)
        told[address] += case.carried_out
        unfinished[address] += case.begun and not case.carried_out
    found = []
    for address in sorted(received.keys() | told.keys()):
        got, least = received[address], told[address]
        if not least <= got <= least + unfinished[address]:
            who = ", ".join(names.get(address, ["nobody's application"]))
            found.append(f"{who}: {got} notice(s) arrived, expected {least}")
    return found


def _digits(phone: str) -> str:
    digits = "".join(filter(str.isdigit, phone))
    return "0" + digits.removeprefix("46") if digits.startswith("46") else digits
