"""The record of one decision as JSON: what was decided, by whom, on which rules and on which committed data."""

from collections.abc import Sequence
from typing import Any

from audit.export.objects import Alias
from audit.log.entry import Entry, leaf_hash

FORMAT = "arende-decision/v1"


def record(entries: Sequence[Entry], alias: Alias) -> dict[str, Any] | None:
    """The latest decision of the case; None when nothing is decided.

    ``inputs`` name each answer with its source, time and commitments; a value never stands here. Amounts are öre.
    ``decision_id`` is the leaf hash of the entry, which is also what a receipt proves.
    """
    made = next((entry for entry in reversed(entries) if entry.type == "decision.made"), None)
    if made is None:
        return None
    before = [entry for entry in entries if entry.case_seq < made.case_seq]
    proposed = next((entry for entry in reversed(before) if entry.type == "decision.proposed"), None)
    ticket = next((entry for entry in entries if entry.type == "sample.ticket"), None)
    receipt = next((entry for entry in entries if entry.type == "receipt.made"), None)
    by_person = made.body.get("by") != "robot"
    return {
        "format": FORMAT,
        "decision_id": leaf_hash(made.canonical()).hex(),
        "case": made.case,
        "process": entries[0].body["process"],
        "rules": entries[0].body["version"],
        "month": entries[0].body["month"],
        "at": made.ts,
        "by": alias(str(made.body["by"])) if by_person else made.body["by"],
        "delegation": made.body.get("delegation"),
        "appeal": made.body.get("appeal"),
        "result": {"outcome": made.body["outcome"], "amount_ore": made.body["amount_ore"]},
        "proposed": _proposed(proposed),
        "inputs": [_input(entry) for entry in before if entry.type in {"case.opened", "register.answered", "doc.read"}],
        "checks": [
            {"rules": entry.body["rules"], "failed": entry.body["failed"]}
            for entry in before
            if entry.type == "check.done"
        ],
        "trace": [{"field": item.f, "commitment": item.c} for item in (proposed.pd if proposed else ())],
        "inclusion_probability": None if ticket is None else ticket.body.get("probability"),
        "checkpoint": None if receipt is None else {name: receipt.body.get(name) for name in ("size", "root", "index")},
    }


def _proposed(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {name: entry.body.get(name) for name in ("outcome", "amount_ore", "reasons", "marks", "stratum")}


def _input(entry: Entry) -> dict[str, Any]:
    return {
        "source": entry.body.get("source"),
        "known": entry.body.get("known", True),
        "code": entry.body.get("code"),
        "at": entry.ts,
        "commitments": [{"field": item.f, "commitment": item.c} for item in entry.pd],
    }
