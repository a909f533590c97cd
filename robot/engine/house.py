"""Puts the robot together from its settings: database, journal, queue, library, intake, reviews."""

import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlmodel import func, select

from audit.clock import Clock
from audit.keyfile import create_key_file
from audit.log.journal import Journal
from audit.log.tables import EntryRow
from audit.vault.keys import MasterKey
from audit.vault.vault import Vault
from robot.definition import discover
from robot.engine.brake import Brakes
from robot.engine.clock import clock_for
from robot.engine.correction import Corrections
from robot.engine.deadlines import Deadlines
from robot.engine.drawing import Drawing
from robot.engine.drift import DriftWatch
from robot.engine.gallring import Gallring
from robot.engine.intake import Intake
from robot.engine.intake_folder import Folder
from robot.engine.keepers import keeper_door, keeper_is_service
from robot.engine.ledger import Ledger
from robot.engine.library import Library
from robot.engine.logbook import Logbook
from robot.engine.periods import Periods
from robot.engine.queue import Queue
from robot.engine.review import Reviews
from robot.engine.sample_reviews import SampleReviews
from robot.engine.screen_check import ScreenCheck
from robot.engine.traces import traces_of
from robot.settings import Settings
from robot.store.database import Database, DatabaseError


@dataclass(frozen=True)
class House:
    """Everything that works on cases, but does not run them."""

    settings: Settings
    clock: Clock
    database: Database
    vault: Vault
    ledger: Ledger
    library: Library
    queue: Queue
    intake: Intake
    reviews: Reviews
    brakes: Brakes
    deadlines: Deadlines
    drift: DriftWatch

    @classmethod
    def build(
        cls, settings: Settings, *, clock: Clock | None = None, folders: Callable[[], Mapping[str, Path]] = discover
    ) -> Self:
        """Open the database, bring it up to date, and make what is missing on a first start.

        ``folders`` finds the process folders by name.

        Raises:
            DatabaseError: The database cannot be used, or holds cases that no key opens.
            KeyFileError: A key file is not what it should be.

        """
        settings.data.mkdir(parents=True, exist_ok=True)
        own_clock = clock or clock_for(settings)
        database = Database(settings.database)
        database.upgrade()
        queue = Queue(database)
        queue.prepare()
        _first_keys(settings, database)
        vault = Vault(MasterKey.from_file(settings.master_key))
        journal = Journal(own_clock, vault)
        ledger = Ledger(database, journal, queue, own_clock)
        brakes = Brakes(database, journal)
        library = Library(database, settings.data / "definitions", folders=folders)
        return cls(
            settings,
            own_clock,
            database,
            vault,
            ledger,
            library,
            queue,
            Intake(ledger, library, subject_index=vault.keys.subject_index),
            Reviews(ledger, library),
            brakes,
            Deadlines(ledger, library, delay_notice_days=settings.delay_notice_days),
            DriftWatch(database, brakes, own_clock, recent=settings.drift_recent, at_least=settings.drift_at_least),
        )

    def drawing(self) -> Drawing:
        """The stickprov draw, with connections of its own to the keeper: close them with ``keeper.aclose()``."""
        return Drawing(self.database, self.ledger.journal, keeper_door(self.settings, self.clock))

    @property
    def sample_reviews(self) -> SampleReviews:
        """The reviews of the stickprov."""
        return SampleReviews(self.ledger, self.library)

    def periods(self) -> Periods:
        """The periods of the stickprov, with connections of their own to the keeper."""
        return Periods(self.ledger, self.library, self.drawing(), self.brakes)

    def logbook(self) -> Logbook:
        """The log over all entries: integrates, and signs where the key is."""
        return Logbook(self.database, self.ledger.journal, self.clock, self.settings)

    def folder(self) -> Folder:
        """The intake folder."""
        return Folder(
            self.settings.intake,
            self.intake,
            process=self.settings.intake_process,
            clock=self.clock,
            refused_days=self.settings.refused_days,
        )

    def corrections(self) -> Corrections:
        """What finds and follows decisions that a faulty rule has touched."""
        return Corrections(self.ledger, self.library)

    @property
    def screen_check(self) -> ScreenCheck:
        """The rehearsal of the screens."""
        return ScreenCheck(self.settings, self.database, self.ledger.journal, self.brakes, self.clock)

    def gallring(self) -> Gallring:
        """What erases cases."""
        traces = traces_of(self.settings, self.clock)
        return Gallring(self.ledger, self.library, self.queue, traces, kommunkod=self.settings.kommunkod)

    def close(self) -> None:
        """Let go of the database."""
        self.queue.close()
        self.database.close()


def _first_keys(settings: Settings, database: Database) -> None:
    """Make the keys of a new installation. Never for a database with entries: a new key would not open them."""
    # A keeper that is a service has the draw key, and the robot must not.
    needed = [settings.master_key] if keeper_is_service() else [settings.master_key, settings.draw_key]
    missing = [path for path in needed if not path.exists()]
    if not missing:
        return
    with database.read() as session:
        entries = session.exec(select(func.count()).select_from(EntryRow)).one()
    if entries:
        names = ", ".join(str(path) for path in missing)
        msg = f"the database holds {entries} journal entries, but a key file is missing: {names}; restore it"
        raise DatabaseError(msg)
    # The log's key need not be where the robot is; a machine that starts the log has it.
    for path in (*missing, *([] if settings.log_key.exists() else [settings.log_key])):
        path.parent.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
        create_key_file(path)
