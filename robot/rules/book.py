"""The rule book: which function, amount or fact answers a name on a date, and the evaluation of names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from robot.rules.amounts import AmountTable
from robot.rules.facts import Conflicting, Fact, FactDeclaration, Known, Missing, Undetermined
from robot.rules.finding import Evaluation, Finding, Reason, merge
from robot.rules.kinds import checker, signature_types, type_name
from robot.rules.proof import dependencies, did_you_mean, prove
from robot.rules.rule import RuleVersion, versions_of

_PLANS_KEPT = 256


class RuleBookError(Exception):
    """The rules may not run together, or a name was asked for that the book does not have."""


@dataclass(frozen=True, slots=True)
class _Given:
    """A fact that the caller handed in."""

    name: str
    title: str
    expected: str
    has_type: Callable[[Any], bool]

    def find(self, facts: Mapping[str, Fact], _found: list[Finding]) -> Finding:
        fact = facts[self.name]
        if type(fact) is Known:
            if self.has_type(fact.value):
                return Finding(self.name, "fact", fact.value, source=fact.source, observed_at=fact.observed_at)
            why = f"{self.title} har fel form: väntade {self.expected}, fick {type(fact.value).__name__}."
            reason = Reason(f"fel_typ.{self.name}", why, self.name)
            return Finding(self.name, "fact", None, (reason,), source=fact.source, observed_at=fact.observed_at)
        if isinstance(fact, Missing):
            reason = Reason(f"saknas.{self.name}.{fact.code}", fact.why, self.name)
            return Finding(self.name, "fact", None, (reason,), source=fact.source)
        assert isinstance(fact, Conflicting)  # noqa: S101 - tells the type checker that Fact has three forms
        sources = ", ".join(dict.fromkeys(known.source for known in fact.values))
        reason = Reason(f"motstridigt.{self.name}", f"{self.title}: källorna säger olika ({sources}).", self.name)
        return Finding(self.name, "fact", None, (reason,), source=sources)


@dataclass(frozen=True, slots=True)
class _Settled:
    """A finding that is the same for every case on a date: an amount, or a reason why there is nothing."""

    name: str
    finding: Finding

    def find(self, _facts: Mapping[str, Fact], _found: list[Finding]) -> Finding:
        return self.finding


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule in force; its inputs are positions in the list of findings made so far."""

    name: str
    version: RuleVersion
    inputs: tuple[int, ...]
    text: str
    has_type: Callable[[Any], bool]
    interval: tuple[date, date | None]

    def find(self, _facts: Mapping[str, Fact], found: list[Finding]) -> Finding:
        inputs = tuple([found[position] for position in self.inputs])
        for finding in inputs:
            if finding.reasons:
                return self._finding(None, merge(inputs), inputs)
        try:
            value = self.version.function(*[finding.value for finding in inputs])
        except Undetermined as unanswered:
            return self._finding(None, (Reason(unanswered.code, unanswered.why, self.name),), inputs)
        except Exception as error:  # noqa: BLE001 - whatever a rule raises, the case goes to a person
            return self._failed(f"stannade med {type(error).__name__}", inputs)
        if not self.has_type(value):
            return self._failed(f"gav ett svar av fel typ ({type(value).__name__})", inputs)
        return self._finding(value, (), inputs)

    def _failed(self, how: str, inputs: tuple[Finding, ...]) -> Finding:
        reason = Reason(f"regelfel.{self.name}", f"Regeln {self.name} {how} och kunde inte räknas ut.", self.name)
        return self._finding(None, (reason,), inputs)

    def _finding(self, value: Any, reasons: tuple[Reason, ...], inputs: tuple[Finding, ...]) -> Finding:
        return Finding(
            self.name, "rule", value, reasons, self.version.law, self.text, inputs, None, None, self.interval
        )


_Node = _Given | _Settled | _Rule


class RuleBook:
    """Rules, amounts and facts of one process. Raises RuleBookError when `robot.rules.prove` finds a problem."""

    def __init__(
        self,
        rules: Iterable[Callable[..., Any]],
        tables: Mapping[str, AmountTable],
        facts: Mapping[str, FactDeclaration],
    ) -> None:
        functions = tuple(dict.fromkeys(rules))
        problems = prove(functions, tables, facts)
        if problems:
            raise RuleBookError("\n".join(problem.message for problem in problems))
        self.tables = dict(tables)
        self.facts = dict(facts)
        self.rules: dict[str, tuple[RuleVersion, ...]] = {}
        for function in functions:
            for version in versions_of(function):
                self.rules[version.name] = (*self.rules.get(version.name, ()), version)
        self._plans: dict[tuple[tuple[str, ...], frozenset[str], date], tuple[_Node, ...]] = {}

    def names(self) -> frozenset[str]:
        """Return every name that can be asked for."""
        return frozenset((*self.rules, *self.tables, *self.facts))

    def type_of(self, name: str) -> Any:
        """Return the Python type behind a name: the fact's, the amount's, else the rule's answer."""
        if name in self.facts:
            return self.facts[name].type
        if name in self.tables:
            return self.tables[name].type
        return signature_types(self.rules[name][0].function)["return"]

    def evaluate(self, targets: Sequence[str], facts: Mapping[str, Fact], on: date) -> Evaluation:
        """Work out the targets from facts, by the rules and amounts in force on a date.

        A fact given under a rule's or an amount's name goes before it; one that the book does not name is not used.
        Never raises for what a case contains: every unknown is a finding with reasons. Raises RuleBookError for a
        target that the book does not name.
        """
        key = (tuple(targets), frozenset(facts), on)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._compile(key[0], facts, on)
            if len(self._plans) >= _PLANS_KEPT:
                self._plans.clear()
            self._plans[key] = plan
        found: list[Finding] = []
        for node in plan:
            found.append(node.find(facts, found))
        return Evaluation({finding.name: finding for finding in found})

    def _compile(self, targets: tuple[str, ...], facts: Mapping[str, Fact], on: date) -> tuple[_Node, ...]:
        names = self.names()
        for name in targets:
            if name not in names:
                hint = did_you_mean(name, names)
                raise RuleBookError(f"`{name}` is no fact, amount or rule" + (f"; {hint}" if hint else ""))
        nodes: dict[str, _Node] = {}
        position: dict[str, int] = {}

        def reach(name: str) -> int:
            if name not in nodes:
                node = self._node(name, facts, on, reach)
                position[name] = len(nodes)
                nodes[name] = node
            return position[name]

        for name in targets:
            reach(name)
        return tuple(nodes.values())

    def _node(self, name: str, facts: Mapping[str, Fact], on: date, reach: Callable[[str], int]) -> _Node:
        if name in facts:
            kind = self.type_of(name)
            return _Given(name, self._title(name), type_name(kind), checker(kind))
        if name in self.tables:
            return _Settled(name, _amount_finding(self.tables[name], on))
        if name not in self.rules:
            why = f"{self._title(name)} har inte hämtats."
            return _Settled(name, Finding(name, "fact", None, (Reason(f"saknas.{name}.ej_hamtad", why, name),)))
        version = next((one for one in self.rules[name] if one.in_force(on)), None)
        if version is None:
            why = f"Regeln {name} finns inte för {on.isoformat()[:7]}."
            return _Settled(name, Finding(name, "rule", None, (Reason("regel_saknas", why, name),)))
        inputs = tuple(reach(dependency) for dependency in dependencies(version.function))
        text = " ".join((version.function.__doc__ or "").split())
        answer = checker(signature_types(version.function)["return"])
        return _Rule(name, version, inputs, text, answer, (version.since, version.until))

    def _title(self, name: str) -> str:
        if name in self.facts:
            return self.facts[name].title
        return self.tables[name].title if name in self.tables else name


def _amount_finding(table: AmountTable, on: date) -> Finding:
    interval = table.find(on)
    if interval is None:
        reason = Reason("belopp_saknas", table.why_missing(on), table.name)
        return Finding(table.name, "amount", None, (reason,), text=table.title)
    dates = (interval.first, interval.last)
    return Finding(
        table.name,
        "amount",
        interval.value,
        text=table.title,
        source=interval.source,
        mark=interval.mark,
        interval=dates,
    )
