"""``arende bench tamper``: attacks on the evidence, and what the verifier says of each."""

from typing import Annotated

import typer
from rich.progress import Progress

import benchmarks.tamper
from benchmarks.tamper import HONEST, POSITIONS, QUICK_HONEST, QUICK_POSITIONS
from robot.cli._say import err, out
from robot.cli.bench._figures import AsJson, say_figures


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tamper")(tamper)


def tamper(
    *,
    positions: Annotated[int, typer.Option(min=1, help="Random positions for each attack.")] = POSITIONS,
    honest: Annotated[int, typer.Option(min=1, help="Honest logs that must give no finding.")] = HONEST,
    quick: Annotated[
        bool, typer.Option("--quick", help="5 positions and 20 honest logs, whatever else is given.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="How many processes to share the work.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Try every named attack on honest logs, and verify honest logs. Exit 1 for a missed one or a false alarm."""
    with Progress(console=err, disable=not err.is_terminal, transient=True) as progress:
        task = progress.add_task("attacks", total=None)
        figures = benchmarks.tamper.run(
            positions=QUICK_POSITIONS if quick else positions,
            honest=QUICK_HONEST if quick else honest,
            jobs=jobs,
            tick=lambda done, of: progress.update(task, completed=done, total=of),
        )
    if as_json:
        say_figures(figures, as_json=True)
    else:
        say_figures({name: value for name, value in figures.items() if name != "by_attack"}, as_json=False)
        for one in figures["by_attack"]:
            right = set(one["exit_codes"]) == {str(one["expected"])}
            out.print(
                f"{'found ' if right else 'MISSED'} {one['attack']}: expected {one['expected']}, {one['exit_codes']}"
            )
    if figures["missed"] or figures["false_alarms"]:
        raise typer.Exit(1)
