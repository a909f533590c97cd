"""Whether the robot can work: the checks behind `/readyz`, for worker, scheduler and desk alike."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select, update

from audit.errors import AuditError
from audit.keyfile import read_key_file
from audit.vault.keys import KeyRing, MasterKey
from audit.vault.tables import CaseKeyRow
from robot.engine.house import House
from robot.engine.keepers import keeper_is_service
from robot.store.database import DatabaseError
from robot.store.tables import CaseRow

LEAST_FREE_BYTES = 200 * 1024 * 1024
LONGEST_SILENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Health:
    """One check: what was looked at, and what is wrong in words for drift; an empty text means nothing."""

    name: str
    wrong: str = ""


Check = Callable[[House], str]


def health_of(house: House, *, silent_seconds: Callable[[], float] | None = None) -> list[Health]:
    """Every check, whatever the others say. ``silent_seconds``: since when the scheduler here has not beaten."""
    found = [Health(name, check(house)) for name, check in _CHECKS.items()]
    if silent_seconds is not None:
        found.append(Health("scheduler", _silence(silent_seconds())))
    return found


def _database(house: House) -> str:
    try:
        with house.database.read() as session:
            session.exec(select(1)).one()
    except SQLAlchemyError as error:
        # The error's own text may hold the address with its password.
        return f"the database does not answer ({type(error).__name__})"
    return ""


def _schema(house: House) -> str:
    try:
        return house.database.outdated()
    except (DatabaseError, SQLAlchemyError) as error:
        return f"the schema cannot be read ({type(error).__name__})"


def _keys(house: House) -> str:
    try:
        if not keeper_is_service():
            read_key_file(house.settings.draw_key)
        ring = KeyRing(MasterKey.from_file(house.settings.master_key))
        with house.database.read() as session:
            key = session.exec(select(CaseKeyRow).limit(1)).first()
        if key is not None:
            ring.unwrap(key.case_ref, key.wrapped, key.nonce)
    except AuditError as error:
        return str(error)
    except SQLAlchemyError as error:
        return f"the vault does not answer ({type(error).__name__})"
    return ""


def _journal(house: House) -> str:
    try:
        with house.database.write() as session:
            # Takes the right to write without writing: a standby or a read-only disk refuses already this.
            session.execute(update(CaseRow).where(col(CaseRow.ref) == "").values(revision=0))
    except SQLAlchemyError as error:
        return f"the journal cannot be written ({type(error).__name__})"
    return ""


def _log(house: House) -> str:
    try:
        return house.logbook().wrong()
    except (AuditError, SQLAlchemyError) as error:
        return f"the log cannot be read ({type(error).__name__})"


def _disk(house: House) -> str:
    free = shutil.disk_usage(house.settings.data).free
    if free >= LEAST_FREE_BYTES:
        return ""
    return f"{free // 2**20} MB are free in {house.settings.data}; at least {LEAST_FREE_BYTES // 2**20} MB are needed"


def _silence(seconds: float) -> str:
    return "" if seconds <= LONGEST_SILENCE_SECONDS else f"the scheduler has not beaten for {seconds:.0f} seconds"


_CHECKS: dict[str, Check] = {
    "database": _database,
    "schema": _schema,
    "keys": _keys,
    "journal": _journal,
    "log": _log,
    "disk": _disk,
}


def told(found: list[Health]) -> Iterator[str]:
    """The checks as lines of text: ``database: ok``."""
    return (f"{health.name}: {health.wrong or 'ok'}" for health in found)
