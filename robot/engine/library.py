"""Definition versions: the ones on disk now, and every one a case has begun with."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import structlog
from sqlmodel import Session, col, select

from robot.definition import Definition, DefinitionError, discover, load, pack, unpack
from robot.definition.contents import version as content_hash
from robot.store.database import Database
from robot.store.tables import DefinitionRow

log = structlog.get_logger(__name__)


class UnknownProcessError(Exception):
    """There is no such process, or no such version of it."""


class Library:
    """Loads a definition once per version and keeps it."""

    def __init__(
        self, database: Database, cache: Path, *, folders: Callable[[], Mapping[str, Path]] = discover
    ) -> None:
        """``cache``: where stored versions are unpacked. ``folders``: the process folders on disk, by name."""
        self._database = database
        self._cache = cache
        self._folders = folders
        self._loaded: dict[str, Definition] = {}
        self._current: dict[str, Definition] = {}
        self._archives: dict[str, bytes] = {}
        self._stored: dict[str, Definition] = {}

    def processes(self) -> list[str]:
        """The names of the process folders on disk."""
        return sorted(self._folders())

    def current(self, process: str) -> Definition:
        """The version on disk, as it was when this program first used it.

        Raises:
            UnknownProcessError: There is no such process; the message lists those there are.
            DefinitionError: The folder has errors; `arende check` shows them.

        """
        if process not in self._current:
            folders = self._folders()
            if process not in folders:
                msg = f"there is no process {process!r}; there are: {', '.join(sorted(folders))}"
                raise UnknownProcessError(msg)
            self._current[process] = self.read(folders[process])
        return self._current[process]

    def newest(self, process: str) -> Definition:
        """The version on disk, or where the process is no longer run the one that was used last.

        Raises:
            UnknownProcessError: There is no such process, and never was.

        """
        try:
            return self.current(process)
        except (UnknownProcessError, DefinitionError):
            with self._database.read() as session:
                used = col(DefinitionRow.first_used_at).desc()
                query = select(DefinitionRow.version).where(DefinitionRow.process == process).order_by(used)
                last = session.exec(query.limit(1)).first()
            if last is None:
                raise
            return self.stored(process, last)

    def read(self, folder: Path) -> Definition:
        """The version in a folder, with its archive of the same bytes: somebody may be editing it right now.

        Raises:
            DefinitionError: The folder has errors.

        """
        while True:
            definition, archive = load(folder), pack(folder)
            if content_hash(folder) == definition.version:
                self._loaded[definition.version] = definition
                self._archives[definition.version] = archive
                return definition

    def get(self, process: str, version: str) -> Definition:
        """The version that a case keeps, from the database when it is no longer the one on disk.

        Raises:
            UnknownProcessError: The version was never stored.

        """
        if version not in self._loaded:
            self._look_on_disk(process)
        return self._loaded[version] if version in self._loaded else self.stored(process, version)

    def stored(self, process: str, version: str) -> Definition:
        """The version as it was stored whole, whatever the folder on disk says: what a decision is replayed with.

        Raises:
            UnknownProcessError: The version was never stored.
            PackageError: What is stored is not that version.

        """
        if version not in self._stored:
            with self._database.read() as session:
                row = session.get(DefinitionRow, version)
            if row is None:
                msg = f"version {version} of {process} is not in the database, so its cases cannot go on"
                raise UnknownProcessError(msg)
            self._loaded[version] = self._stored[version] = load(unpack(row.archive, self._cache, version))
        return self._stored[version]

    def _look_on_disk(self, process: str) -> None:
        try:
            self.current(process)
        except (UnknownProcessError, DefinitionError) as error:
            # The case does not need the folder of today: its own version is stored whole.
            log.warning("library.folder_unusable", process=process, error=type(error).__name__)

    def keep(self, session: Session, definition: Definition, *, now: datetime) -> None:
        """Store the version whole, in the caller's transaction, the first time a case begins with it."""
        if session.get(DefinitionRow, definition.version) is None:
            archive = self._archives[definition.version]
            row = DefinitionRow(version=definition.version, process=definition.id, first_used_at=now, archive=archive)
            session.add(row)
            session.flush()
