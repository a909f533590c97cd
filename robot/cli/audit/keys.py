"""``arende audit keys``: the log's keys, made, shown and exchanged."""

import stat
from typing import Annotated

import typer

from audit.keyfile import create_key_file
from audit.log.note import VerifierKey
from robot.cli._say import err, out
from robot.engine.house import House
from robot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("keys")(keys)


def keys(
    create: Annotated[
        bool, typer.Option("--create", help="Make the log's key where this installation has none.")
    ] = False,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Exchange the key; the old one vouches for the new.")
    ] = False,
) -> None:
    """Print the log's public keys, one per line: what controllers and witnesses need to check signatures."""
    settings = Settings()
    if create:
        settings.log_key.parent.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
        create_key_file(settings.log_key)
    logbook = House.build(settings).logbook()
    if rotate:
        head = logbook.rotate()
        err.print(f"The old keys signed their last head at {head.size} entries. Give the new ones to your witnesses.")
    for key in logbook.notary.keys.verifiers:
        _line(key)


def _line(key: VerifierKey) -> None:
    out.print(key.text(), soft_wrap=True, markup=False)
