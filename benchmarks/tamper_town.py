"""Honest logs, written by the robot's own evidence: cases, gallring, a change of keys, clock jumps and a stickprov."""

import io
import random
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, select

from audit.clock import ManualClock
from audit.log import sequencer
from audit.log.entry import Actor, Entry, new_case_ref
from audit.log.export import export_log, openings
from audit.log.heads import Heads
from audit.log.journal import Journal
from audit.log.keys import ROTATED, LogKeys, log_keys, rotations
from audit.log.notary import Notary, keep
from audit.log.note import Algorithm, SigningKey
from audit.log.tables import LOG_TABLES, EntryRow
from audit.stickprov.close import DrawHead, close_period, draw_follow_up, pick_more, write_reveal
from audit.stickprov.draw import question, write_ticket
from audit.stickprov.frame import frame, member
from audit.stickprov.keeper import IN_MEMORY, Keeper
from audit.stickprov.period import EVALUATED, NO_RANDOMNESS, Stratum, open_period, read_period, write_to
from audit.stickprov.scribe import Scribe
from audit.vault.erasure import erase
from audit.vault.keys import MasterKey
from audit.vault.tables import CaseKeyRow, ValueRow
from audit.vault.vault import Vault
from benchmarks.tamper_story import SIGNED, Signers, Story

ORIGIN = "exempel/ekonomiskt_bistand/2026"
LOG, PERIOD = "ekonomiskt_bistand", "2026-11"
CHAIN = f"stickprov-{LOG}-{PERIOD}"
KEYS_CHAIN = "logg-exempel_ekonomiskt_bistand_2026"
BEGINS = datetime(2026, 11, 3, 8, tzinfo=UTC)
ENDED = datetime(2026, 12, 2, 8, tzinfo=UTC)
ROBOT = Actor(kind="robot", id=LOG, build="sha256:aa", rules="sha256:bb")
PERSON = Actor(kind="person", id="handlaggare-1")
STRATA = (
    Stratum("bifall", Fraction(1, 4), minimum=2),
    Stratum("avslag", Fraction(1, 2), minimum=1),
    Stratum("person_bifall", Fraction(1, 2), minimum=1, mode="follow_up"),
)
_TABLES = [SQLModel.metadata.tables[table.__tablename__] for table in (EntryRow, CaseKeyRow, ValueRow)]


@dataclass(frozen=True)
class Town:
    """An honest export, and what the controller and a thief may hold."""

    story: Story
    signers: Signers
    witness: SigningKey
    policy: str
    drawn_by: bytes


@dataclass
class _Writer:
    seed: random.Random
    session: Session
    clock: ManualClock
    keeper: Keeper
    heads: Path
    journal: Journal = field(init=False)
    scribe: Scribe = field(init=False)
    cases: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        vault = Vault(MasterKey(self.seed.randbytes(32)), self.seed.randbytes)
        self.journal = Journal(self.clock, vault)
        self.scribe = Scribe(self.journal, self.session, ROBOT)
        self.vault = vault

    def say(self, case: str, kind: str, *, actor: Actor = ROBOT, **body: object) -> Entry:
        """Append an entry; ``pd`` in the body are its personal values."""
        self.clock.advance(timedelta(seconds=self.seed.randint(1, 900)))
        if self.seed.random() < 0.02:
            self.clock.advance(timedelta(seconds=-self.seed.randint(1, 3600)))
        personal = body.pop("pd", None)
        return self.journal.append(self.session, case, kind, actor=actor, body=body, personal=personal)  # type: ignore[arg-type] # plain JSON

    def sign(self, keys: LogKeys) -> None:
        """Give every entry its place, and sign."""
        while sequencer.integrate(self.session):
            pass
        head = Notary(ORIGIN, keys, Heads(self.heads)).sign(self.session, SIGNED)
        keep(self.session, head, SIGNED)
        self.session.commit()


def build(seed: int, folder: Path, *, cases: int = 8, follow_up: bool = True) -> Town:
    """An honest log of about thirteen entries a case, the same for a seed but for ML-DSA's own randomness.

    ``folder`` gets the file of signed heads.

    ``follow_up``: what people decided is drawn too, after the close, from a head of the log and two dice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    random_ = random.Random(seed)
    old, new = (log_keys(ORIGIN, random_.randbytes(32)) for _ in range(2))
    witness = SigningKey.from_seed("vittne.example/kontrollant", Algorithm.WITNESS, random_.randbytes(32))
    draw_key = random_.randbytes(32)
    with _writer(random_, folder, draw_key) as writer:
        version, package = _definition(random_)
        pledge = writer.keeper.pledge(LOG, PERIOD)
        strata = [stratum for stratum in STRATA if follow_up or stratum.mode == "hold"]
        randomness = "dice" if follow_up else NO_RANDOMNESS
        open_period(writer.scribe, pledge, strata, keeper="embedded", randomness=randomness)
        rotated_at = 0
        for number in range(cases):
            _case(writer, version)
            if number == cases // 2:
                for body in rotations(old, new):
                    writer.journal.append(writer.session, KEYS_CHAIN, ROTATED, actor=ROBOT, body=body)
                rotated_at = len(list(writer.session.scalars(select(EntryRow.id))))
            if number % 2:
                writer.sign(new if rotated_at else old)
        writer.sign(new)
        _erase_some(writer)
        writer.sign(new)
        writer.clock.advance(ENDED - writer.clock.now())
        _close(writer, "3 5" if follow_up else "")
        writer.sign(new)
        policy = "\n".join(
            [
                *(f"log {key.text()}" for key in old.verifiers),
                f"witness kontrollant {witness.verifier.text()}",
                "quorum kontrollant\n",
            ]
        )
        signers = Signers({0: old, rotated_at - 1: new})
        story = _story(writer, new, {version: package})
    story.sign(list(story.heads), signers, witnesses=[witness])
    return Town(story, signers, witness, policy, draw_key)


@contextmanager
def _writer(random_: random.Random, folder: Path, draw_key: bytes) -> Iterator[_Writer]:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    SQLModel.metadata.create_all(engine, tables=[*_TABLES, *LOG_TABLES])
    clock = ManualClock(BEGINS)
    keeper = Keeper(draw_key, IN_MEMORY, clock)
    try:
        with Session(engine) as session:
            yield _Writer(random_, session, clock, keeper, folder / "heads.sqlite")
    finally:
        keeper.close()
        engine.dispose()


def _definition(random_: random.Random) -> tuple[str, bytes]:
    """A small process folder, packed as the robot packs it: version (hex) and package."""
    files = {"process.yaml": b"process: ekonomiskt_bistand\n", "rules.py": b"# %d\n" % random_.getrandbits(64)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(f"{LOG}/{name}"), content)
    digest = sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest(), buffer.getvalue()


def _case(writer: _Writer, version: str) -> None:
    case = new_case_ref(writer.seed.randbytes)
    writer.cases.append(case)
    amount = writer.seed.randint(1000, 900000)
    outcome = writer.seed.choice(["bifall", "bifall", "avslag"])
    writer.say(case, "case.opened", process=LOG, version=f"sha256:{version}", pd={"namn": f"Sökande {amount}"})
    writer.say(case, "case.cleared", restricted=False)
    writer.say(case, "register.asked", register="skatteverket")
    writer.say(case, "register.answered", pd={"inkomst": f"{amount}", "barn": [{"ålder": 7}, {"ålder": 11}]})
    writer.say(case, "rule.evaluated", rule="norm", amount_ore=amount)
    writer.say(case, "decision.proposed", stratum=outcome, outcome=outcome)
    if writer.seed.random() < 0.25:
        writer.say(case, "human.review.opened", actor=PERSON, lane="risk")
        writer.say(case, "decision.made", actor=PERSON, by="person", outcome="bifall", amount_ore=amount)
    else:
        writer.say(case, "decision.made", by="robot", outcome=outcome, amount_ore=amount)
        _draw(writer, case)
    writer.say(case, "effect.intended", system="verksamhetssystem", pd={"brev": f"Beslut om {amount} öre"})
    writer.say(case, "effect.done", system="verksamhetssystem")
    if writer.seed.random() < 0.8:
        writer.say(case, "case.closed")
        writer.say(case, "access.read", actor=PERSON, why="kontroll")


def _draw(writer: _Writer, case: str) -> None:
    entries = writer.scribe.entries(case)
    answer = writer.keeper.ask(question(LOG, entries))
    period, found = read_period(writer.journal, writer.session, LOG, PERIOD), member(entries)
    if period is None or found is None:
        raise AssertionError("the period is open, and the case decided")
    write_ticket(writer.scribe, period, found, period.strata[found.stratum], answer.u)


def _erase_some(writer: _Writer) -> None:
    for case in writer.seed.sample(writer.cases, 2):
        decision = f"GN 2026:{writer.seed.randint(1, 99)}"
        erase(writer.journal, writer.session, case, decision=decision, by="arkivarie-1", actor=PERSON)


def _close(writer: _Writer, dice: str) -> None:
    """Close, reveal and evaluate the period, with a follow-up draw from the newest head when dice were thrown."""
    period = read_period(writer.journal, writer.session, LOG, PERIOD)
    signed = Heads(writer.heads).newest(ORIGIN) if dice else None
    head = None if signed is None else DrawHead(signed.size, signed.root)
    if period is None:
        raise AssertionError("the period is open")
    members = list(frame(writer.journal, writer.session, period))
    pick_more(writer.scribe, period, members, final=True)
    members = list(frame(writer.journal, writer.session, period))
    period = close_period(writer.scribe, period, members, head=head, value=dice)
    reveal = writer.keeper.reveal(LOG, PERIOD)
    period, after = write_reveal(writer.scribe, period, reveal, head=head, value=dice)
    if after is not None:
        members = draw_follow_up(writer.scribe, period, members, after)
        pick_more(writer.scribe, period, members, final=True)
    write_to(writer.scribe, period, EVALUATED, {"log": LOG, "period": PERIOD})


def _story(writer: _Writer, new: LogKeys, definitions: dict[str, bytes]) -> Story:
    """The export of the log as `arende audit export` writes it, with every value that is left."""
    folder = writer.heads.parent / "export"
    export_log(writer.session, folder, ORIGIN, keys=new.verifiers, definitions=definitions)
    opened = (openings(writer.session, writer.journal, writer.vault, case) for case in sorted(writer.cases))
    story = Story.read(folder)
    story.openings = [dict(one) for values in opened for one in values]
    return story
