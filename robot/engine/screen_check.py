"""The day's first look at every screen, with a test person: what has changed is told before any case meets it."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from audit.clock import Clock
from audit.log.entry import Actor
from audit.log.journal import Journal
from robot.definition import Definition
from robot.engine.brake import Brakes, Puller
from robot.engine.connect import Connections
from robot.engine.library import Library
from robot.engine.screen_results import ACCEPTED, CHAIN, CHECKED, ScreenResult, results_of
from robot.engine.working_days import SWEDEN
from robot.gui.bot import Bot
from robot.gui.by_keys import ByKeys
from robot.gui.met import forget_met, read_met
from robot.gui.proposals import keep
from robot.gui.recorded import Contract
from robot.gui.screen import ScreenFile
from robot.gui.screen_check import Checked, check_screen
from robot.settings import Settings
from robot.steps._screen import stopped
from robot.store.database import Database, alone

log = structlog.get_logger(__name__)
PULLER = Puller("gui.check", "Skärmkontrollen", person=False)


class ScreenCheckError(Exception):
    """The screens cannot be rehearsed; the message says what is missing."""


class ScreenCheck:
    """Rehearses the screens of a process, journals each result, and pulls the brake on a screen that has changed."""

    def __init__(self, settings: Settings, database: Database, journal: Journal, brakes: Brakes, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._journal = journal
        self._brakes = brakes
        self._clock = clock

    def look(self, library: Library) -> None:
        """Rehearse what has not been rehearsed since the hour of the settings, for every process with a test person."""
        for path in sorted(self._settings.screen_check.glob("*.json")):
            if self._due(path.stem):
                asyncio.run(self.check(library.current(path.stem)))

    def _due(self, process: str) -> bool:
        now = self._clock.now().astimezone(SWEDEN)
        planned = now.replace(hour=self._settings.screen_check_hour, minute=0, second=0, microsecond=0)
        if planned > now:
            planned -= timedelta(days=1)
        results = self.results(process)
        return not results or max(one.at for one in results) < planned

    async def check(self, definition: Definition, screens: Sequence[str] = ()) -> list[Checked]:
        """Rehearse all screens of a process, or some of them, with the process's test person.

        Raises:
            ScreenCheckError: There is no test person.
            SettingMissingError: A case system has no address or login.

        """
        person = read_test_person(self._settings.screen_check, definition.id)
        connections = Connections(self._settings, self._clock, self.by_keys([definition.id]))
        try:
            found = []
            for name, screen in definition.screens.items():
                if not screens or name in screens:
                    bot = connections.services.bots[screen.system]
                    checked = await self._one(definition, screen, bot, person.values(name))
                    self.note(definition.id, screen, checked, connections.by_keys.of(screen))
                    found.append(checked)
            return found
        finally:
            await connections.aclose()

    async def _one(self, definition: Definition, screen: ScreenFile, bot: Bot, values: Mapping[str, Any]) -> Checked:
        folder = definition.folder / "screens"
        text = (folder / f"{screen.id}.yaml").read_text(encoding="utf-8")
        day = self._clock.now().astimezone(SWEDEN).date().isoformat()
        met = read_met(self._settings.proposals, screen)
        checked = await check_screen(bot, text, contract_beside(screen), values, day, met=met)
        if checked.proposed is not None:
            keep(self._settings.proposals, definition.id, text, checked, checked.proposed)
        forget_met(self._settings.proposals, screen)
        return checked

    def note(self, process: str, screen: ScreenFile, checked: Checked, by_keys: Iterable[tuple[str, str]] = ()) -> None:
        """Journal the result, and pull the brake when nobody should write this screen now.

        ``by_keys``: page and label of the fields that had to be typed key by key.
        """
        failure = checked.failure
        body = {
            "screen": screen.id,
            "system": screen.system,
            "code": "" if failure is None else failure.code,
            "changes": [change.english for change in checked.changes],
            "proposed": checked.proposed is not None,
            "by_keys": sorted(list(field) for field in by_keys),
        }
        self._append(process, CHECKED, Actor(kind="system", id=PULLER.id), body, {})
        if failure is None:
            return
        log.warning("screen.changed", process=process, screen=screen.id, code=failure.code)
        scope = stopped(screen, failure)
        if scope is not None:
            self._brakes.pull(process, scope, PULLER, code=failure.code)

    def accepted(self, process: str, screen: str, person: Puller, reason: str, files: Mapping[str, str]) -> None:
        """Journal that a person accepted a proposed screen file. ``files``: SHA-256 before and after, hex."""
        body = {"screen": screen, "name": person.name, **files}
        self._append(process, ACCEPTED, person.actor, body, {"reason": reason})

    def by_keys(self, processes: Iterable[str]) -> ByKeys:
        """The fields of these processes' screens that want typing, as their newest checks found."""
        results = [one for process in processes for one in self.results(process)]
        return ByKeys((one.system, one.screen, field) for one in results for field in one.by_keys)

    def results(self, process: str) -> list[ScreenResult]:
        """The newest result of each screen, by name."""
        with self._database.read() as session:
            entries = self._journal.entries(session, CHAIN + process)
        return results_of(process, entries)

    def _append(
        self, process: str, kind: str, actor: Actor, body: Mapping[str, Any], personal: Mapping[str, Any]
    ) -> None:
        with self._database.write() as session:
            alone(session, CHAIN + process)
            self._journal.append(session, CHAIN + process, kind, actor=actor, body=dict(body), personal=dict(personal))


def contract_beside(screen: ScreenFile) -> Contract | None:
    """The contract that the screen's pages carry; None when it was never recorded."""
    pages = [page.recorded for page in (*screen.open, *screen.pages, *screen.look) if page.recorded is not None]
    return Contract(screen=screen.id, recorded="", pages=tuple(pages)) if pages else None


@dataclass(frozen=True, slots=True)
class StandIn:
    """What a rehearsal writes, by the names of facts and rules. ``own``: what differs for one screen, by screen."""

    common: Mapping[str, Any]
    own: Mapping[str, Mapping[str, Any]]

    def values(self, screen: str) -> dict[str, Any]:
        """The values for a screen."""
        return {**self.common, **self.own.get(screen, {})}


def read_test_person(folder: Path, process: str) -> StandIn:
    """The test person of a process: `<folder>/<process>.json`, amounts as text.

    Under `screens` may stand, by screen, what is another value there: a decision is for a month that has a calculation,
    and a calculation for one that has none.

    Raises:
        ScreenCheckError: The file is not there, or is no JSON object.

    """
    path = folder / f"{process}.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        msg = f"{process} has no test person: write the values of its screens into {path}"
        raise ScreenCheckError(msg) from None
    except json.JSONDecodeError as error:
        msg = f"{path.name} is not JSON: {error.msg}, line {error.lineno}"
        raise ScreenCheckError(msg) from error
    own = found.pop("screens", {}) if isinstance(found, dict) else None
    if not isinstance(own, dict) or not all(isinstance(one, dict) for one in own.values()):
        msg = f"{path.name} must hold one JSON object: values by the names of facts and rules, and `screens` by screen"
        raise ScreenCheckError(msg)
    return StandIn(found, own)
