"""``arende bench engine``: what the engine costs without a GUI."""

import os
from typing import Annotated

import typer

import benchmarks.engine
from robot.cli._say import err
from robot.cli.bench._figures import AsJson, say_figures
from robot.logs import configure


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("engine")(engine)


def engine(
    cases: Annotated[int, typer.Option(min=20, help="How many cases in each run.")] = 200,
    database_url: Annotated[
        str, typer.Option(help="A PostgreSQL server where databases may be made and dropped. Empty: only SQLite.")
    ] = "",
    growth: Annotated[int, typer.Option(min=1, help="How many finished cases the grown database has.")] = 10_000,
    as_json: AsJson = False,
) -> None:
    """Cases per second without GUI, with 1-3 workers, beside bare commits; what waiting and growth cost."""
    configure(os.environ.get("ARENDE_LOG_LEVEL", "ERROR"))
    found = benchmarks.engine.run(cases, postgres=database_url, growth=growth, say=err.print)
    say_figures(found, as_json=as_json)
