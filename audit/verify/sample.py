"""The stickprov of a period, recomputed from the revealed key: every pick, and every case that was not picked."""

import hmac
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from math import ceil
from typing import Any

from audit.verify.chain import canonical
from audit.verify.findings import Code, Report
from audit.verify.note import ED25519, Key, unhash

METHOD, TICKETS = "stickprov/v1", 2**64
Body = Mapping[str, Any]
Drawn = tuple[int, str, str, str]
"""What is drawn of a case: index, time, leaf hash and stratum of the entry."""


@dataclass
class _Case:
    """What the frame needs of a case, and what was drawn; picks as [log, period]."""

    process: Any = None
    proposed: str = ""
    restricted: Any = None
    decided: bool = False
    robot: Drawn | None = None
    person: Drawn | None = None
    tickets: list[tuple[int, Body]] = field(default_factory=list)
    picks: list[list[Any]] = field(default_factory=list)


class Sample:
    """Watches decisions, tickets and picks of every case, and the chains of the periods."""

    def __init__(self, report: Report, asked: tuple[str, str] | None = None) -> None:
        """``asked``: the log and the period to recompute; without, every period whose key has been revealed."""
        self._report, self._asked = report, asked
        self._cases: dict[str, _Case] = defaultdict(_Case)
        self._periods: dict[str, list[tuple[int, str, Body]]] = defaultdict(list)

    def watch(self, index: int, entry: Mapping[str, Any], leaf_hash: bytes) -> None:
        """Remember what the draw of a period depends on."""
        kind, body, name = entry["type"], entry["body"], entry["case"]
        if name.startswith("stickprov-"):
            self._periods[name].append((index, kind, body))
            return
        case, drawn = self._cases[name], (index, entry["ts"], leaf_hash.hex())
        if kind == "case.opened":
            case.process = body.get("process")
        elif kind == "decision.proposed":
            case.proposed = f"{body.get('stratum')}"
        elif kind in {"case.cleared", "case.protected"}:
            case.restricted = body.get("restricted")
        elif kind == "decision.made" and body.get("by") == "robot":
            case.robot = case.robot or (*drawn, case.proposed)
        elif kind == "decision.made" and not case.decided:
            case.decided, case.person = True, (*drawn, f"person_{body.get('outcome')}")
        elif kind == "human.review.taken" and not case.decided:
            case.decided, case.person = True, None if case.restricted is not False else (*drawn, "person_by_hand")
        elif kind == "sample.ticket":
            case.tickets.append((index, body))
        elif kind == "sample.pick" and body.get("lane") == "random":
            case.picks.append([body.get("log"), body.get("period")])

    def finish(self, roots: Mapping[int, bytes]) -> None:
        """Recompute what was asked for; ``roots`` of the log by size, at least at every checkpoint."""
        known = {name for name, said in self._periods.items() if any(kind == "sample.reveal" for _, kind, _ in said)}
        wanted = ["-".join(("stickprov", *self._asked))] if self._asked else sorted(known)
        for where in wanted:
            if where not in known:
                self._report.find(Code.UNDECIDED, where, "a period whose key has been revealed", "none")
                continue
            try:
                _Draw(where, self._periods[where], self._report).check(self._cases, roots)
            except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
                self._report.find(Code.ALTERED, where, "entries in the form of the stickprov", type(error).__name__)


class _Draw:
    def __init__(self, where: str, said: list[tuple[int, str, Body]], report: Report) -> None:
        self._where, self._report = where, report
        _, *self._ours = where.split("-", 2)
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
        for name, case in cases.items():
            member, picked = self._member(case), self._ours in case.picks
            tickets = [(index, body) for index, body in case.tickets if [body["log"], body["period"]] == self._ours]
            if member:
                drawn[member[3]].append((self._ticket(name, member, tickets, later), name, picked))
            elif tickets or picked:
                self._alter(f"case {name}", "a ticket only for the decisions of the period", "one more")
        for stratum, tickets_of in drawn.items():
            self._check_picks(stratum, sorted(tickets_of))
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
            if limit != ceil(Fraction(body["rate"]) * TICKETS) or limit < before.get(stratum, 0):
                self._alter(f"entry {index}, stratum {stratum}", "the threshold of its rate, never lower", "another")
            if index > self._closing:
                self._alter(f"entry {index}, stratum {stratum}", "no plan after the close", "one")
            before[stratum] = limit

    def _member(self, case: _Case) -> Drawn | None:
        """What is drawn of a case in the frame. What people decided belongs to it only where the plan says so."""
        drawn = case.robot or case.person
        began, ended = self._commit["from"], self._commit["to"]
        if drawn is None or case.process != self._ours[0] or not began <= drawn[1] < ended:
            return None
        if drawn[3] not in self._last and case.robot:
            self._alter(f"entry {drawn[0]}, stratum {drawn[3]}", "a plan for the stratum", "none")
        return drawn if drawn[3] in self._last else None

    def _ticket(self, name: str, member: Drawn, tickets: list[tuple[int, Body]], later: bytes) -> int:
        decided, _, leaf_hash, stratum = member
        hold = self._last[stratum]["mode"] == "hold"
        message = "|".join((METHOD, *self._ours, name)).encode()
        u = int.from_bytes(hmac.digest(self._key if hold else later, message, "sha256")[:8])
        if len(tickets) != 1:
            code = Code.ALTERED if hold or self._evaluated or tickets else Code.UNDECIDED
            self._report.find(code, f"case {name}", "one ticket for its decision", f"{len(tickets)}")
            return u
        index, body = tickets[0]
        where = f"entry {index}, case {name}"
        limits = {one["threshold"] for _, one in self._plans if one["stratum"] == stratum}
        late = index > self._ended if hold else index < self._ended
        if (body["u"], body["stratum"], body["decision"]) != (f"{u:016x}", stratum, leaf_hash):
            self._alter(where, "the ticket of its key, stratum and decision", "another")
        elif late or not max(self._began, decided) < index or body["threshold"] not in limits:
            self._alter(where, "a ticket after commitment and decision, by the plan", "another")
        elif body["picked"] is not (u < int(body["threshold"], 16)):
            self._alter(where, "picked exactly below the threshold", "the opposite")
        self._asked.add((name, leaf_hash))
        self._report.count("tickets")
        return u

    def _check_picks(self, stratum: str, tickets: list[tuple[int, str, bool]]) -> None:
        plan, told = self._last[stratum], self._closed["frame"][stratum]
        for place, (u, name, picked) in enumerate(tickets):
            expected = u < int(plan["threshold"], 16) or place < plan["minimum"]
            if picked is not expected and (plan["mode"] == "hold" or self._evaluated):
                words = ("picked", "not picked")
                self._alter(f"case {name}, stratum {stratum}", *(words if expected else words[::-1]))
        if (told["cases"], told["threshold"], told["minimum"]) != (len(tickets), plan["threshold"], plan["minimum"]):
            wanted = f"{len(tickets)} cases, and the last plan, at the close"
            self._alter(f"{self._where}, stratum {stratum}", wanted, "others")

    def _check_questions(self) -> None:
        for one in self._questions:
            if one["refused"] or (one["case"], one["leaf"]) not in self._asked:
                wanted = "a question about the decision that was drawn"
                self._alter(f"case {one['case']}", wanted, "a probe before the decision")
        digest = sha256(canonical(self._questions)).hexdigest()
        told = {name: self._reveal[name] for name in ("digest", "key", "log", "period", "questions")}
        keeper = Key("", b"", ED25519, bytes.fromhex(self._commit["keeper_key"]), "")
        signed = keeper.verifies(bytes.fromhex(self._reveal["signature"]), canonical(told))
        if not signed or digest != told["digest"] or told["questions"] != len(self._questions):
            self._report.find(Code.SIGNATURE, self._where, "the keeper's signature over key and questions", "another")

    def _alter(self, where: str, expected: str, found: str) -> None:
        self._report.find(Code.ALTERED, where, expected, found)
