"""``arende publish register|processing|assessment|figures``: documents of one process."""

from pathlib import Path
from typing import Annotated

import typer
import yaml
from sqlmodel import col, select

from robot.cli._say import fail, out, say_json
from robot.cli.check import find_process
from robot.definition import load
from robot.engine.clock import clock_for
from robot.engine.house import House
from robot.public import documents, figures, open_data, quality
from robot.public import register as algorithm_register
from robot.public.portrait import Portrait, portrait
from robot.settings import Settings
from robot.store.tables import CaseRow

Process = Annotated[str, typer.Argument(help="A process folder, or the name of a process.")]
BESIDE = "-stickprov"
Contact = Annotated[str, typer.Option(help="Where the public asks: an e-mail address.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("register")(algorithm)
    for command in (processing, assessment):
        app.command(command.__name__)(command)
    app.command("figures")(open_figures)


def algorithm(process: Process, contact: Contact) -> None:
    """Print the process's entry in the public register of algorithms as YAML, with the newest figures."""
    settings, found = Settings(), _portrait(process)
    months, periods = _public(settings, found)
    newest = dict(zip(figures.COLUMNS, months[-1].cells, strict=True)) if months else {}
    shown = dict(zip(quality.COLUMNS, periods[-1].cells, strict=True)) if periods else {}
    told = algorithm_register.document(found, kommun=settings.kommun, contact=contact, figures=newest, quality=shown)
    out.print(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), markup=False, highlight=False)


def processing(process: Process) -> None:
    """Print the record of processing activities (GDPR article 30) as Swedish Markdown, made from the definition."""
    _print(documents.PROCESSING, process)


def assessment(process: Process) -> None:
    """Print the draft of an impact assessment (GDPR article 35) as Swedish Markdown, made from the definition."""
    _print(documents.ASSESSMENT, process)


def open_figures(
    process: Process,
    contact: Contact,
    address: Annotated[str, typer.Option(help="Where the CSV file will lie, for the metadata.")],
    target: Annotated[
        Path, typer.Option(help="The CSV file to write, and beside it one ending in -stickprov. They must not exist.")
    ],
) -> None:
    """Write monthly figures and what the stickprov showed as open data, and print their DCAT-AP-SE metadata."""
    settings, found = Settings(), _portrait(process)
    beside = target.with_stem(f"{target.stem}{BESIDE}")
    for path in (target, beside):
        if path.exists():
            fail(f"{path}: expected no such file yet; give a new name or remove it")
    months, periods = _public(settings, found)
    target.write_text(open_data.csv_text(figures.COLUMNS, (one.cells for one in months)), encoding="utf-8")
    beside.write_text(open_data.csv_text(quality.COLUMNS, (one.cells for one in periods)), encoding="utf-8")
    begin, dot, end = address.rpartition(".") if "." in address.rpartition("/")[2] else (address, "", "")
    files = {"Siffror per månad": address, "Stickprovets resultat per period": f"{begin}{BESIDE}{dot}{end}"}
    say_json(open_data.metadata(found, kommun=settings.kommun, contact=contact, files=files))


def _print(template: str, process: str) -> None:
    settings = Settings()
    text = documents.render(template, _portrait(process), kommun=settings.kommun)
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def _portrait(process: str) -> Portrait:
    return portrait(load(find_process(process)), clock_for(Settings()).now().date())


def _public(settings: Settings, found: Portrait) -> tuple[list[figures.Month], list[quality.Checked]]:
    """What can be published of the process: its months, and the evaluated periods of its stickprov."""
    house, process = House.build(settings), found.definition.id
    with house.database.read() as session:
        months = figures.months(session.exec(select(CaseRow).where(col(CaseRow.process) == process)).all())
        return months, quality.checked_periods(house.ledger.journal, session, process)
