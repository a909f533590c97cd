"""The command ``arende``."""

import sys

import typer
from pydantic import ValidationError

import robot.cli
from audit.errors import AuditError
from connectors.contract import SettingMissingError
from robot.cli._group import add_commands
from robot.cli._say import fail
from robot.definition import DefinitionError
from robot.engine.brake import BrakeError
from robot.engine.fold import FoldError
from robot.engine.intake import IntakeConflictError
from robot.engine.ledger import StaleCaseError
from robot.engine.library import UnknownProcessError
from robot.engine.review import ReviewError
from robot.engine.worker import WorkerError
from robot.logs import configure
from robot.settings import Settings
from robot.store.database import DatabaseError

EXPECTED = (
    AuditError,
    BrakeError,
    DatabaseError,
    DefinitionError,
    FoldError,
    IntakeConflictError,
    ReviewError,
    SettingMissingError,
    StaleCaseError,
    UnknownProcessError,
    WorkerError,
)


def build() -> typer.Typer:
    """The command with every group in this folder."""
    app = typer.Typer(
        name="arende",
        help="A robot that handles municipal cases the way a handläggare does.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    add_commands(app, robot.cli)
    return app


def main() -> None:
    """Run; errors we expect become one message on standard error and exit code 1."""
    try:
        configure(Settings().log_level)
        build()()
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False)
        )
        fail(f"settings: {faults}. docs/operate.md lists every setting")
    except EXPECTED as error:
        fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
