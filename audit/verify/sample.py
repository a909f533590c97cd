"""The stickprov of a period, recomputed from the revealed key: every pick, and every case that was not picked."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from typing import Any

from audit.verify.chain import canonical
from audit.verify.findings import Code, Report
from audit.verify.note import ED25519, Key, unhash

METHOD, TICKETS = "stickprov/v1", 2**64
Body = Mapping[str, Any]


@dataclass
class _Case:
    """What the frame needs of a case; entries as (index, ts, leaf, stratum)."""

    process: Any = None
    proposed: str = ""
    restricted: Any = None
    decided: bool = False
    robot: tuple[int, str, str, str] | None = None
    person: tuple[int, str, str, str] | None = None
    tickets: list[tuple[int, Body]] = field(default_factory=list)
    picks: list[tuple[Any, Any]] = field(default_factory=list)


class Sample:
    """Watches decisions, tickets and picks of every case, and the chains of the periods."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._cases: dict[str, _Case] = {}
        self._periods: dict[str, list[tuple[int, str, Body]]] = {}

    def watch(self, index: int, entry: Mapping[str, Any], leaf_hash: bytes) -> None:
        """Remember what the draw of a period depends on."""
        kind, body, case = entry["type"], entry["body"], self._cases.setdefault(entry["case"], _Case())
        if entry["case"].startswith("stickprov-"):
            self._periods.setdefault(entry["case"], []).append((index, kind, body))
        elif kind == "case.opened":
            case.process = body.get("process")
        elif kind == "decision.proposed":
            case.proposed = f"{body.get('stratum')}"
        elif kind in {"case.cleared", "case.protected"}:
            case.restricted = body.get("restricted")
        elif kind == "decision.made" and body.get("by") == "robot":
            case.robot = case.robot or (index, entry["ts"], leaf_hash.hex(), case.proposed)
        elif kind == "decision.made" and not case.decided:
            case.decided, case.person = True, (index, entry["ts"], leaf_hash.hex(), f"person_{body.get('outcome')}")
        elif kind == "human.review.taken" and not case.decided:
            by_hand = (index, entry["ts"], leaf_hash.hex(), "person_by_hand")
            case.decided, case.person = True, by_hand if case.restricted is False else None
        elif kind == "sample.ticket":
            case.tickets.append((index, body))
        elif kind == "sample.pick" and body.get("lane") == "random":
            case.picks.append((body.get("log"), body.get("period")))

    def revealed(self) -> list[tuple[str, str]]:
        """The periods whose key has been revealed, as (log, period)."""
        chains = [
            name.split("-", 2) for name, said in self._periods.items() if any(k == "sample.reveal" for _, k, _ in said)
        ]
        return [(log, period) for _, log, period in chains]

    def finish(self, log: str, period: str, roots: Mapping[int, bytes]) -> None:
        """Recompute the period; ``roots`` of the log by size, at least at every checkpoint."""
        where = f"stickprov-{log}-{period}"
        said = self._periods.get(where, [])
        if not any(kind == "sample.reveal" for _, kind, _ in said):
            self._report.find(Code.UNDECIDED, where, "a period whose key has been revealed", "none")
            return
        try:
            _Draw(where, log, period, said, self._report).check(self._cases, roots)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            self._report.find(Code.ALTERED, where, "entries in the form of the stickprov", type(error).__name__)


class _Draw:
    def __init__(self, where: str, log: str, period: str, said: list[tuple[int, str, Body]], report: Report) -> None:
        self._where, self._log, self._period, self._report = where, log, period, report
        self._plans = [(index, body) for index, kind, body in said if kind == "sample.plan"]
        self._questions = [one for _, kind, body in said if kind == "sample.questions" for one in body["questions"]]
        once = {kind: (index, body) for index, kind, body in reversed(said)}
        (self._began, self._commit), (self._ended, self._reveal) = once["sample.commit"], once["sample.reveal"]
        self._closing, self._closed = once["sample.closed"]
        self._evaluated = "sample.evaluated" in once
        self._last = {body["stratum"]: body for _, body in self._plans}
        self._key = bytes.fromhex(self._reveal["key"])
        self._asked: set[tuple[str, str]] = set()

    def check(self, cases: Mapping[str, _Case], roots: Mapping[int, bytes]) -> None:
        later = self._keys(roots)
        if later is None:
            return
        self._check_plans()
        drawn: dict[str, list[tuple[int, str, bool]]] = {stratum: [] for stratum in self._last}
        members: dict[str, int] = {}
        for name, case in cases.items():
            stratum = self._member(case)
            tickets = [(index, body) for index, body in case.tickets if self._is_ours(body["log"], body["period"])]
            picked = any(self._is_ours(*pick) for pick in case.picks)
            if stratum is None and (tickets or picked):
                self._alter(f"case {name}", "a ticket only for the decisions of the period", "one more")
            if stratum is not None:
                members[stratum] = members.get(stratum, 0) + 1
                u = self._ticket(name, case, tickets, stratum, later)
                drawn[stratum].append((u, name, picked))
        for stratum, tickets_of in drawn.items():
            self._check_picks(stratum, sorted(tickets_of), members.get(stratum, 0))
        self._check_questions()

    def _keys(self, roots: Mapping[int, bytes]) -> bytes | None:
        """The key of the follow-up draw; None, and a finding, when either key is not the one that was to be."""
        if sha256(self._key).hexdigest() != self._commit["commitment"] or self._commit["method"] != METHOD:
            self._report.find(Code.COMMITMENT, self._where, "the key that was committed to", "another")
            return None
        head = self._closed["checkpoint"]
        if head is None:
            return b""
        root = unhash(head["root"], "checkpoint")
        if roots.get(head["size"]) != root:
            code = Code.ALTERED if head["size"] in roots else Code.UNDECIDED
            self._report.find(code, self._where, "a checkpoint of the log at the close", "another")
        later = sha256(self._key + root + self._closed["randomness"]["value"].encode()).digest()
        if self._reveal["follow_up_key"] != later.hex():
            self._report.find(Code.COMMITMENT, self._where, "the follow-up key of key, root and randomness", "another")
            return None
        return later

    def _check_plans(self) -> None:
        before: dict[str, int] = {}
        for index, body in self._plans:
            stratum, limit = body["stratum"], int(body["threshold"], 16)
            rate = Fraction(body["rate"])
            if limit != -(-rate.numerator * TICKETS // rate.denominator) or limit < before.get(stratum, 0):
                self._alter(f"entry {index}, stratum {stratum}", "the threshold of its rate, never lower", "another")
            if index > self._closing:
                self._alter(f"entry {index}, stratum {stratum}", "no plan after the close", "one")
            before[stratum] = limit

    def _member(self, case: _Case) -> str | None:
        """The stratum of a case of the frame. What people decided belongs to it only where the plan says so."""
        drawn = case.robot or case.person
        if case.process != self._log or drawn is None or not self._commit["from"] <= drawn[1] < self._commit["to"]:
            return None
        if drawn[3] in self._last:
            return drawn[3]
        if case.robot is not None:
            self._alter(f"entry {drawn[0]}, stratum {drawn[3]}", "a plan for the stratum", "none")
        return None

    def _ticket(self, name: str, case: _Case, tickets: list[tuple[int, Body]], stratum: str, later: bytes) -> int:
        hold = self._last[stratum]["mode"] == "hold"
        message = f"{METHOD}|{self._log}|{self._period}|{name}".encode()
        u = int.from_bytes(hmac.digest(self._key if hold else later, message, "sha256")[:8])
        drawn = case.robot or case.person
        if len(tickets) != 1 or drawn is None:
            code = Code.ALTERED if hold or self._evaluated or tickets else Code.UNDECIDED
            self._report.find(code, f"case {name}", "one ticket for its decision", f"{len(tickets)}")
            return u
        index, body = tickets[0]
        limits = {plan["threshold"] for _, plan in self._plans if plan["stratum"] == stratum}
        late = index > self._ended if hold else index < self._ended
        if (body["u"], body["stratum"], body["decision"]) != (f"{u:016x}", stratum, drawn[2]):
            self._alter(f"entry {index}, case {name}", "the ticket of its key, stratum and decision", "another")
        elif late or not max(self._began, drawn[0]) < index or body["threshold"] not in limits:
            self._alter(f"entry {index}, case {name}", "a ticket after commitment and decision, by the plan", "another")
        elif body["picked"] is not (u < int(body["threshold"], 16)):
            self._alter(f"entry {index}, case {name}", "picked exactly below the threshold", "the opposite")
        self._asked.add((name, drawn[2]))
        self._report.count("tickets")
        return u

    def _check_picks(self, stratum: str, tickets: list[tuple[int, str, bool]], members: int) -> None:
        plan, told = self._last[stratum], self._closed["frame"][stratum]
        for place, (u, name, picked) in enumerate(tickets):
            expected = u < int(plan["threshold"], 16) or place < plan["minimum"]
            if picked is not expected and (plan["mode"] == "hold" or self._evaluated):
                words = ("picked", "not picked")
                self._alter(f"case {name}, stratum {stratum}", *(words if expected else words[::-1]))
        said = (told["cases"], told["threshold"], told["minimum"])
        if said != (members, plan["threshold"], plan["minimum"]):
            self._alter(
                f"{self._where}, stratum {stratum}", f"{members} cases, and the last plan, at the close", "others"
            )

    def _check_questions(self) -> None:
        for case, leaf_hash, refused in ((one["case"], one["leaf"], one["refused"]) for one in self._questions):
            if refused or (case, leaf_hash) not in self._asked:
                self._alter(
                    f"case {case}", "a question about the decision that was drawn", "a probe before the decision"
                )
        digest = sha256(canonical(self._questions)).hexdigest()
        told = {name: self._reveal[name] for name in ("digest", "key", "log", "period", "questions")}
        public = bytes.fromhex(self._commit["keeper_key"])
        keeper = Key("", b"", ED25519, public, "")
        signed = keeper.verifies(bytes.fromhex(self._reveal["signature"]), canonical(told))
        if not signed or digest != told["digest"] or told["questions"] != len(self._questions):
            self._report.find(Code.SIGNATURE, self._where, "the keeper's signature over key and questions", "another")

    def _is_ours(self, log: Any, period: Any) -> bool:
        return (log, period) == (self._log, self._period)

    def _alter(self, where: str, expected: str, found: str) -> None:
        self._report.find(Code.ALTERED, where, expected, found)
