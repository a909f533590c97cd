"""The whole thing once: a municipality, applications in the intake folder, a worker, and what came of it."""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from audit.keyfile import create_key_file
from robot.engine.case import CaseState
from robot.engine.cases import list_cases
from robot.engine.house import House
from robot.engine.intake import Intake
from robot.engine.worker import Worker
from robot.settings import Settings
from testbed.agreement import JournalCase, compare
from testbed.judge import wrong_against
from testbed.municipality import Municipality
from testbed.observe import observe
from testbed.report import Report, report_of
from testbed.scenario.generate import Scenario

LOOK_SECONDS = 0.2
# Longer than any single step may take. A case that has not moved for so long is lost, and the run says so.
STUCK_SECONDS = 180.0

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run: the report, and the reasons' titles in Swedish."""

    report: Report
    titles: dict[str, str]


class Demo:
    """One run in its own folder. Call `run` once, and `stop` when the worker is not needed any more."""

    def __init__(self, scenario: Scenario, municipality: Municipality, folder: Path, *, faulty: bool) -> None:
        self.scenario = scenario
        self._municipality = municipality
        self._faulty = faulty
        self.data = folder / "robot"
        self.environment = municipality.environment() | {
            "ARENDE_DATA": str(self.data),
            "ARENDE_INTAKE_FOLDER": str(self.data / "intake"),
            "ARENDE_DATABASE_URL": "",
            "ARENDE_ACCOUNTS_FILE": str(folder / "accounts.json"),
        }
        # Connectors read their own settings from the environment, so the run has to stand there.
        os.environ.update(self.environment)
        secrets = self.data / "secrets"
        secrets.mkdir(parents=True, exist_ok=True)
        # Keys and case references from the seed, so that the same seed draws the same. Only a simulation may.
        random = Random(scenario.seed)
        for name in ("master.key", "draw.key"):
            create_key_file(secrets / name, random.randbytes)
        create_key_file(secrets / "log.key", Random(f"log {scenario.seed}").randbytes)
        house = House.build(Settings(), clock=municipality.clock)
        seeded = Intake(
            house.ledger, house.library, subject_index=house.vault.keys.subject_index, random_bytes=random.randbytes
        )
        self._house = replace(house, intake=seeded)
        self.worker = Worker(Settings(), house=self._house)

    def run(self, progress: Progress) -> Outcome:
        """Hand in every application, wait until no case is running, and compare. ``progress``: how many have ended."""
        began = time.monotonic()
        refused = self._hand_in()
        self.worker.start()
        self._wait(progress)
        seconds = time.monotonic() - began
        return self._outcome(seconds, refused)

    def stop(self) -> None:
        """Stop the worker."""
        self.worker.stop()
        self._house.close()

    def _hand_in(self) -> list[str]:
        folder = self.worker.house.settings.intake
        folder.mkdir(parents=True, exist_ok=True)
        for case in self.scenario.cases:
            path = folder / f"{case.application['ansokan_id']}.json"
            path.write_text(json.dumps(case.application, ensure_ascii=False), encoding="utf-8")
        self.worker.house.folder().poll()
        return [f"{path.stem}: refused at intake" for path in sorted((folder / "avvisade").glob("A-*.json"))]

    def _wait(self, progress: Progress) -> None:
        seen, since = -1, time.monotonic()
        while time.monotonic() - since < STUCK_SECONDS:
            finished, moved = self._counts()
            progress(finished)
            if self.worker.idle():
                return
            if moved != seen:
                seen, since = moved, time.monotonic()
            time.sleep(LOOK_SECONDS)

    def _counts(self) -> tuple[int, int]:
        """How many cases are finished, and a number that grows with every journal entry."""
        with self.worker.house.database.read() as session:
            rows = list_cases(session, restricted=True)
            return sum(row.status != "running" for row in rows), sum(row.revision for row in rows)

    def _outcome(self, seconds: float, refused: Sequence[str]) -> Outcome:
        house = self.worker.house
        with house.database.read() as session:
            rows = list_cases(session, restricted=True)
            titles = {reason["code"]: reason["title"] for row in rows for reason in row.reasons}
            refs = [row.ref for row in rows]
        cases = [journal_case(house.ledger.load(ref)) for ref in refs]
        expected = {case.application["ansokan_id"]: case.expected for case in self.scenario.cases}
        judged = [wrong_against(expected[case.application], case, faulty=self._faulty) for case in cases]
        lost = sorted(expected.keys() - {case.application for case in cases} - {line.split(":")[0] for line in refused})
        wrong = [*refused, *(f"{name}: handed in but not in the journal" for name in lost), *filter(None, judged)]
        observed = observe(self._municipality.urls)
        report = report_of(
            cases, notices=observed.notices, disagreements=compare(observed, cases), wrong=wrong, seconds=seconds
        )
        return Outcome(report, titles)


def journal_case(state: CaseState) -> JournalCase:
    """What the journal says of a case, with the application's own fields from the vault."""
    application = state.facts["ansokan"].value
    applicant = application["sokande"]
    ended = state.closed_at or (state.review.opened_at if state.review else state.opened_at)
    decision = state.decision
    return JournalCase(
        application=application["ansokan_id"],
        person=applicant["personnummer"],
        phone=applicant["telefon"],
        email=applicant["epost"],
        month=application["manad"],
        status=state.status,
        decided_by_robot=decision is not None and decision.by == "robot",
        sampled=state.ticket is not None and state.ticket.picked,
        outcome=None if decision is None else decision.outcome,
        amount_ore=None if decision is None else int(decision.amount * 100),
        reasons=tuple(reason.code for reason in state.review.reasons) if state.review else (),
        seconds=(ended - state.opened_at).total_seconds(),
    )
