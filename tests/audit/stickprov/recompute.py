"""Recomputes a period from the revealed key, as its documentation says and with none of the writer's code."""

import hashlib
import hmac
import json
from fractions import Fraction
from typing import Any

Body = dict[str, Any]


def wrong(
    chain: list[tuple[str, Body]], cases: dict[str, list[tuple[str, str, Body]]], *, log: str, period: str
) -> list[str]:
    """Every pick and non-pick that the key does not give.

    ``chain``: (type, body) of the period's chain. ``cases``: case → (type, leaf hash hex, body) of its entries.
    """
    commit = next(body for kind, body in chain if kind == "sample.commit")
    reveal = next(body for kind, body in chain if kind == "sample.reveal")
    key = bytes.fromhex(reveal["key"])
    found = [] if hashlib.sha256(key).hexdigest() == commit["commitment"] else ["key: not the committed one"]
    plans = {body["stratum"]: body for kind, body in chain if kind == "sample.plan"}
    listed = [one for kind, body in chain if kind == "sample.questions" for one in body["questions"]]
    array = json.dumps(listed, sort_keys=True, separators=(",", ":")).encode()
    if hashlib.sha256(array).hexdigest() != reveal["digest"]:
        found.append("questions: not the list that was signed")
    by_stratum: dict[str, list[tuple[int, str, bool]]] = {}
    answered: set[tuple[str, str]] = set()
    for case, entries in cases.items():
        decision = next(
            (leaf for kind, leaf, body in entries if kind == "decision.made" and body["by"] == "robot"), None
        )
        if decision is None:
            continue
        stratum = [body["stratum"] for kind, _, body in entries if kind == "decision.proposed"][-1]
        tickets = [body for kind, _, body in entries if kind == "sample.ticket"]
        u = int.from_bytes(hmac.digest(key, f"stickprov/v1|{log}|{period}|{case}".encode(), "sha256")[:8], "big")
        if len(tickets) != 1 or (tickets[0]["u"], tickets[0]["decision"]) != (f"{u:016x}", decision):
            found.append(f"{case}: the ticket is not the one that the key gives for the decision")
        answered.add((case, decision))
        picked = any(kind == "sample.pick" for kind, _, _ in entries)
        by_stratum.setdefault(stratum, []).append((u, case, picked))
    for stratum, drawn in by_stratum.items():
        plan = plans[stratum]
        rate = Fraction(plan["rate"])
        limit = -(-rate.numerator * 2**64 // rate.denominator)
        for place, (u, case, picked) in enumerate(sorted(drawn)):
            if picked != (u < limit or place < plan["minimum"]):
                found.append(f"{case}: picked {picked}, and the key says otherwise")
    probes = [one for one in listed if one["refused"] or (one["case"], one["leaf"]) not in answered]
    return found + [f"{one['case']}: asked about a decision that is not in the journal" for one in probes]
