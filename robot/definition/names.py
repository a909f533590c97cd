"""The second pass: every name that the YAML files and letters mention exists and is of the right kind."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from connectors.manifest import ChannelManifest, Connector, RegisterManifest
from robot.definition.document import Document, Path_
from robot.definition.letters import LetterName
from robot.definition.model import ProcessFile
from robot.gui.screen import ScreenFile
from robot.rules import RuleBook
from robot.rules.kinds import fits, type_name
from robot.rules.proof import closest, dependencies, did_you_mean
from robot.steps.base import Name, Step

REMARKS = tuple[str, ...]
_ANSWERS: Mapping[str, Any] = {
    "check": REMARKS,
    "decide": str,
    "amount": Decimal,
    "draw": str,
    "when": bool,
    "to": str | None,
}
"""What a fact or rule must be when a step names it under this key."""
_ASKABLE = str | date | int
_ORIGINS = ("intake", "given", "engine", "person")
"""Where a fact may come from, beside register queries and screens."""


@dataclass
class Mentions:
    """Checks names one by one, and remembers which were used."""

    book: RuleBook
    connectors: Mapping[str, Connector]
    screens: Mapping[str, ScreenFile | None]
    letters: Collection[str]
    used: set[str] = field(default_factory=set)

    def known(self, kind: str) -> Collection[str]:
        """Return the names of a kind."""
        manifests = [connector.manifest for connector in self.connectors.values()]
        by_kind: dict[str, Collection[str]] = {
            "rule": self.book.rules,
            "fact": self.book.facts,
            "value": self.book.names(),
            "screen": self.screens,
            "letter": self.letters,
            "query": [query for one in manifests if isinstance(one, RegisterManifest) for query in one.queries],
            "channel": [one.name for one in manifests if isinstance(one, ChannelManifest)],
        }
        return by_kind[kind]

    def check(self, document: Document, path: Path_, kind: str, name: str, answer: Any = None) -> None:
        """Check one name at a place; `answer` is the type it must give."""
        known = self.known(kind)
        at: Literal["key", "value"] = "key" if path and path[-1] == name and path in document.keys else "value"
        if name not in known:
            hint = did_you_mean(name, known) or _which(kind, known)
            word = "fact, amount or rule" if kind == "value" else kind
            document.problems.append(document.problem(path, f"there is no {word} `{name}`", hint, at=at))
            return
        self.used.add(name)
        if answer is not None and not fits(given := self.book.type_of(name), answer):
            message = f"`{name}` must answer {type_name(answer)}, but answers {type_name(given)}"
            document.problems.append(document.problem(path, message, at=at))


def _which(kind: str, known: Collection[str]) -> str | None:
    if kind not in ("screen", "letter", "channel", "query"):
        return None
    return f"there are: {', '.join(f'`{name}`' for name in sorted(known))}" if known else f"there is no {kind} at all"


def check_process(mentions: Mentions, document: Document, process: ProcessFile, steps: Mapping[int, Step]) -> None:
    """Check process.yaml: steps, review and answer."""
    mentions.check(document, ("in_force_on",), "value", process.in_force_on, date)
    for index, step in steps.items():
        for name in step.names():
            _check_step_name(mentions, document, ("steps", index), name)
        _check_query(mentions, document, ("steps", index), step)
        if step.verb == "draw":
            _check_strata(mentions, document, process, step.names()[0].name)
    _check_target(document, process)
    for rule in process.review.always:
        mentions.check(document, ("review", "always", rule), "rule", rule, REMARKS)
    if process.answer is not None:
        listed = isinstance(document.data["answer"]["values"], list)
        for index, (shown, value) in enumerate(process.answer.values.items()):
            mentions.check(document, ("answer", "values", index if listed else shown), "value", value)
        for index, rule in enumerate(process.answer.checks):
            mentions.check(document, ("answer", "checks", index), "rule", rule, REMARKS)
    if process.explain is not None:
        for supposed in process.explain.what_if:
            mentions.check(document, ("explain", "what_if", supposed), "value", supposed, Decimal)


def _check_target(document: Document, process: ProcessFile) -> None:
    plan = process.stickprov
    if plan is not None and not plan.target <= plan.tolerable < 1:
        message = "expected target ≤ tolerable < 1: the aim lies below what stops the robot"
        place = next((word for word in ("target", "tolerable") if word in document.data["stickprov"]), "rates")
        document.problems.append(document.problem(("stickprov", place), message, at="key"))


def _check_strata(mentions: Mentions, document: Document, process: ProcessFile, rule: str) -> None:
    kind = mentions.book.type_of(rule) if rule in mentions.book.names() else None
    if process.stickprov is None or get_origin(kind) is not Literal:
        return
    strata = get_args(kind)
    for stratum in process.stickprov.rates:
        if stratum not in strata:
            message = f"`{rule}` never answers `{stratum}`"
            path = ("stickprov", "rates", stratum)
            document.problems.append(document.problem(path, message, did_you_mean(stratum, strata), at="key"))
    for stratum in strata:
        if stratum not in process.stickprov.rates:
            message = f"the stratum `{stratum}` has no rate"
            document.problems.append(document.problem(("stickprov", "rates"), message, at="key"))
    for index, stratum in enumerate(process.stickprov.follow_up):
        if stratum not in strata:
            message = f"`{rule}` never answers `{stratum}`"
            place = ("stickprov", "follow_up", index)
            document.problems.append(document.problem(place, message, did_you_mean(stratum, strata)))


def _check_step_name(mentions: Mentions, document: Document, path: Path_, name: Name) -> None:
    already = name.name in mentions.used
    answer = _ANSWERS.get(str(name.path[0])) if name.kind in ("rule", "value") else None
    mentions.check(document, (*path, *name.path), name.kind, name.name, answer)
    if name.kind == "fact" and name.path[0] == "as" and not already:
        mentions.used.discard(name.name)  # to be answered is not to be used


def _check_query(mentions: Mentions, document: Document, path: Path_, step: Step) -> None:
    words = step.model_dump(by_alias=True)
    if step.verb == "guard":
        mentions.used.add(words["as"])
    query = next((name.name for name in step.names() if name.kind == "query"), None)
    given = words.get("with") or {}
    for connector in mentions.connectors.values():
        if not isinstance(connector.manifest, RegisterManifest) or query not in connector.manifest.queries:
            continue
        wanted = connector.manifest.queries[query].arguments
        for argument in given:
            if argument not in wanted:
                message = f"`{query}` takes no argument `{argument}`"
                hint = did_you_mean(argument, wanted) or f"it takes: {', '.join(wanted)}"
                document.problems.append(document.problem((*path, "with", argument), message, hint, at="key"))
        meant = {closest(argument, wanted) for argument in given if argument not in wanted}
        missing = [f"`{argument}`" for argument in wanted if argument not in given and argument not in meant]
        if missing:
            message = f"`{query}` needs the argument {' and '.join(missing)}"
            document.problems.append(document.problem((*path, "with"), message, at="key"))
    _check_argument_types(mentions, document, path, words)


def _check_argument_types(mentions: Mentions, document: Document, path: Path_, words: Mapping[str, Any]) -> None:
    """A list among the arguments means one question each, and then the fact is a list of answers."""
    names = mentions.book.names()
    given = {argument: name for argument, name in (words.get("with") or {}).items() if name in names}
    kinds = {argument: mentions.book.type_of(name) for argument, name in given.items()}
    for argument, kind in kinds.items():
        if not fits(kind, _ASKABLE) and not fits(kind, tuple[_ASKABLE, ...]):
            message = f"`{given[argument]}` is {type_name(kind)}, which a question cannot hold"
            hint = "an argument is a text, a date or a whole number, or a list of them"
            document.problems.append(document.problem((*path, "with", argument), message, hint))
    fact = words.get("as")
    if fact in mentions.book.facts and (words.get("with") or {}).keys() == kinds.keys() != set():
        many = any(get_origin(kind) is tuple for kind in kinds.values())
        if many != (get_origin(mentions.book.facts[fact].type) is tuple):
            message = f"the question is asked {'once for each in a list' if many else 'once'}, but `{fact}` is "
            message += f"{'one answer' if many else 'a list'}"
            hint = f"declare it in facts.yaml as {'`list[…]`' if many else 'one answer, without `list[…]`'}"
            document.problems.append(document.problem((*path, "as"), message, hint))


def check_origins(mentions: Mentions, document: Document, sources: Mapping[str, Iterable[str]]) -> None:
    """Check facts.yaml: every place that a fact may come from exists."""
    screens = [f"{screen.system}.{name}" for name, screen in mentions.screens.items() if screen is not None]
    known = [*_ORIGINS, *mentions.known("query"), *screens]
    for fact, origins in sources.items():
        for index, origin in enumerate(origins):
            if origin not in known:
                hint = did_you_mean(origin, known) or f"known: {', '.join(known)}"
                message = f"a fact cannot come from `{origin}`"
                document.problems.append(document.problem((fact, "from", index), message, hint))


def check_letters(mentions: Mentions, names: Iterable[LetterName]) -> None:
    """Check the names that letters ask for."""
    known = mentions.known("value")
    for found in names:
        if found.name in known:
            mentions.used.add(found.name)
        else:
            message = f"there is no fact, amount or rule `{found.name}`"
            problem = found.document.at(found.place, message, did_you_mean(found.name, known))
            found.document.problems.append(problem)


def unused(mentions: Mentions) -> list[str]:
    """Return the facts, amounts and rules that nothing asks for."""
    asked = {
        name
        for versions in mentions.book.rules.values()
        for version in versions
        for name in dependencies(version.function)
    }
    return sorted(mentions.book.names() - asked - mentions.used)
