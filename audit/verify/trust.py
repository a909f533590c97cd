"""Whom the reader believes: log keys and their successors, witnesses, and how many of these must have signed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit.verify.findings import Code, Report
from audit.verify.note import COSIGNATURE, ED25519, KINDS, ML_DSA_44, Head, Key, NoteError, number, unbase64

NONE = "none"


def parse_keys(text: str, where: str) -> list[Key]:
    """The keys of a file with one on each line; "#" begins a comment. Raises `NoteError`."""
    lines = [line.strip() for line in text.splitlines()]
    keys = [Key.parse(line) for line in lines if line and not line.startswith("#")]
    if not keys:
        raise NoteError(f"{where}: expected at least one key, found none")
    return keys


@dataclass(frozen=True)
class Policy:
    """A trust policy (C2SP tlog-policy): logs, witnesses, groups as (how many, of whom), and the quorum's name."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str = NONE

    @classmethod
    def parse(cls, text: str, where: str) -> "Policy":
        """A policy file. Raises `NoteError` that names the line."""
        logs: list[Key] = []
        witnesses: dict[str, Key] = {}
        groups: dict[str, tuple[int, list[str]]] = {}
        quorum: list[str] = []
        members: set[str] = set()
        for place, line in enumerate(text.split("\n"), start=1):
            match re.split(r"[ \t]+", line.strip(" \t")):
                case [word, *_] if not word or word.startswith("#"):
                    continue
                case ["log", vkey] | ["log", vkey, _]:
                    logs.append(_key(vkey, (ED25519, ML_DSA_44), [*logs, *witnesses.values()], f"{where}:{place}"))
                case ["witness", name, vkey] | ["witness", name, vkey, _] if _is_new(name, witnesses, groups):
                    taken = [*logs, *witnesses.values()]
                    witnesses[name] = _key(vkey, (COSIGNATURE, ML_DSA_44), taken, f"{where}:{place}")
                case ["group", name, many, *names] if _is_new(name, witnesses, groups):
                    known = {*witnesses, *groups} - members
                    if not names or len(set(names)) != len(names) or not set(names) <= known:
                        raise NoteError(f"{where}:{place}: expected names from lines above, each in one group, once")
                    groups[name] = (_threshold(many, len(names), f"{where}:{place}"), names)
                    members.update(names)
                case ["quorum", name] if not quorum and name in {NONE, *witnesses, *groups}:
                    quorum.append(name)
                case words:
                    found = f"found {words[0][:20]!r} amiss"
                    raise NoteError(f"{where}:{place}: expected log, witness, group or quorum, {found}")
        if not quorum:
            raise NoteError(f"{where}: expected one quorum line ('quorum none' asks for no witness), found none")
        return cls(logs, witnesses, groups, quorum[0])

    def met(self, cosigned: set[str], name: str) -> bool:
        """Whether these witnesses are enough for the name of a witness or group."""
        if name in self.groups:
            many, names = self.groups[name]
            return sum(self.met(cosigned, one) for one in names) >= many
        return name == NONE or name in cosigned


def _key(vkey: str, kinds: tuple[int, int], taken: Iterable[Key], where: str) -> Key:
    key = Key.parse(vkey)
    if key.kind not in kinds or key.public in {other.public for other in taken}:
        raise NoteError(f"{where}: expected a new key of kind {kinds[0]} or {kinds[1]}, found {key.kind}, or one twice")
    return key


def _is_new(name: str, *known: Mapping[str, object]) -> bool:
    return name != NONE and not any(name in names for names in known)


def _threshold(many: str, of: int, where: str) -> int:
    found = {"any": 1, "all": of}.get(many) or number(many, where)
    if not 1 <= found <= of:
        raise NoteError(f"{where}: expected 1 to {of} members, found {found}")
    return found


class Trust:
    """The log keys believed, in order of succession within each kind, and the policy."""

    def __init__(self, keys: list[Key], policy: Policy | None) -> None:
        self.policy = policy or Policy()
        self.age = dict.fromkeys([*keys, *self.policy.logs], 0)

    def follow(self, rotations: Sequence[tuple[str, Mapping[str, Any]]], report: Report) -> None:
        """Believe keys that a believed key has named its successor or predecessor; ``rotations``: (where, body)."""
        links = [link for where, body in rotations if (link := _rotation(where, body, report))]
        for old, new in [*links, *reversed(links)]:
            if old in self.age or new in self.age:
                self.age.setdefault(old, 0)
                self.age.setdefault(new, 0)
        for old, new in links:
            if old in self.age:
                self.age[new] = self.age[old] + 1

    def signers(self, head: Head, report: Report, unknown: Code = Code.SIGNATURE) -> dict[int, int] | None:
        """The age of the key that signed, by kind; empty, and a finding, unless every kind of the log's keys has.

        ``unknown``: what it is when a known key has not signed. None when one has, and the signature does not hold.
        """
        ours = [key for key in self.age if key.name == head.origin]
        ages: dict[int, int] = {}
        for key, signature in _by(ours, head):
            if not key.signed(head, signature):
                wanted = f"the {KINDS[key.kind]} signature of {key.name}"
                report.find(Code.SIGNATURE, head.where, wanted, "one that does not hold")
                return None
            ages[key.kind] = self.age[key]
        lacking = sorted({key.kind for key in ours} - ages.keys())
        if ours and not lacking:
            return ages
        kinds = " and ".join(KINDS[kind] for kind in lacking) or "a known key"
        report.find(unknown, head.where, f"a signature of {head.origin} by {kinds}", "none")
        return {}

    def witnessed(self, head: Head, report: Report) -> None:
        """A finding unless the policy's quorum has cosigned, and for each cosignature that does not hold."""
        cosigned = set()
        for name, witness in self.policy.witnesses.items():
            for key, signature in _by([witness], head):
                if key.signed(head, signature):
                    cosigned.add(name)
                else:
                    wanted = f"the cosignature of witness {name}"
                    report.find(Code.SIGNATURE, head.where, wanted, "one that does not hold")
        if not self.policy.met(cosigned, self.policy.quorum):
            found = f"cosignatures of {', '.join(sorted(cosigned)) or 'nobody'}"
            report.find(Code.POLICY, head.where, f"the quorum {self.policy.quorum!r}", found)


def _by(keys: list[Key], head: Head) -> list[tuple[Key, bytes]]:
    return [(key, line[2]) for key in keys for line in head.signatures if line[:2] == (key.name, key.id)]


def _rotation(where: str, body: Mapping[str, Any], report: Report) -> tuple[Key, Key] | None:
    try:
        old, new = Key.parse(str(body.get("old"))), Key.parse(str(body.get("new")))
        message = f"key.rotated/v1\n{old.name}\n{old.text}\n{new.text}\n".encode()
        by_old, by_new = (unbase64(str(body.get(name)), name) for name in ("by_old", "by_new"))
        signed = old.verifies(by_old, message) and new.verifies(by_new, message)
        if signed and (old.kind, old.name) == (new.kind, new.name):
            return old, new
    except NoteError:
        pass
    report.find(Code.SIGNATURE, where, "a change of keys signed by both keys", "one that is not")
    return None
