"""What the evidence costs: appending, signing, proving and verifying, beside bare commits in the same run."""

import asyncio
import hashlib
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from audit.canonical import JSONInput
from audit.clock import SystemClock
from audit.log import sequencer, tree
from audit.log.entry import Actor, leaf_hash, new_case_ref, timestamp
from audit.log.export import export_log
from audit.log.heads import Heads
from audit.log.journal import Journal, New
from audit.log.keys import log_keys
from audit.log.notary import Notary, keep
from audit.log.tables import ENTRIES, PENDING
from audit.vault.keys import MasterKey
from audit.vault.vault import Vault
from benchmarks.idle_town import Connections, hand_in, open_house
from robot.engine.replay import Replay
from robot.engine.runner import Runner
from robot.store.database import Database
from robot.store.tables import CaseRow

ORIGIN = "exempelkommun/matning/2026"
ACTOR = Actor(kind="robot", id="matning", build="arenderobot", rules="sha256:" + "0" * 64)
START = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 100
ROUNDS = 5
PROOFS = 2000
ENTRIES_PER_CASE = 50
ROWS_AT_ONCE = 10_000
REPLAYED = 200
_BODY: Mapping[str, JSONInput] = {
    "rule": "boendekostnad",
    "law": "SoL (2025:400) 12 kap. 7 §",
    "outcome": "bifall",
    "amount_ore": 482_300,
    "why": "Kostnaden ligger inom kommunens gräns för hushållets storlek." * 3,
}


def run(entries: int, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Appends and commits for about ``seconds`` seconds, then a log of ``entries`` entries signed, proven and verified.

    `ratio` figures are appends per second through bare commits per second, alternating in the same run. `cpu` figures
    are the processor's time, which a busy machine changes less. A replay is a whole case of the smallest process there
    is: five checks, proposal and decision, without a letter.
    """
    with tempfile.TemporaryDirectory(prefix="arende-bench-") as name:
        folder = Path(name)
        figures = _appends(folder, seconds)
        return {**figures, **_log(folder, entries, say), "replays_per_second": round(_replays(folder))}


def _appends(folder: Path, seconds: float) -> dict[str, Any]:
    database = _database(folder / "appends.sqlite")
    journal = Journal(SystemClock(), Vault(MasterKey(bytes(32))))
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE bare (id INTEGER PRIMARY KEY, data BLOB)"))
    cases = [new_case_ref(random.Random(number).randbytes) for number in range(64)]
    step = 0

    def append(count: int) -> int:
        nonlocal step
        step += 1
        with database.write() as session:
            news = [New("rule.evaluated", _BODY)] * count
            journal.append_all(session, cases[step % len(cases)], news, actor=ACTOR)
        return count

    def bare() -> int:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO bare (data) VALUES (?)", (bytes(500),))
        return 1

    def single() -> int:
        return append(1)

    def batched() -> int:
        return append(BATCH)

    def personal() -> int:
        with database.write() as session:
            values = {"inkomst": "12500.00", "namn": "Exempel"}
            journal.append(session, cases[0], "register.answered", actor=ACTOR, body=_BODY, personal=values)
        return 1

    kinds = {
        "bare_commits": bare,
        "single_appends": single,
        "batched_appends": batched,
        "appends_with_values": personal,
    }
    rates: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, work in kinds.items():
            rates[name].append(_rate(work, seconds / ROUNDS / len(kinds)))
    database.close()
    medians = {name: statistics.median(found) for name, found in rates.items()}
    bare_rate = medians["bare_commits"]
    return {
        **{f"{name}_per_second": round(rate) for name, rate in medians.items()},
        "single_ratio": round(medians["single_appends"] / bare_rate, 2),
        "batched_ratio": round(medians["batched_appends"] / bare_rate, 2),
    }


def _rate(work: Callable[[], int], seconds: float) -> float:
    done, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds or not done:
        done += work()
    return done / spent


def _log(folder: Path, entries: int, say: Callable[[str], None]) -> dict[str, Any]:
    database = _database(folder / "log.sqlite")
    say(f"writing {entries} entries")
    _fill(database, entries)
    say("giving them their places")
    began = time.perf_counter()
    while True:
        with database.write() as session:
            if not sequencer.integrate(session):
                break
    integrated = time.perf_counter() - began
    notary = Notary(ORIGIN, log_keys(ORIGIN, hashlib.sha256(b"bench").digest()), Heads(folder / "heads.sqlite"))
    say("signing")
    with database.read() as session:
        signing, head = _timed(lambda: notary.sign_whole(session, START))
    with database.write() as session:
        keep(session, head, START)
    again = _sign_again(database, notary)
    say("proving")
    walls, works = _proofs(database, head.size)
    say("exporting")
    with database.read() as session:
        exporting, _ = _timed(lambda: export_log(session, folder / "export", ORIGIN, keys=notary.keys.verifiers))
    database.close()
    say("verifying with arende-verify")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    verifying, code = _timed(lambda: _verify(folder / "export"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "entries": entries,
        "integrated_per_second": round(entries / integrated),
        "sign_whole_seconds": round(signing, 2),
        "sign_next_ms": round(again * 1000, 2),
        "inclusion_proof_p50_ms": round(walls[PROOFS // 2] * 1000, 3),
        "inclusion_proof_p99_ms": round(walls[PROOFS * 99 // 100] * 1000, 3),
        "inclusion_proof_p99_cpu_ms": round(works[PROOFS * 99 // 100] * 1000, 3),
        "export_seconds": round(exporting, 2),
        "verify_seconds": round(verifying, 2),
        "verify_cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "verify_exit_code": code,
        "verified_per_second": round(entries / verifying),
    }


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def _sign_again(database: Database, notary: Notary) -> float:
    """Median seconds from a written entry to its signed head, integration and both stores included."""
    journal, spent = Journal(SystemClock(), Vault(MasterKey(bytes(32)))), []
    for number in range(20):
        with database.write() as session:
            journal.append(session, f"matning-{number}", "rule.evaluated", actor=ACTOR, body=_BODY)
        began = time.perf_counter()
        with database.write() as session:
            sequencer.integrate(session)
        with database.read() as session:
            head = notary.sign(session, START)
        with database.write() as session:
            keep(session, head, START)
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def _proofs(database: Database, size: int) -> tuple[list[float], list[float]]:
    """Seconds of single inclusion proofs of random entries, by the clock and of the processor, each sorted.

    Nothing is remembered between two.
    """
    chosen, walls, works = random.Random(1), [], []
    with database.read() as session:
        for _ in range(PROOFS):
            index, worked = chosen.randrange(size), time.process_time()
            walls.append(_timed(lambda index=index: tree.inclusion(sequencer.StoredNodes(session), index, size))[0])  # type: ignore[misc] # bound now
            works.append(time.process_time() - worked)
    return sorted(walls), sorted(works)


def _verify(folder: Path) -> int:
    """Run the verifier as a controller does, in a process of its own."""
    command = (sys.executable, "-c", "import sys; from audit.verify.cli import main; sys.exit(main())")
    done = subprocess.run(  # noqa: S603 - our own command
        (*command, "log", str(folder), "--keys", str(folder / "keys")),
        check=False,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return done.returncode


def _replays(folder: Path) -> float:
    """Cases a second that are worked out again. Raises RuntimeError when one does not come out the same."""
    house = open_house(folder / "town", "")
    services = Connections(house.settings, house.clock).services
    runner = Runner(house.ledger, house.library, services, house.drawing(), house.brakes)
    refs = [hand_in(house, number) for number in range(REPLAYED)]
    for ref in refs:
        with house.database.read() as session:
            row = session.get_one(CaseRow, ref)
        asyncio.run(runner.segment(ref, row.job, row.queue))
    replay = Replay(house.database, house.ledger.journal, house.library)
    replay.case(refs[0])  # the stored rules are loaded once, however many cases there are
    spent, found = _timed(lambda: [replay.case(ref) for ref in refs])
    house.close()
    statuses = Counter(one.status if one.counts.get("decision.made") else "undecided" for one in found)
    if statuses["same"] != REPLAYED:
        raise RuntimeError(f"expected {REPLAYED} decisions that come out the same, found {dict(statuses)}")
    return REPLAYED / spent


def _database(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    return database


def _fill(database: Database, entries: int) -> None:
    """Chains of cases, written as fast as the database takes them."""
    rows, waiting = [], []
    for number, row in enumerate(_rows(entries), start=1):
        rows.append({"id": number, **row})
        waiting.append({"entry_id": number})
        if len(rows) == ROWS_AT_ONCE or number == entries:
            with database.engine.begin() as connection:
                connection.execute(insert(ENTRIES), rows)
                connection.execute(insert(PENDING), waiting)
            rows, waiting = [], []


def _rows(entries: int) -> Iterator[dict[str, Any]]:
    """Every case after another; the bytes are canonical, because all keys are ASCII and nothing floats."""
    seeded = random.Random(2)
    actor, case, before = ACTOR.model_dump(), "", b""
    for number in range(entries):
        case_seq = number % ENTRIES_PER_CASE
        if case_seq == 0:
            case, before = new_case_ref(seeded.randbytes), b""
        ts = timestamp(START + timedelta(seconds=number))
        type_ = "rule.evaluated" if case_seq else "case.opened"
        entry = {
            "v": 1,
            "ts": ts,
            "mono": number,
            "case": case,
            "case_seq": case_seq,
            "case_prev": before.hex() or None,
            "type": type_,
            "actor": actor,
            "intent": None,
            "causes": [],
            "body": _BODY,
            "pd": [],
        }
        data = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        before = leaf_hash(data)
        yield {"case_ref": case, "case_seq": case_seq, "type": type_, "ts": ts, "data": data, "leaf": before}
