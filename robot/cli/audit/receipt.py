"""``arende audit receipt``: the decision's receipt as a file."""

from pathlib import Path
from typing import Annotated

import typer

from robot.cli._say import fail, out
from robot.engine.house import House
from robot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("receipt")(receipt)


def receipt(
    case: Annotated[str, typer.Argument(help="The case's reference.", metavar="CASE")],
    to: Annotated[Path | None, typer.Option(help="The file. Without it, <case>.tlog-proof here.")] = None,
) -> None:
    """Write the receipt of a case's decision (C2SP tlog-proof): checked offline with `arende-verify receipt`."""
    found = House.build(Settings()).ledger.receipt(case)
    if found is None:
        fail(f"{case}: there is no decision, or no signed head covers it yet; run `arende audit checkpoint`")
    path = to or Path(f"{case}.tlog-proof")
    path.write_text(found.text(), encoding="utf-8")
    out.print(f"{path}: entry {found.index} of {found.head.origin}, signed at {found.head.size} entries")
