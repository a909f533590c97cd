"""``arende bench stickprov``: whether the bounds cover and the draw cannot be steered."""

from typing import Annotated

import typer

import benchmarks.stickprov
from robot.cli.bench._figures import AsJson, say_figures


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("stickprov")(stickprov)


def stickprov(
    *,
    audits: Annotated[int, typer.Option(min=20, help="How many audits are simulated.")] = 10_000,
    periods: Annotated[int, typer.Option(min=2, help="How many periods are drawn and recomputed.")] = 1_000,
    keys: Annotated[int, typer.Option(min=40, help="How many keys the tickets' uniformity is tested over.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed gives the same audits and draws.")] = 1,
    quick: Annotated[bool, typer.Option("--quick", help="300 audits, 30 periods, 40 keys.")] = False,
    as_json: AsJson = False,
) -> None:
    """Simulate audits and draws: do stated bounds cover, can picks be foretold? Exit 1 when a promise is not kept."""
    if quick:
        audits, periods, keys = 300, 30, 40
    found = benchmarks.stickprov.run(audits, periods, keys=keys, seed=seed)
    say_figures(found, as_json=as_json)
    if not all(found["kept"].values()):
        raise typer.Exit(1)
