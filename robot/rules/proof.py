"""What must hold for a set of rules, amounts and facts before anything runs."""

import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Any, get_args

from robot.rules.amounts import AmountTable
from robot.rules.facts import FactDeclaration
from robot.rules.kinds import fits, signature_types, type_name
from robot.rules.rule import RuleVersion, versions_of


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """Something wrong with a rule: where (the function, None for the book as a whole), what, and what to do."""

    name: str
    function: Callable[..., Any] | None
    message: str
    hint: str | None = None


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like `name`, or None."""
    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=0.6)), None)


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return "did you mean …?" for a misspelt name, or None."""
    match = closest(name, known)
    return None if match is None else f"did you mean `{match}`?"


def dependencies(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names that a rule asks for: its parameters."""
    return tuple(inspect.signature(function).parameters)


def prove(
    rules: Iterable[Callable[..., Any]], tables: Mapping[str, AmountTable], facts: Mapping[str, FactDeclaration]
) -> list[RuleProblem]:
    """Return every reason why these rules may not run together; empty when they may."""
    functions = list(dict.fromkeys(rules))
    versions = [version for function in functions for version in versions_of(function)]
    sound: list[Callable[..., Any]] = []
    problems: list[RuleProblem] = []
    for function in functions:
        found = list(_signature_problems(function))
        problems += found
        if not found:
            sound.append(function)
    problems += [
        RuleProblem(function.__name__, function, f"the name `{function.__name__}` is already an amount", "rename one")
        for function in functions
        if function.__name__ in tables
    ]
    problems += [
        RuleProblem(name, None, f"the name `{name}` is both a fact and an amount", "rename one")
        for name in facts
        if name in tables
    ]
    providers = _providers(sound, tables, facts)
    names = {*providers, *(function.__name__ for function in functions)}
    for function in sound:
        problems += _input_problems(function, providers, names)
        problems += _answer_problems(function, facts)
    return problems + _overlaps(versions) + _cycles(functions)


def _signature_problems(function: Callable[..., Any]) -> Iterable[RuleProblem]:
    name = function.__name__
    if not (function.__doc__ or "").strip():
        yield RuleProblem(name, function, f"rule `{name}` has no docstring", "write the sentence the handläggare reads")
    if any(not version.law.strip() for version in versions_of(function)):
        yield RuleProblem(name, function, f"rule `{name}` has no law reference", 'write @rule(law="…", since="…")')
    try:
        annotations = signature_types(function)
    except (NameError, TypeError) as error:
        yield RuleProblem(name, function, f"an annotation of rule `{name}` cannot be read: {error}")
        return
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
            yield RuleProblem(name, function, f"rule `{name}` takes `{parameter}`", "name each input as a parameter")
        elif parameter.default is not parameter.empty:
            message = f"parameter `{parameter.name}` of rule `{name}` has a default"
            yield RuleProblem(name, function, message, "remove it: unknown is never a value")
        elif parameter.name not in annotations:
            yield RuleProblem(name, function, f"parameter `{parameter.name}` of rule `{name}` has no type")
    for kind in (float, Any):
        if any(kind in (given, *get_args(given)) for given in annotations.values()):
            message = f"rule `{name}` uses the type {type_name(kind)}"
            yield RuleProblem(name, function, message, "write Decimal for figures, else the exact type")
    if "return" not in annotations:
        yield RuleProblem(name, function, f"rule `{name}` has no return type", "write `-> Decimal:` or what it answers")


def _providers(
    functions: list[Callable[..., Any]], tables: Mapping[str, AmountTable], facts: Mapping[str, FactDeclaration]
) -> dict[str, Any]:
    """Types by name. A fact's declaration goes before the rule of the same name."""
    providers = {function.__name__: signature_types(function)["return"] for function in functions}
    providers |= {name: table.type for name, table in tables.items()}
    return providers | {name: declaration.type for name, declaration in facts.items()}


def _input_problems(function: Callable[..., Any], providers: dict[str, Any], names: set[str]) -> Iterable[RuleProblem]:
    annotations = signature_types(function)
    for name in dependencies(function):
        if name not in names:
            message = f"rule `{function.__name__}` asks for `{name}`, which is no fact, amount or rule"
            yield RuleProblem(function.__name__, function, message, did_you_mean(name, names))
        elif name in providers and not fits(providers[name], annotations[name]):
            wanted, given = type_name(annotations[name]), type_name(providers[name])
            message = f"rule `{function.__name__}` takes `{name}: {wanted}`, but `{name}` is {given}"
            yield RuleProblem(function.__name__, function, message, f"write `{name}: {given}`")


def _answer_problems(function: Callable[..., Any], facts: Mapping[str, FactDeclaration]) -> Iterable[RuleProblem]:
    name = function.__name__
    answer = signature_types(function)["return"]
    if name in facts and not fits(answer, facts[name].type):
        message = f"rule `{name}` answers {type_name(answer)}, but the fact `{name}` is {type_name(facts[name].type)}"
        yield RuleProblem(name, function, message, "make them the same type")


def _overlaps(versions: list[RuleVersion]) -> list[RuleProblem]:
    problems = []
    ordered = sorted(versions, key=lambda version: (version.name, version.since))
    for earlier, later in itertools.pairwise(ordered):
        if earlier.name == later.name and (earlier.until is None or later.since <= earlier.until):
            message = f"two versions of rule `{later.name}` are in force from {later.since}"
            hint = f'end the earlier one: until="{later.since - timedelta(days=1)}"'
            problems.append(RuleProblem(later.name, later.function, message, hint))
    return problems


def _cycles(functions: list[Callable[..., Any]]) -> list[RuleProblem]:
    asks: dict[str, list[str]] = {}
    for function in functions:
        asks.setdefault(function.__name__, []).extend(dependencies(function))
    first = {function.__name__: function for function in reversed(functions)}
    problems: list[RuleProblem] = []
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = " → ".join((*path[path.index(name) :], name))
            problems.append(RuleProblem(name, first[name], f"rules go in a circle: {circle}", "break the circle"))
        elif name in asks and name not in done:
            for dependency in asks[name]:
                visit(dependency, (*path, name))
            done.add(name)

    for name in asks:
        visit(name, ())
    return problems
