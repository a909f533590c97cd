"""Definition versions: the ones on disk now, and every one a case has begun with."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from robot.definition import Definition, discover, load, pack, unpack
from robot.store.database import Database
from robot.store.tables import DefinitionRow


class UnknownProcessError(Exception):
    """There is no such process, or no such version of it."""


class Library:
    """Loads a definition once per version and keeps it."""

    def __init__(self, database: Database, cache: Path) -> None:
        self._database = database
        self._cache = cache
        self._loaded: dict[str, Definition] = {}
        self._current: dict[str, Definition] = {}

    def current(self, process: str) -> Definition:
        """The version on disk, as it was when this program first used it.

        Raises:
            UnknownProcessError: There is no such process; the message lists those there are.
            DefinitionError: The folder has errors; `arende check` shows them.

        """
        if process not in self._current:
            folders = discover()
            if process not in folders:
                msg = f"there is no process {process!r}; there are: {', '.join(sorted(folders))}"
                raise UnknownProcessError(msg)
            definition = load(folders[process])
            self._current[process] = self._loaded[definition.version] = definition
        return self._current[process]

    def get(self, process: str, version: str) -> Definition:
        """The version that a case keeps, from the database when it is no longer the one on disk.

        Raises:
            UnknownProcessError: The version was never stored.

        """
        if version not in self._loaded and self.current(process).version != version:
            with self._database.read() as session:
                row = session.get(DefinitionRow, version)
            if row is None:
                msg = f"version {version} of {process} is not in the database, so its cases cannot go on"
                raise UnknownProcessError(msg)
            self._loaded[version] = load(unpack(row.archive, self._cache, version))
        return self._loaded[version]

    def keep(self, session: Session, definition: Definition, *, now: datetime) -> None:
        """Store the version whole, in the caller's transaction, the first time a case begins with it."""
        if session.get(DefinitionRow, definition.version) is None:
            archive = pack(definition.folder)
            row = DefinitionRow(version=definition.version, process=definition.id, first_used_at=now, archive=archive)
            session.add(row)
            session.flush()
