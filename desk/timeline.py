"""The journal of a case in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from audit.log.journal import Recorded
from robot.definition import Definition
from robot.steps._letter import kronor
from robot.swedish.words import label


@dataclass(frozen=True)
class Event:
    """One entry: when, who, what happened, and what was said. ``type`` is the entry's own name."""

    number: int
    at: datetime
    who: str
    what: str
    said: str
    type: str


def events(definition: Definition, recorded: list[Recorded]) -> list[Event]:
    """Every entry in order. A type without words shows its own name: nothing is left out."""
    kinds = {one.entry.body["key"]: one.entry.body["effect"] for one in recorded if one.entry.type == "effect.intended"}
    return [_event(definition, one, kinds) for one in recorded]


def effect_name(definition: Definition, kind: str) -> str:
    """What an effect does: the screen's title, or the channel and the letter."""
    system, _, name = kind.partition(".")
    if name in definition.screens:
        return f"{definition.screens[name].title} ({label(system).lower()})"
    return f"{label(name)} med {_CHANNELS.get(system, label(system).lower())}"


_CHANNELS = {"sms": "sms", "epost": "e-post", "brev": "brev"}
_WHO = {"robot": "Roboten", "system": "Systemet"}


def _event(definition: Definition, recorded: Recorded, kinds: Mapping[str, str]) -> Event:
    entry = recorded.entry
    words = _WORDS.get(entry.type)
    body = {"effect": kinds[entry.body["key"]], **entry.body} if entry.body.get("key") in kinds else entry.body
    what = entry.type if words is None else words(definition, body)
    who = _WHO.get(entry.actor.kind) or entry.actor.id
    return Event(entry.case_seq, entry.at(), who, what, _said(recorded.values), entry.type)


def _said(values: Mapping[str, Any]) -> str:
    texts = (values.get(name) for name in ("motivation", "question", "answer", "reason"))
    return " ".join(text for text in texts if isinstance(text, str) and text)


def _fact(definition: Definition, body: Mapping[str, Any]) -> str:
    declared = definition.facts.get(body["fact"])
    return label(body["fact"]) if declared is None else declared.title


def _answered(definition: Definition, body: Mapping[str, Any]) -> str:
    name = _fact(definition, body)
    return f"Svar: {name}" if body["known"] else f"Inget svar: {name}. {body['why']}"


def _checked(_: Definition, body: Mapping[str, Any]) -> str:
    failed = len({one["code"] for one in body["failed"]})
    count = len(body["rules"])
    how = "alla godkända" if not failed else f"{failed} att granska"
    return f"{'Ny kontroll' if body.get('again') else 'Kontroll'} av {count} punkter: {how}"


def _amount(body: Mapping[str, Any]) -> str:
    return kronor(Decimal(body["amount_ore"]) / 100)


def _proposed(_: Definition, body: Mapping[str, Any]) -> str:
    if body["outcome"] is None:
        return "Reglerna kan inte ge något förslag"
    return f"Förslag: {body['outcome']}, {_amount(body)}"


def _decided(_: Definition, body: Mapping[str, Any]) -> str:
    who = "roboten" if body["by"] == "robot" else body["by"]
    return f"Beslut: {body['outcome']}, {_amount(body)}. Beslutat av {who}"


def _ticket(_: Definition, body: Mapping[str, Any]) -> str:
    drawn = "uttaget" if body["picked"] else "inte uttaget"
    return f"Stickprov: {drawn} (grupp {label(body['stratum']).lower()}, sannolikhet {body['probability']})"


_FOUND = {
    "right": "rätt",
    "wrong_outcome": "fel utfall",
    "wrong_amount": "fel belopp",
    "wrong_reasons": "fel skäl eller lagrum",
    "wrong_procedure": "fel handläggning",
    "cannot_tell": "går inte att avgöra",
}


def _assigned(_: Definition, body: Mapping[str, Any]) -> str:
    return f"Ska granskas i stickprovet{', blint' if body['blind'] else ''}"


def _effect(text: str) -> Callable[[Definition, Mapping[str, Any]], str]:
    def words(definition: Definition, body: Mapping[str, Any]) -> str:
        name = effect_name(definition, body["effect"]) if "effect" in body else ""
        return text.format(name=name, path=body.get("path", ""), code=body.get("code", ""))

    return words


def _opened(_: Definition, body: Mapping[str, Any]) -> str:
    titles = "; ".join(reason["title"] for reason in body["reasons"])
    return f"Lämnat till en handläggare: {titles}"


def _changed(definition: Definition, body: Mapping[str, Any]) -> str:
    names = (definition.facts[name].title if name in definition.facts else label(name) for name in body["facts"])
    return f"Ändrade uppgifter: {', '.join(names)}"


def _read(_: Definition, body: Mapping[str, Any]) -> str:
    why = body.get("why", "")
    return f"Läste ärendet ({why})" if body.get("values", True) else f"Såg att ärendet finns ({why})"


def _requested(_: Definition, body: Mapping[str, Any]) -> str:
    return f"Begäran om avgörande kom in {body['received_on']} (12 § förvaltningslagen)"


def _corrected(_: Definition, body: Mapping[str, Any]) -> str:
    if body["result"] == "stands":
        return "Omprövning: beslutet står fast"
    return f"Omprövning: nytt beslut, {body['outcome']}, {_amount(body)}. Beslutat av {body['by']}"


def _always(text: str) -> Callable[[Definition, Mapping[str, Any]], str]:
    return lambda _definition, _body: text


_WORDS: dict[str, Callable[[Definition, Mapping[str, Any]], str]] = {
    "case.opened": _always("Ansökan togs emot"),
    "case.cleared": _always("Ingen i hushållet har skyddade personuppgifter"),
    "case.protected": _always("Ärendet ska hanteras av den särskilda gruppen"),
    "case.closed": _always("Ärendet avslutades"),
    "register.asked": lambda definition, body: f"Fråga ställd: {_fact(definition, body)}",
    "register.answered": _answered,
    "doc.read": _answered,
    "check.done": _checked,
    "decision.proposed": _proposed,
    "decision.made": _decided,
    "receipt.made": lambda _, body: f"Kvitto på beslutet: post {body['index']} i loggen",
    "receipt.missing": _always("Brevet skickas utan kvitto: loggen signerades inte i tid"),
    "sample.ticket": _ticket,
    "sample.outside": _always("Dras inte nu. Det kan tas ut till stickprov när månaden är slut"),
    "sample.pick": _always("Uttaget till stickprov"),
    "review.assigned": _assigned,
    "review.opened": _always("Började granska i stickprovet"),
    "review.result": lambda _, body: f"Granskat i stickprovet: {_FOUND.get(body['class'], body['class'])}",
    "review.second": _always("Går till en andra granskare"),
    "review.settled": lambda _, body: f"Granskningen avgjord: {_FOUND.get(body['class'], body['class'])}",
    "effect.intended": _effect("Ska göra: {name}"),
    "effect.done": _effect("Klart: {name}. Kontrollerat genom {path}"),
    "effect.unknown": _effect("Oklart om det blev gjort: {name} ({code})"),
    "effect.failed": _effect("Gick inte att göra: {name} ({code})"),
    "step.done": _always("Steget var klart"),
    "step.retry": lambda _, body: f"Tillfälligt fel ({body['code']}), försök {body['attempt']}",
    "human.review.opened": _opened,
    "human.review.agreed": _always("Godkände och lämnade tillbaka till roboten"),
    "human.review.fact_changed": _changed,
    "human.review.decided": _always("Beslutade annat än förslaget"),
    "human.review.asked": _always("Frågade den sökande"),
    "human.review.answered": _always("Noterade den sökandes svar"),
    "human.review.taken": _always("Tog över ärendet"),
    "deadline.reminder": _always("Påminde om att granskningen snart ska vara klar"),
    "deadline.escalated": _always("Granskningen har passerat sin dag"),
    "deadline.unanswered": _always("Den sökande har inte svarat i tid. Ärendet är tillbaka hos en handläggare"),
    "deadline.delay_notice": _always("Ärendet är försenat. Den sökande ska underrättas (11 § förvaltningslagen)"),
    "deadline.six_months": _always("Sex månader har gått. Den sökande kan begära ett avgörande"),
    "human.delay.told": _always("Underrättade den sökande om förseningen"),
    "human.decision.requested": _requested,
    "human.review.corrected": _corrected,
    "case.reopened": _always("Ärendet öppnades igen för omprövning"),
    "gallring.held": _always("Gallringen stoppades: inget i ärendet får gallras"),
    "gallring.released": _always("Stoppet för gallring togs bort"),
    "pd.erased": lambda _, body: f"Alla personuppgifter gallrades. Beslut: {body['decision']}",
    "access.read": _read,
}
