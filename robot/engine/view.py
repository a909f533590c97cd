"""What a step may know when it plans: the case, its definition, and what the rules answer. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from robot.engine.case import CaseState, ReviewReason, StoredFact
from robot.engine.working_days import SWEDEN, next_working_day
from robot.rules import Evaluation, Fact, Known, Missing, Reason

if TYPE_CHECKING:
    from robot.definition import Definition

__all__ = ["SWEDEN", "CaseView", "Questions", "Remarks", "robot_decider"]


@dataclass(frozen=True, slots=True)
class Questions:
    """What to ask a register: one set of arguments per question. ``many``: the fact is a list, in the same order."""

    asked: tuple[Mapping[str, str], ...]
    many: bool
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Remarks:
    """What one failed check says: the sentences for the handläggare, and the reasons for the routing."""

    texts: tuple[str, ...]
    reasons: tuple[Reason, ...]


class CaseView:
    """A case with the definition version it keeps, and the day the robot works (Swedish date)."""

    def __init__(self, definition: "Definition", state: CaseState, *, now: datetime) -> None:
        self.definition = definition
        self.state = state
        self.today = now.astimezone(SWEDEN).date()

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        """Every fact of the case: what was stored, and what the engine itself knows."""
        stored = {name: self._parsed(name, fact) for name, fact in self.state.facts.items()}
        return {**stored, **self._engine_facts()}

    def evaluate(self, targets: Sequence[str]) -> Evaluation:
        """What the rules in force in the month applied for answer. Undetermined findings carry their reasons."""
        return self.definition.book.evaluate(tuple(targets), self.facts, self.state.month)

    def values(self, names: Sequence[str]) -> tuple[dict[str, Any], tuple[Reason, ...]]:
        """The values of ``names``, and the reasons why some cannot be had; a name without a value is left out."""
        evaluation = self.evaluate(names)
        found: dict[str, Any] = {}
        reasons: dict[Reason, None] = {}
        for name in names:
            finding = evaluation[name]
            if finding.determined:
                found[name] = finding.value
            else:
                reasons.update(dict.fromkeys(finding.reasons))
        return found, tuple(reasons)

    def questions(self, query: str, arguments: Mapping[str, str]) -> Questions:
        """One question, or one per element where an argument is a list; lists must be equally long."""
        values, reasons = self.values(tuple(arguments.values()))
        if reasons:
            return Questions((), many=False, reasons=reasons)
        lists = {len(value) for name in arguments.values() if isinstance(value := values[name], tuple | list)}
        if len(lists) > 1:
            why = f"Frågan {query} har listor av olika längd som argument."
            return Questions((), many=True, reasons=(Reason("fel_argument", why, query),))
        count = lists.pop() if lists else 1
        asked = tuple(
            {argument: _text(values[name], number) for argument, name in arguments.items()} for number in range(count)
        )
        return Questions(asked, many=any(isinstance(values[name], tuple | list) for name in arguments.values()))

    def remarks(self, checks: Mapping[str, str]) -> dict[str, Remarks]:
        """The checks that did not pass, with what they say. A check that cannot be evaluated has not passed."""
        evaluation = self.evaluate(tuple(checks))
        failed: dict[str, Remarks] = {}
        for rule in checks:
            finding = evaluation[rule]
            if not finding.determined:
                failed[rule] = Remarks(tuple(reason.why for reason in finding.reasons), finding.reasons)
            elif finding.value:
                texts = tuple(finding.value)
                failed[rule] = Remarks(texts, (Reason(rule, " ".join(texts), rule),))
        return failed

    def title(self, reason: Reason) -> str:
        """A short Swedish title without personal data for lists and statistics."""
        if reason.code in self._check_titles:
            return self._check_titles[reason.code]
        kind, _, rest = reason.code.partition(".")
        subject = rest.partition(".")[0]
        declared = self.definition.facts.get(subject)
        name = declared.title if declared is not None else subject
        return _TITLES.get(kind, "Regeln kan inte avgöra frågan: {name}").format(name=name or reason.origin)

    def review_reasons(self, reasons: Sequence[Reason]) -> tuple[ReviewReason, ...]:
        """The reasons as a review task shows them, each code once, with its remarks."""
        grouped: dict[str, list[Reason]] = {}
        for reason in reasons:
            grouped.setdefault(reason.code, []).append(reason)
        return tuple(
            ReviewReason(code, self.title(same[0]), tuple(dict.fromkeys(reason.why for reason in same)))
            for code, same in grouped.items()
        )

    @cached_property
    def _check_titles(self) -> dict[str, str]:
        titles = {**self.definition.review.titles, **self.definition.review.always}
        for step in self.definition.steps:
            titles.update(step.titles())
        return titles

    def _parsed(self, name: str, stored: StoredFact) -> Fact:
        if not stored.known:
            return Missing(stored.code, stored.why, stored.source)
        declaration = self.definition.facts[name]
        try:
            value = declaration.from_json(stored.value)
        except ValidationError as error:
            # Only where and what kind: the error's own text may quote the value.
            where = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['type']}" for fault in error.errors()[:3])
            why = f"Svaret på {declaration.title} har inte den form som väntades ({where})."
            return Missing("fel_schema", why, stored.source)
        return Known(value, stored.source, stored.observed_at)

    def _engine_facts(self) -> dict[str, Fact]:
        decision = self.state.decision
        decided_on = decision.at.astimezone(SWEDEN).date() if decision is not None else self.today
        decider = decision.name if decision is not None else robot_decider(self.definition)
        known: dict[str, Any] = {
            self.definition.in_force_on: self.state.month,
            "beslutsdag": decided_on,
            "beslutsfattare": decider,
            "beslutsreferens": self.state.reference,
            "utbetalningsdag": next_working_day(decided_on),
        }
        return {name: Known(value, "motorn", None) for name, value in known.items()}


_TITLES = {
    "saknas": "Uppgift saknas: {name}",
    "motstridigt": "Motstridiga uppgifter: {name}",
    "fel_typ": "Oväntat innehåll: {name}",
    "fel_schema": "Oväntat innehåll: {name}",
    "belopp_saknas": "Belopp saknas för månaden: {name}",
    "regelfel": "Regeln gick inte att beräkna: {name}",
    "skyddad": "Särskild hantering",
    "effekt": "Det gick inte att skriva eller skicka: {name}",
    "stickprov": "Stickprov",
    "beslutsratt": "Beslutet ska fattas av en person",
    "beslut_avviker": "Beslutet skiljer sig från beräkningen",
    "forsok_slut": "Försöken är slut: {name}",
    "programfel": "Fel i robotens program",
    "redan_ansokt": "Redan ansökt för månaden",
    "broms": "Roboten är bromsad",
    "andrad_uppgift": "En uppgift är ändrad",
    "kanal": "Meddelandet kunde inte skickas",
}


def robot_decider(definition: "Definition") -> str:
    """How a decision names the function that made it: FL 31 § asks who decided."""
    return f"Automatiserad beslutsfunktion {definition.id}, version {definition.version.removeprefix('sha256:')[:12]}"


def _text(value: Any, number: int) -> str:
    if isinstance(value, tuple | list):
        value = value[number]
    return value.isoformat() if isinstance(value, date) else str(value)
