"""Reading a process folder: every fault at once, or a definition."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import BaseModel

import connectors.manifest
from robot.definition import contents, names
from robot.definition.amounts import read_amounts
from robot.definition.cases import CASES, check_cases
from robot.definition.declarations import read_facts, records_of
from robot.definition.definition import Definition
from robot.definition.document import Document
from robot.definition.flow import check_flow, read_steps
from robot.definition.letters import LetterName, find_letters, read_letter
from robot.definition.model import FactEntry, ProcessFile
from robot.definition.modules import Code, load_code, place_rule_problem
from robot.definition.problem import DefinitionError, Problem, errors, in_file_order
from robot.definition.screens import check_screen
from robot.definition.sensitivity import open_names
from robot.definition.validate import validate
from robot.gui import recorded
from robot.gui.recorded import Contract
from robot.gui.screen import ScreenFile
from robot.rules import AmountTable, FactDeclaration, Record, RuleBook
from robot.rules.proof import RuleProblem, did_you_mean, prove
from robot.steps.base import Step

PROCESSES = Path(__file__).parents[2] / "processes"


def load(folder: Path, today: date | None = None) -> Definition:
    """Return the definition in a folder. Raises DefinitionError with all problems when one of them is an error."""
    reading = _Reading(folder.resolve(), today or datetime.now(UTC).date())
    definition = reading.definition()
    if definition is None:
        raise DefinitionError(folder, reading.problems())
    return definition


def check(folder: Path, today: date | None = None) -> list[Problem]:
    """Return every problem in a folder, errors and warnings, in file order; empty when there is none."""
    reading = _Reading(folder.resolve(), today or datetime.now(UTC).date())
    reading.definition()
    return reading.problems()


def discover(root: Path = PROCESSES) -> dict[str, Path]:
    """Return the process folders below `root` by name: those that hold a process.yaml."""
    return {path.parent.name: path.parent for path in sorted(root.glob("*/process.yaml"))}


class _Reading:
    """One reading of one folder. Later parts are read as far as the earlier ones allow."""

    def __init__(self, folder: Path, today: date) -> None:
        self.folder = folder
        self.today = today
        self.documents: list[Document] = []
        self.others: list[Problem] = []

    def problems(self) -> list[Problem]:
        return in_file_order([*self.others, *(one for document in self.documents for one in document.problems)])

    def read(self, file: str) -> Document:
        document = Document.read(self.folder, file)
        self.documents.append(document)
        return document

    def definition(self) -> Definition | None:
        if not self.folder.is_dir():
            hint = "give a process folder or a process's name"
            self.others.append(Problem("process.yaml", 1, 1, "there is no such folder", hint))
            return None
        version = contents.version(self.folder)
        self.others += contents.scan(self.folder)
        code = load_code(self.folder, version)
        self.others += code.problems
        records = None if code.problems else records_of(code.records)
        self.process_file, self.facts_file = self.read("process.yaml"), self.read("facts.yaml")
        process = validate(ProcessFile, self.process_file)
        steps = read_steps(self.process_file)
        entries, facts = read_facts(self.facts_file, records)
        tables = self._tables()
        screens = self._screens()
        book = self._book(code, tables, facts)
        if process is not None:
            self._check_identity(process, records)
            check_flow(self.process_file, process, steps)
        letters = self._letters()
        self.cases_file = self.read(CASES)
        if book is not None:
            mentions = names.Mentions(book, connectors.manifest.discover(), screens, letters)
            self._check_names(mentions, process, steps, entries)
        application = None if process is None or records is None else records.get(process.application)
        if errors(self.problems()) or process is None or book is None:
            return None
        assert application is not None and issubclass(application, Record)  # noqa: S101, PT018 - _check_identity has proven it
        return Definition(
            id=process.process,
            title=process.title,
            owner=process.owner,
            law=process.law,
            in_force_on=process.in_force_on,
            autonomy=process.autonomy,
            may_decide=process.may_decide,
            delegation=process.delegation,
            appeal=process.appeal,
            application=application,
            retention_years=process.retention_years,
            preserve=process.preserve,
            answer=process.answer,
            steps=tuple(steps.values()),
            review=process.review,
            stickprov=process.stickprov,
            what_if={} if process.explain is None else process.explain.what_if,
            facts=facts,
            book=book,
            screens={
                name: screen.model_copy(update={"may_show": open_names(book)})
                for name, screen in screens.items()
                if screen is not None
            },
            letters=letters,
            version=version,
            folder=self.folder,
        )

    def _tables(self) -> dict[str, AmountTable]:
        found: dict[str, AmountTable] = {}
        for path in sorted((self.folder / "parameters").glob("*.yaml")):
            document = self.read(f"parameters/{path.name}")
            for name, table in read_amounts(document, self.today).items():
                if name in found:
                    message = f"the amount `{name}` stands in another file too"
                    document.problems.append(document.problem((name,), message, "keep one of them", at="key"))
                found[name] = table
        return found

    def _screens(self) -> dict[str, ScreenFile | None]:
        found: dict[str, ScreenFile | None] = {}
        for path in sorted((self.folder / "screens").glob("*.yaml")):
            document = self.read(f"screens/{path.name}")
            screen = validate(ScreenFile, document)
            if screen is not None and screen.id != path.stem:
                message = f"expected the file's name `{path.stem}`, found `{screen.id}`"
                document.problems.append(document.problem(("screen",), message))
            found[path.stem] = None if screen is None else self._under_contract(screen)
        return found

    def _under_contract(self, screen: ScreenFile) -> ScreenFile:
        """The screen with what its pages showed when they were recorded, if they were."""
        file = f"screens/{recorded.FOLDER}/{screen.id}.yaml"
        if not (self.folder / file).exists():
            return screen
        contract = validate(Contract, self.read(file))
        return screen if contract is None else screen.under(contract)

    def _letters(self) -> dict[str, Path]:
        letters, problems = find_letters(self.folder)
        self.others += problems
        self.letter_names: list[LetterName] = []
        for path in letters.values():
            found, faults = read_letter(self.folder, path)
            self.letter_names += found
            self.others += faults
        self.documents += {id(one.document): one.document for one in self.letter_names}.values()
        return letters

    def _book(self, code: Code, tables: dict[str, AmountTable], facts: dict[str, FactDeclaration]) -> RuleBook | None:
        # A fact or an amount that could not be read would be reported again by every rule that asks for it.
        read = {*facts, *tables}
        whole = all(isinstance(one.data, dict) and one.data.keys() <= read for one in self._declaring())
        if code.problems or not whole:
            return None
        faults = prove(code.rules, tables, facts)
        self.others += (place_rule_problem(self.folder, fault) for fault in faults)
        return None if faults else RuleBook(code.rules, tables, facts)

    def _check_identity(self, process: ProcessFile, records: dict[str, type[BaseModel]] | None) -> None:
        document = self.process_file
        if process.process != self.folder.name:
            message = f"expected the folder's name `{self.folder.name}`, found `{process.process}`"
            document.problems.append(document.problem(("process",), message))
        if records is not None and not issubclass(records.get(process.application, BaseModel), Record):
            hint = did_you_mean(process.application, records)
            message = f"records.py has no Record `{process.application}`"
            document.problems.append(document.problem(("application",), message, hint))

    def _check_names(
        self,
        mentions: names.Mentions,
        process: ProcessFile | None,
        steps: dict[int, Step],
        entries: dict[str, FactEntry],
    ) -> None:
        if process is not None:
            names.check_process(mentions, self.process_file, process, steps)
        names.check_origins(mentions, self.facts_file, {name: entry.from_ for name, entry in entries.items()})
        for document in self.documents:
            at = Path(document.file)
            if at.parent == Path("screens") and (screen := mentions.screens.get(at.stem)):
                check_screen(mentions, document, screen)
        names.check_letters(mentions, self.letter_names)
        check_cases(self.cases_file, mentions.book)
        if not errors(self.problems()):
            self.others += [self._unused(name, mentions.book) for name in names.unused(mentions)]

    def _declaring(self) -> list[Document]:
        return [one for one in self.documents if one.file == "facts.yaml" or one.file.startswith("parameters/")]

    def _unused(self, name: str, book: RuleBook) -> Problem:
        message = f"nothing asks for `{name}`"
        if name in book.rules:
            fault = RuleProblem(name, book.rules[name][0].function, message, "remove it")
            return replace(place_rule_problem(self.folder, fault), severity="warning")
        document = next(one for one in self._declaring() if (name,) in one.keys)
        return document.problem((name,), message, "remove it", at="key", severity="warning")
