"""PROV-JSON (W3C, https://www.w3.org/submissions/prov-json/) of one case: what was made of what, and by whom."""

from collections.abc import Sequence
from typing import Any

from audit.export.objects import Alias
from audit.log.entry import Entry

NAMESPACE = "https://arenderobot.example/prov#"
_ANSWERS = {"case.opened", "register.answered", "doc.read"}


def document(entries: Sequence[Entry], alias: Alias) -> dict[str, Any]:
    """Answers are entities, evaluations and effects activities, decisions entities; robot and persons agents.

    An entity carries the commitments to its values, never a value.
    """
    told: dict[str, Any] = {
        "prefix": {"ar": NAMESPACE, "xsd": "http://www.w3.org/2001/XMLSchema#"},
        "entity": {},
        "activity": {},
        "agent": {},
        "used": {},
        "wasGeneratedBy": {},
        "wasAssociatedWith": {},
    }
    known: list[str] = []
    proposal = ""
    for entry in entries:
        identity, agent = f"ar:{entry.case}-{entry.case_seq}", _agent(told, entry, alias)
        if entry.type in _ANSWERS:
            told["entity"][identity] = _entity(entry)
            known.append(identity)
        elif entry.type == "decision.proposed":
            proposal = _made(told, entry, identity, used=known, agent=agent)
        elif entry.type == "decision.made":
            _made(told, entry, identity, used=[proposal] if proposal else known, agent=agent)
        elif entry.type == "effect.done":
            _activity(told, entry, identity, agent)
    return {part: content for part, content in told.items() if content}


def _made(told: dict[str, Any], entry: Entry, identity: str, *, used: Sequence[str], agent: str) -> str:
    activity = f"{identity}-evaluation"
    _activity(told, entry, activity, agent)
    for number, source in enumerate(used):
        told["used"][f"_:{activity}-used-{number}"] = {"prov:activity": activity, "prov:entity": source}
    told["entity"][identity] = _entity(entry) | {"ar:outcome": str(entry.body.get("outcome"))}
    made = {"prov:entity": identity, "prov:activity": activity, "prov:time": entry.ts}
    told["wasGeneratedBy"][f"_:{identity}-made"] = made
    return identity


def _entity(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {"prov:type": entry.type, "ar:at": {"$": entry.ts, "type": "xsd:dateTime"}}
    if "source" in entry.body:
        told["ar:source"] = str(entry.body["source"])
    if entry.pd:
        told["ar:commitment"] = [item.c for item in entry.pd]
    return told


def _activity(told: dict[str, Any], entry: Entry, identity: str, agent: str) -> None:
    told["activity"][identity] = {"prov:type": entry.type, "prov:endTime": entry.ts}
    told["wasAssociatedWith"][f"_:{identity}-by"] = {"prov:activity": identity, "prov:agent": agent}


def _agent(told: dict[str, Any], entry: Entry, alias: Alias) -> str:
    actor = entry.actor
    name = alias(actor.id) if actor.kind == "person" else actor.id
    identity = f"ar:{actor.kind}-{name}"
    kind = "prov:Person" if actor.kind == "person" else "prov:SoftwareAgent"
    told["agent"].setdefault(identity, {"prov:type": {"$": kind, "type": "prov:QUALIFIED_NAME"}})
    build = {f"ar:{part}": value for part, value in (("build", actor.build), ("rules", actor.rules)) if value}
    told["agent"][identity] |= build
    return identity
