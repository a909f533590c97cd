"""The journal in other formats: each is read back and says what the journal says, and nothing personal."""

import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from audit.export import ocel, prov, record, xes
from audit.log.entry import Actor, Entry, leaf_hash
from robot.cli.main import build
from robot.engine.house import House
from robot.steps.base import Draft
from robot.store.tables import CaseRow
from testbed.scenario.numbers import published
from tests.desk import world

XES = "{http://www.xes-standard.org/}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with cases in every state."""
    built = world.build(tmp_path_factory.mktemp("views"))
    world.fill(built)
    yield built
    built.close()


@pytest.fixture(scope="module")
def cases(house: House) -> list[list[Entry]]:
    """The entries of each case, the shortest first."""
    with house.database.read() as session:
        refs = session.exec(select(CaseRow.ref)).all()
        return sorted((house.ledger.journal.entries(session, ref) for ref in refs), key=len)


def test_the_event_log_has_every_entry_once(house: House, cases: list[list[Entry]]) -> None:
    """Each entry is one event with its time, related to its case and its actor; every relation leads to an object."""
    told = ocel.document(cases, house.vault.keys.alias)
    assert [event["id"] for event in told["events"]] == [f"{e.case}#{e.case_seq}" for case in cases for e in case]
    objects = {thing["id"] for thing in told["objects"]}
    types = {kind["name"] for kind in told["objectTypes"]}
    assert {thing["type"] for thing in told["objects"]} == types
    assert {one["objectId"] for event in told["events"] for one in event["relationships"]} <= objects
    for kind, ones in (("eventTypes", told["events"]), ("objectTypes", told["objects"])):
        declared = {one["name"]: {attribute["name"] for attribute in one["attributes"]} for one in told[kind]}
        assert all({a["name"] for a in one["attributes"]} <= declared[one["type"]] for one in ones)


def test_the_event_log_as_a_database_says_the_same(house: House, cases: list[list[Entry]], tmp_path: Path) -> None:
    """Every event lies in the table of its type with its time, and the relations are the same as in the JSON."""
    told = ocel.document(cases, house.vault.keys.alias)
    assert ocel.write_sqlite(cases, house.vault.keys.alias, tmp_path / "log.sqlite") == len(told["events"])
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as database:
        tables = dict(database.execute("SELECT ocel_type, ocel_type_map FROM event_map_type"))
        found = [
            (kind, *row)
            for kind, table in tables.items()
            for row in database.execute(f'SELECT ocel_id, ocel_time FROM "event_{table}"')  # noqa: S608 - names from the map
        ]
        related = set(database.execute("SELECT * FROM event_object"))
    assert sorted(found) == sorted((event["type"], event["id"], event["time"]) for event in told["events"])
    assert related == {
        (e["id"], one["objectId"], one["qualifier"]) for e in told["events"] for one in e["relationships"]
    }


def test_a_trace_is_a_case(house: House, cases: list[list[Entry]]) -> None:
    """The flat log has one trace per case with its entries' types in order."""
    written = io.BytesIO()
    xes.write(cases, house.vault.keys.alias, written)
    written.seek(0)
    traces = parse(written).getroot().findall(f"{XES}trace")  # noqa: S314 - written above
    names = [
        [
            next(s.get("value") for s in e.findall(f"{XES}string") if s.get("key") == "concept:name")
            for e in trace.findall(f"{XES}event")
        ]
        for trace in traces
    ]
    assert names == [[entry.type for entry in case] for case in cases]


def test_a_decision_leads_back_to_its_answers(house: House, cases: list[list[Entry]]) -> None:
    """From the decision over the proposal, every answer that came before it is reached, each by its commitments."""
    case = cases[-1]
    told = prov.document(case, house.vault.keys.alias)
    used = {one["prov:entity"] for one in told["used"].values()}
    proposed = next(entry for entry in case if entry.type == "decision.proposed")
    answers = {
        f"ar:{entry.case}-{entry.case_seq}"
        for entry in case
        if entry.type in {"case.opened", "register.answered", "doc.read"} and entry.case_seq < proposed.case_seq
    }
    assert answers <= used <= told["entity"].keys()
    assert all("ar:commitment" in told["entity"][answer] for answer in answers)


def test_the_record_is_the_journals_decision(house: House, cases: list[list[Entry]]) -> None:
    """Outcome, öre, rules and probability are those of the entries, and the id is the leaf that receipts prove."""
    case = cases[-1]
    told = record.record(case, house.vault.keys.alias)
    made = next(entry for entry in case if entry.type == "decision.made")
    assert told is not None
    assert told["decision_id"] == leaf_hash(made.canonical()).hex()
    assert told["result"] == {"outcome": made.body["outcome"], "amount_ore": made.body["amount_ore"]}
    assert told["rules"] == case[0].body["version"]
    assert told["inclusion_probability"] == "1/20"
    assert record.record(cases[0], house.vault.keys.alias) is None


def test_a_person_is_told_who_has_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reading of the person's cases is listed with its reason; another person's number finds nothing."""
    built = world.build(tmp_path)
    ref = world.fill(built)["decided"]
    built.ledger.note(
        ref, Draft("access.read", {"why": "handläggning", "values": True}), actor=Actor(kind="person", id="anna")
    )
    built.close()
    monkeypatch.setenv("ARENDE_DATA", str(tmp_path))
    told = CliRunner().invoke(build(), ["audit", "access", "--json"], input=world.NUMBERS["decided"])
    assert [(one["case"], one["by"], one["why"]) for one in json.loads(told.stdout)] == [(ref, "anna", "handläggning")]
    assert CliRunner().invoke(build(), ["audit", "access"], input=published()[-1]).exit_code == 1


def test_nothing_personal_leaves(house: House, cases: list[list[Entry]]) -> None:
    """Neither a number, a name, a telephone nor an amount stands in any of the event logs."""
    flat = io.BytesIO()
    xes.write(cases, house.vault.keys.alias, flat)
    logs = [json.dumps(ocel.document(cases, house.vault.keys.alias)), flat.getvalue().decode()]
    logs += [json.dumps(prov.document(case, house.vault.keys.alias)) for case in cases]
    secrets = [*world.NUMBERS.values(), "Testsson", "0701740605", "1084200", "10842"]
    assert [secret for log in logs for secret in secrets if secret in log] == []
