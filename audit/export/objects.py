"""What the entries of a case are about: the objects that the exports relate events to."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from audit.log.entry import Entry

Alias = Callable[[str], str]
"""An account as it is shown to outsiders: the same account gives the same alias, and nobody can tell it back."""

OPENED = "case.opened"
_TOLD: dict[str, tuple[str, ...]] = {
    "case.opened": ("process", "month"),
    "case.closed": ("how",),
    "register.answered": ("source", "known", "code"),
    "doc.read": ("source", "known", "code"),
    "decision.proposed": ("outcome", "stratum"),
    "decision.made": ("outcome", "by"),
    "sample.ticket": ("stratum", "probability", "picked"),
    "effect.intended": ("effect",),
    "effect.unknown": ("code",),
    "effect.failed": ("code",),
    "human.review.opened": ("lane",),
    "step.retry": ("code",),
    "access.read": ("why",),
}
"""What of an entry's body is told, by type: codes and names of things, never a sum or a text."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that events are about. ``attributes`` are texts by name."""

    id: str
    type: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry as an event: ``about`` pairs a thing with what it is to the event."""

    id: str
    type: str
    at: str
    by: Thing
    attributes: dict[str, str]
    about: tuple[tuple[Thing, str], ...]


def happenings(entries: Sequence[Entry], alias: Alias) -> Iterator[Happening]:
    """The case's entries as events, in their order. The first entry must be `case.opened`.

    Raises:
        ValueError: The entries do not begin with the opening of a case.

    """
    if not entries or entries[0].type != OPENED:
        msg = f"expected a case from its first entry {OPENED}, found {entries[0].type if entries else 'no entries'}"
        raise ValueError(msg)
    first = entries[0]
    case = Thing(first.case, "case", {name: str(first.body[name]) for name in ("process", "month")})
    version = Thing(str(first.body["version"]), "rule_version", {"process": str(first.body["process"])})
    review: Thing | None = None
    for entry in entries:
        identity = f"{entry.case}#{entry.case_seq}"
        about = [(case, "case")]
        if entry.type in {"case.opened", "check.done", "decision.proposed", "decision.made"}:
            about.append((version, "decided under"))
        if entry.type in {"register.answered", "doc.read"}:
            about.append(
                (Thing(f"{identity}/answer", "register_answer", {"source": str(entry.body["source"])}), "answer")
            )
        if entry.type == "sample.ticket":
            kept = {name: str(entry.body[name]) for name in ("stratum", "probability")}
            about.append((Thing(f"{entry.case}/ticket", "sample_ticket", kept), "ticket"))
        if entry.type == "human.review.opened":
            review = Thing(f"{identity}/review", "review", {"lane": str(entry.body.get("lane", ""))})
        if entry.type.startswith("human.review.") and review is not None:
            about.append((review, "review"))
        yield Happening(identity, entry.type, entry.ts, _actor(entry, alias), _told(entry), tuple(about))


def _actor(entry: Entry, alias: Alias) -> Thing:
    name = alias(entry.actor.id) if entry.actor.kind == "person" else entry.actor.id
    return Thing(f"{entry.actor.kind}:{name}", "actor", {"kind": entry.actor.kind})


def _told(entry: Entry) -> dict[str, str]:
    names = _TOLD.get(entry.type, ())
    return {name: _text(entry.body[name]) for name in names if entry.body.get(name) is not None}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
