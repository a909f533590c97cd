"""`arende check`, `arende test` and `arende schema`: for authors of processes."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from robot.definition import DefinitionError, check, discover, load, render
from robot.definition.cases import CASES, check_cases
from robot.definition.document import Document
from robot.definition.problem import Format, Problem, errors
from robot.definition.schema import SCHEMA_FOLDER, schemas, stale
from robot.rules.proof import did_you_mean

Process = Annotated[str | None, typer.Argument(help="A process folder, or the name of a process. Default: all.")]


def register(main: typer.Typer) -> None:
    """Add the commands."""
    main.command("check")(check_command)
    main.command("test")(cases_command)
    main.command("schema")(schema_command)


def find_process(process: str) -> Path:
    """Return the folder of a process by path or by name. Exits with code 1 and a sentence when there is none."""
    known = discover()
    if process in known:
        return known[process]
    if Path(process).is_dir():
        return Path(process)
    hint = did_you_mean(process, known) or f"there are: {', '.join(known)}"
    typer.echo(f"there is no process or folder `{process}`; {hint}", err=True)
    raise typer.Exit(1)


def check_command(
    process: Process = None,
    style: Annotated[Format, typer.Option("--format", help="How problems are written.")] = "text",
) -> None:
    """Prove process definitions: names, types, dates, law references, amounts, right to decide. Exit 1 on errors."""
    folders = list(discover().values()) if process is None else [find_process(process)]
    today = datetime.now(UTC).date()
    problems = {folder: check(folder, today) for folder in folders}
    _print_problems(problems, style)
    if any(errors(found) for found in problems.values()):
        raise typer.Exit(1)


def _print_problems(problems: dict[Path, list[Problem]], style: Format) -> None:
    if style == "json":
        rows = [render(found, "json", _near(folder))[1:-1] for folder, found in problems.items() if found]
        typer.echo(f"[{', '.join(rows)}]")
    for folder, found in problems.items():
        if found and style != "json":
            typer.echo(render(found, style, _near(folder)))
        wrong = len(errors(found))
        typer.echo(f"{_near(folder)}: {wrong} errors, {len(found) - wrong} warnings", err=True)


def _near(folder: Path) -> Path:
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def cases_command(process: Process = None) -> None:
    """Run the cases of processes (tests/cases.yaml): given facts, expected values. Exit 1 when one fails."""
    failed = 0
    for folder in discover().values() if process is None else [find_process(process)]:
        try:
            definition = load(folder)
        except DefinitionError as error:
            typer.echo(error, err=True)
            raise typer.Exit(1) from None
        cases = check_cases(Document.read(folder, CASES), definition.book)
        wrong = [(case, sentences) for case in cases if (sentences := case.run(definition.book))]
        for case, sentences in wrong:
            typer.echo(f"{_near(folder)}/{CASES}:{case.line}: {case.name}")
            typer.echo("".join(f"  {sentence}\n" for sentence in sentences), nl=False)
        typer.echo(f"{definition.id}: {len(cases) - len(wrong)} of {len(cases)} cases pass")
        failed += len(wrong)
    if failed:
        raise typer.Exit(1)


def schema_command(
    write: Annotated[
        bool, typer.Option("--write", help="Write the files instead of saying whether they are stale.")
    ] = False,
) -> None:
    """Make the JSON Schemas that editors use for process folders."""
    if write:
        SCHEMA_FOLDER.mkdir(exist_ok=True)
        for name, text in schemas().items():
            (SCHEMA_FOLDER / name).write_text(text, encoding="utf-8")
        typer.echo(f"wrote {len(schemas())} schemas to {_near(SCHEMA_FOLDER)}")
        return
    old = stale()
    if old:
        sys.stderr.write(f"stale: {', '.join(old)}; run `arende schema --write`\n")
        raise typer.Exit(1)
    typer.echo("the schemas are up to date")
