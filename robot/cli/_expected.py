"""The errors that become one message. Loaded when there is one: they come from all over the house."""

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from audit.errors import AuditError
from connectors.contract import SettingMissingError
from robot.definition import DefinitionError
from robot.engine.brake import BrakeError
from robot.engine.correction import CorrectionError
from robot.engine.fold import FoldError
from robot.engine.gallring import GallringError
from robot.engine.intake import IntakeConflictError
from robot.engine.ledger import StaleCaseError
from robot.engine.library import UnknownProcessError
from robot.engine.review import ReviewError
from robot.engine.screen_check import ScreenCheckError
from robot.engine.worker import WorkerError
from robot.gui.browser import BrowserMissingError
from robot.gui.explore import ExploreError
from robot.gui.proposals import ProposalError
from robot.store.database import DatabaseError

EXPECTED = (
    AuditError,
    BrakeError,
    BrowserMissingError,
    ScreenCheckError,
    CorrectionError,
    DatabaseError,
    DefinitionError,
    ExploreError,
    FoldError,
    GallringError,
    IntakeConflictError,
    ProposalError,
    ReviewError,
    SettingMissingError,
    StaleCaseError,
    UnknownProcessError,
    WorkerError,
)


def message(error: Exception) -> str | None:
    """What to tell whoever gave the command; None for an error in our own program."""
    if isinstance(error, ValidationError):
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False)
        )
        return f"settings: {faults}. docs/operate.md lists every setting"
    if isinstance(error, OperationalError):
        return (
            f"the database does not do its work: {error.orig}; check that it is running and that its disk has room, "
            "and try again: every change is written whole or not at all, so nothing has to be repaired"
        )
    return str(error) if isinstance(error, EXPECTED) else None
