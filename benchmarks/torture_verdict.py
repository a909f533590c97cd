"""What a torture has left behind: lost cases, doubled effects, effects without intent, wrong ends."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from audit.log.check import check_all
from audit.log.entry import Entry
from audit.log.tables import EntryRow
from connectors.epost.message import message_id
from connectors.manifest import discover
from robot.engine.cases import list_cases
from robot.engine.house import House
from testbed.agreement import FINAL, JournalCase, compare
from testbed.demo import journal_case
from testbed.judge import wrong_against
from testbed.municipality import Municipality
from testbed.observe import Observed, observe
from testbed.scenario.generate import Scenario

CASE_SYSTEM = "verksamhetssystem"
SCREENS = {"calculations": "berakning", "decisions": "beslut", "payments": "utbetalning", "notes": "journalanteckning"}


@dataclass(frozen=True, slots=True)
class Intent:
    """An effect that the journal says will be tried: of which case and kind, and when it was written."""

    case: str
    effect: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """Something that has happened outside, ``count`` times. ``intent``: what the journal says of it, if anything."""

    intent: Intent | None
    at: datetime | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every fault as a sentence, with applications' ids; ``handed_over``: cases that a person rightly has to look at.

    ``cases``: how many ended, by status.
    """

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    without_intent: tuple[str, ...]
    wrong: tuple[str, ...]
    handed_over: int
    cases: Mapping[str, int]

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.without_intent or self.wrong)


def judge(scenario: Scenario, accepted: Iterable[str], town: Municipality, house: House) -> Verdict:
    """Hold the journal against the world outside and the scenario. ``accepted``: ids of what was handed in."""
    with house.database.read() as session:
        refs = [row.ref for row in list_cases(session, restricted=True)]
        intents = _intents(session)
        broken = [f"journal: {problem}" for problem in check_all(session, house.vault).problems]
    cases = {ref: journal_case(house.ledger.load(ref)) for ref in refs}
    names = {ref: case.application for ref, case in cases.items()}
    observed = observe(town.urls)
    records = list(_records(observed, town.letters, intents, cases))
    expected = {case.application["ansokan_id"]: case.expected for case in scenario.cases}
    rightly = {case.application for case in cases.values() if _asks_after_an_effect(case)}
    judged = [
        wrong_against(expected[case.application], case, faulty=case.application in rightly)
        for case in cases.values()
        if case.status != "running"
    ]
    running = {case.application for case in cases.values() if case.status == "running"}
    return Verdict(
        lost=tuple(sorted((set(accepted) - set(names.values())) | running)),
        doubled=(*_twice(names.values()), *doubled_effects(records, names)),
        without_intent=tuple(unintended(records, names)),
        wrong=(*filter(None, judged), *compare(observed, list(cases.values())), *broken),
        handed_over=len(rightly),
        cases=dict(sorted(Counter(case.status for case in cases.values()).items())),
    )


def _intents(session: Session) -> dict[str, Intent]:
    """By the effect's key; the first, when it was intended again."""
    rows = session.exec(select(EntryRow.data).where(EntryRow.type == "effect.intended").order_by(col(EntryRow.id)))
    found: dict[str, Intent] = {}
    for entry in map(Entry.parse, rows):
        found.setdefault(entry.body["key"], Intent(entry.case, entry.body["effect"], entry.at()))
    return found


def _records(
    observed: Observed, letters: Path, intents: Mapping[str, Intent], cases: Mapping[str, JournalCase]
) -> Iterator[Record]:
    for sms in observed.sms:
        yield Record(intents.get(sms["key"]), datetime.fromisoformat(sms["at"]))
    by_mail = {message_id(key, "@example.se"): intent for key, intent in intents.items()}
    for mail in observed.mails:
        yield Record(by_mail.get(mail["message_id"]), count=mail["count"])
    for pdf in letters.rglob("*.pdf"):
        yield Record(intents.get(pdf.stem))
    written = {(intent.case, intent.effect): intent for intent in reversed(list(intents.values()))}
    months = {(case.person, case.month): ref for ref, case in cases.items()}
    references = {f"AR-{ref.removeprefix('c_')[:10].upper()}": ref for ref in cases}
    for table, screen in SCREENS.items():
        for row in getattr(observed, table):
            if table != "calculations" or row["status"] == FINAL:
                ref = _noted(row, references) if table == "notes" else months.get((row["personnummer"], row["month"]))
                at = datetime.fromisoformat(row.get("saved_at") or row["created_at"])
                yield Record(written.get((ref or "", f"{CASE_SYSTEM}.{screen}")), at)


def _noted(row: Mapping[str, Any], references: Mapping[str, str]) -> str | None:
    return next((ref for reference, ref in references.items() if reference in row["text"]), None)


def _twice(applications: Iterable[str]) -> Iterator[str]:
    for application, times in Counter(applications).items():
        if times > 1:
            yield f"{application}: {times} cases"


def doubled_effects(records: Sequence[Record], names: Mapping[str, str]) -> Iterator[str]:
    """What a case did more than once, whichever channel it went through. ``names``: applications' ids by case."""
    times: Counter[tuple[str, str]] = Counter()
    for record in records:
        if record.intent is not None:
            times[record.intent.case, record.intent.effect.partition(".")[2]] += record.count
    for (case, effect), count in times.items():
        if count > 1:
            yield f"{names.get(case, case)}: {effect} {count} times"


def unintended(records: Sequence[Record], names: Mapping[str, str]) -> Iterator[str]:
    """What has happened outside without an entry before it that intended it."""
    for record in records:
        if record.intent is None:
            yield f"a record from {record.at or 'an unknown time'} that no entry intended"
        elif record.at is not None and record.at < record.intent.at:
            yield f"{names.get(record.intent.case, record.intent.case)}: {record.intent.effect} was intended afterwards"


def _asks_after_an_effect(case: JournalCase) -> bool:
    """Whether a person is asked to look for an effect that nothing but a person can find out about."""
    human = [name for name, one in discover().items() if getattr(one.manifest, "recover", "verify") == "human"]
    return any(code.startswith(tuple(f"effekt.{name}." for name in human)) for code in case.reasons)
