"""tests/cases.yaml: given facts, expected values. The same cases for `arende test` and pytest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from robot.definition.document import Document
from robot.definition.model import CaseEntry
from robot.definition.names import REMARKS
from robot.definition.validate import known_part, validate
from robot.definition.values import parse_value
from robot.rules import Evaluation, Known, RuleBook
from robot.rules.finding import value_to_json
from robot.rules.kinds import fits
from robot.rules.proof import did_you_mean

CASES = "tests/cases.yaml"


@dataclass(frozen=True)
class Case:
    """One case that can be run: values of the facts' own types, and what is expected of a month."""

    name: str
    on: date
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    undetermined: tuple[str, ...]
    remarks: Mapping[str, int | tuple[str, ...]]
    line: int

    def run(self, book: RuleBook) -> list[str]:
        """Return what came out otherwise than expected, a sentence each; empty when the case passes."""
        facts = {name: Known(value, "given") for name, value in self.given.items()}
        if "manad" in book.names():
            facts.setdefault("manad", Known(self.on, "given"))
        targets = (*self.expect, *self.remarks)
        if not targets:
            targets = tuple(book.rules)
        evaluation = book.evaluate(targets, facts, self.on)
        return [*self._wrong_values(evaluation), *self._wrong_codes(evaluation), *self._wrong_remarks(evaluation)]

    def _wrong_values(self, evaluation: Evaluation) -> list[str]:
        wrong = []
        for name, expected in self.expect.items():
            finding = evaluation[name]
            if not finding.determined:
                codes = ", ".join(reason.code for reason in finding.reasons)
                wrong.append(f"{name}: expected {_show(expected)}, but it is undetermined ({codes})")
            elif finding.value != expected:
                wrong.append(f"{name}: expected {_show(expected)}, found {_show(finding.value)}")
        return wrong

    def _wrong_codes(self, evaluation: Evaluation) -> list[str]:
        if not self.undetermined:
            return []
        found = {reason.code for finding in evaluation.findings.values() for reason in finding.reasons}
        return [
            f"expected the reason {code}, found {', '.join(sorted(found)) or 'none'}"
            for code in self.undetermined
            if code not in found
        ]

    def _wrong_remarks(self, evaluation: Evaluation) -> list[str]:
        wrong = []
        for name, expected in self.remarks.items():
            finding = evaluation[name]
            found = finding.value if finding.determined else None
            if found is None:
                codes = ", ".join(reason.code for reason in finding.reasons)
                wrong.append(f"{name}: expected remarks, but it is undetermined ({codes})")
            elif (len(found) if isinstance(expected, int) else found) != expected:
                wanted = f"{expected} remarks" if isinstance(expected, int) else _show(expected)
                wrong.append(f"{name}: expected {wanted}, found {_show(found)}")
        return wrong


def check_cases(document: Document, book: RuleBook) -> list[Case]:
    """Return the cases that can be run. What is wrong with the others goes to `document.problems`."""
    if document.data is not None and not isinstance(document.data, list):
        document.problems.append(document.problem((), "expected a list of cases", "begin each with `- case: …`"))
    cases: list[Case] = []
    names: dict[str, int] = {}
    for index in range(len(document.data) if isinstance(document.data, list) else 0):
        entry = validate(CaseEntry, document, (index,))
        if entry is None:
            continue
        line = document.values[(index,)].line + 1
        if entry.case in names:
            message = f"a case of this name stands on line {names[entry.case]}"
            document.problems.append(document.problem((index, "case"), message, "give each case its own name"))
        names.setdefault(entry.case, line)
        case = _read(document, index, entry, book, line)
        if case is not None:
            cases.append(case)
    return cases


def _read(document: Document, index: int, entry: CaseEntry, book: RuleBook, line: int) -> Case | None:
    before = len(document.problems)
    if entry.source is None and entry.working is None:
        hint = "add `source: …` (where the figure stands) or `working: …` (how it was worked out)"
        document.problems.append(document.problem((index, "case"), "the case has no source and no working", hint))
    if not (entry.expect or entry.undetermined or entry.remarks):
        document.problems.append(document.problem((index, "case"), "the case expects nothing", "add `expect: …`"))
    given = {name: _value(document, (index, "given", name), name, book) for name in entry.given}
    expect = {name: _value(document, (index, "expect", name), name, book) for name in entry.expect}
    remarks = {name: _remarks(document, (index, "remarks", name), name, book) for name in entry.remarks}
    if len(document.problems) > before:
        return None
    return Case(entry.case, entry.on, given, expect, entry.undetermined, remarks, line)


def _value(document: Document, path: tuple[str | int, ...], name: str, book: RuleBook) -> Any:
    if name not in book.names():
        hint = did_you_mean(name, book.names())
        message = f"there is no fact, amount or rule `{name}`"
        document.problems.append(document.problem(path, message, hint, at="key"))
        return None
    kind = book.type_of(name)
    value, faults = parse_value(kind, document.json(path))
    for location, message, hint in faults:
        at = (*path, *known_part(document, path, location))
        document.problems.append(document.problem(at, message, hint))
    return value


def _remarks(document: Document, path: tuple[str | int, ...], name: str, book: RuleBook) -> int | tuple[str, ...]:
    expected = document.json(path)
    if name not in book.rules or not fits(book.type_of(name), REMARKS):
        hint = did_you_mean(name, [rule for rule in book.rules if fits(book.type_of(rule), REMARKS)])
        document.problems.append(document.problem(path, f"there is no check `{name}`", hint, at="key"))
    elif isinstance(expected, list) and all(isinstance(text, str) for text in expected):
        return tuple(expected)
    elif not isinstance(expected, int) or isinstance(expected, bool):
        document.problems.append(document.problem(path, "expected a number of remarks, or a list of texts"))
    return expected if isinstance(expected, int) else 0


def _show(value: Any) -> str:
    return json.dumps(value_to_json(value), ensure_ascii=False)
