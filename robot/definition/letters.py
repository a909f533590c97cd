"""Letters: which names a Jinja template asks for, and whether it can be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2
import jinja2.meta
from jinja2 import nodes

from robot.definition.document import Document, Place
from robot.definition.problem import Problem
from robot.rules.proof import did_you_mean

CONTEXT = frozenset({"beslut", "version", "forklara", "kvitto"})
"""What every letter may use beside facts, amounts and rules."""
FILTERS = frozenset({"kronor", "datum", "manad_text"})
"""The filters of letters beside Jinja's own."""
SUFFIXES = (".html", ".txt")


@dataclass(frozen=True, slots=True)
class LetterName:
    """A name that a letter asks for, and where."""

    name: str
    document: Document
    place: Place


def find_letters(folder: Path) -> tuple[dict[str, Path], list[Problem]]:
    """Return the letters by name (the file's name without its ending)."""
    found: dict[str, Path] = {}
    problems = []
    for path in sorted((folder / "letters").glob("*")):
        if path.suffix in SUFFIXES:
            if path.stem in found:
                message = f"the letter `{path.stem}` has two files: {found[path.stem].name} and {path.name}"
                problems.append(Problem(f"letters/{path.name}", 1, 1, message, "rename one"))
            found.setdefault(path.stem, path)
    return found, problems


def read_letter(folder: Path, path: Path) -> tuple[list[LetterName], list[Problem]]:
    """Return the names a letter needs and its problems: syntax, unknown filters, templates that are not there."""
    file = path.relative_to(folder).as_posix()
    text = path.read_text(encoding="utf-8")
    document = Document(file, text.splitlines())
    environment = jinja2.Environment(autoescape=True)
    known = {*environment.filters, *FILTERS}
    try:
        tree = environment.parse(text)
        # Jinja looks for undeclared names by compiling, and stops at the first filter it does not have.
        environment.filters.update(dict.fromkeys((one.name for one in tree.find_all(nodes.Filter)), str))
        names = list(_names(document, tree))
    except jinja2.TemplateSyntaxError as error:
        return [], [document.at(Place(error.lineno - 1, 0, 1), f"not readable as a letter: {error.message}")]
    problems = []
    for found in tree.find_all(nodes.Filter):
        if found.name not in known:
            message = f"unknown filter `{found.name}`"
            place = _place(document, found.lineno, found.name)
            problems.append(document.at(place, message, did_you_mean(found.name, known)))
    others = [(one.template, one.lineno) for one in tree.find_all(nodes.Include)]
    others += [(one.template, one.lineno) for one in tree.find_all(nodes.Extends)]
    others += [(one.template, one.lineno) for one in tree.find_all(nodes.Import)]
    others += [(one.template, one.lineno) for one in tree.find_all(nodes.FromImport)]
    for template, line in others:
        problems += _template_problems(path, document, template, line)
    return names, problems


def _names(document: Document, tree: nodes.Template) -> Iterator[LetterName]:
    wanted = jinja2.meta.find_undeclared_variables(tree) - CONTEXT
    placed = {(node.name, node.lineno) for node in tree.find_all(nodes.Name) if node.name in wanted}
    for name, line in sorted(placed, key=lambda found: (found[1], found[0])):
        yield LetterName(name, document, _place(document, line, name))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "forklara" and call.args:
            argument = call.args[0]
            if isinstance(argument, nodes.Const) and isinstance(argument.value, str):
                yield LetterName(argument.value, document, _place(document, call.lineno, argument.value))


def _template_problems(path: Path, document: Document, template: nodes.Expr, line: int) -> Iterator[Problem]:
    if not isinstance(template, nodes.Const):
        yield document.at(Place(line - 1, 0, 1), "expected the name of a template in quotes")
    elif not (path.parent / template.value).is_file():
        known = [other.name for other in path.parent.iterdir()]
        place = _place(document, line, template.value)
        yield document.at(place, f"there is no template `{template.value}`", did_you_mean(template.value, known))


def _place(document: Document, line: int, word: str) -> Place:
    # Jinja gives the line on which a tag begins; the word may stand further down in a tag of several lines.
    for number in range(line - 1, min(line + 10, len(document.lines))):
        column = document.lines[number].find(word)
        if column >= 0:
            return Place(number, column, len(word))
    return Place(line - 1, 0, 1)
