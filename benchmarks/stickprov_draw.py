"""The draw: recomputed by other code, uniform over keys, and not to be predicted without the key."""

import hashlib
import hmac
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil, exp, sqrt
from statistics import NormalDist
from typing import Any

from sqlmodel import Session, SQLModel, create_engine

from audit.clock import ManualClock
from audit.log.entry import Actor, Entry, leaf_hash, new_case_ref
from audit.log.journal import Journal
from audit.log.tables import LOG_TABLES, EntryRow
from audit.stickprov.close import close_period, pick_more, write_reveal
from audit.stickprov.draw import question, write_ticket
from audit.stickprov.frame import frame, member
from audit.stickprov.keeper import IN_MEMORY, Keeper
from audit.stickprov.period import Stratum, change_rate, open_period
from audit.stickprov.scribe import Scribe
from audit.stickprov.statistics.kronor import gamma_share
from audit.stickprov.ticket import period_key, ticket
from audit.vault.keys import MasterKey
from audit.vault.tables import CaseKeyRow, ValueRow
from audit.vault.vault import Vault

LOG = "ekonomiskt_bistand"
STRATA = (
    Stratum("bifall_med_barn", Fraction(1, 10), 3),
    Stratum("bifall_utan_barn", Fraction(1, 20), 2),
    Stratum("avslag", Fraction(1, 5), 3),
)
ROBOT = Actor(kind="robot", id=LOG, build="sha256:aa", rules="sha256:bb")
BINS = 16
FEATURES = 40


@dataclass(frozen=True)
class Seen:
    """What the robot could see of a case before its draw, and whether it was picked."""

    case: str
    stratum: str
    amount: int
    picked: bool
    period: int


def simulate(periods: int, keys: int, seed: int) -> dict[str, Any]:
    """Draw the periods through the journal, recompute them, and look for anything that tells a pick in advance."""
    seen: list[Seen] = []
    checked = wrong = short = 0
    revealed: list[bytes] = []
    rng = random.Random(f"{seed}/draw")
    for number in range(periods):
        with _journal(rng, number) as (scribe, clock):
            key = rng.randbytes(32)
            cases = _period(scribe, clock, key=key, rng=rng, number=number)
            entries = {case: scribe.entries(case) for case in cases}
            found = _recomputed(entries, scribe.entries(f"stickprov-{LOG}-{_month(number)}"))
            checked += len(cases)
            wrong += found.wrong
            short += found.short
            revealed.append(found.key)
            seen += [_seen(case, entries[case], number) for case in cases]
    return {
        "periods": periods,
        "cases": checked,
        "picked": sum(one.picked for one in seen),
        "recomputed_wrong": wrong,
        "strata_below_their_minimum": short,
        "uniformity": _uniformity(keys, seed),
        "prediction": {
            "learner": _learner(seen),
            "last_revealed_key": _old_key(seen, revealed),
        },
    }


@contextmanager
def _journal(rng: random.Random, number: int) -> Iterator[tuple[Scribe, ManualClock]]:
    begins = datetime.fromisoformat(f"{_month(number)}-01T12:00:00+00:00").astimezone(UTC)
    clock = ManualClock(begins)
    engine = create_engine("sqlite://")
    tables = [SQLModel.metadata.tables[row.__tablename__] for row in (EntryRow, CaseKeyRow, ValueRow)]
    SQLModel.metadata.create_all(engine, tables=[*tables, *LOG_TABLES])
    journal = Journal(clock, Vault(MasterKey(bytes(32)), rng.randbytes))
    with Session(engine) as session:
        yield Scribe(journal, session, ROBOT), clock
    engine.dispose()


def _period(scribe: Scribe, clock: ManualClock, *, key: bytes, rng: random.Random, number: int) -> list[str]:
    """A month of decisions, drawn as the robot draws them; in one of three a rate is raised within it."""
    keeper = Keeper(key, IN_MEMORY, clock)
    month = _month(number)
    period = open_period(scribe, keeper.pledge(LOG, month), STRATA, keeper="embedded")
    cases = []
    size = rng.randint(12, 24)
    for place in range(size):
        clock.advance(timedelta(minutes=7))
        stratum = STRATA[place % 3] if place < 9 else rng.choice(STRATA)
        case = new_case_ref(rng.randbytes)
        cases.append(case)
        amount = 0 if stratum.name == "avslag" else rng.randrange(100_000, 1_500_000)
        scribe.append(case, "case.opened", {"process": LOG})
        scribe.append(case, "decision.proposed", {"stratum": stratum.name})
        scribe.append(
            case, "decision.made", {"by": "robot", "outcome": stratum.name.split("_")[0], "amount_ore": amount}
        )
        found = member(scribe.entries(case))
        answer = keeper.ask(question(LOG, scribe.entries(case)))
        if found is not None:
            write_ticket(scribe, period, found, period.strata[stratum.name], answer.u)
        if number % 3 == 0 and place == size // 2:
            raised = rng.choice(STRATA)
            period = change_rate(scribe, period, raised.name, 2 * raised.rate, cause="first_error", figures={})
    clock.advance(timedelta(days=31))
    pick_more(scribe, period, list(frame(scribe.journal, scribe.session, period)), final=True)
    period = close_period(scribe, period, list(frame(scribe.journal, scribe.session, period)), head=None, value="")
    write_reveal(scribe, period, keeper.reveal(LOG, month), head=None, value="")
    keeper.close()
    return cases


@dataclass(frozen=True)
class _Found:
    key: bytes
    wrong: int
    short: int


def _recomputed(cases: dict[str, list[Entry]], chain: list[Entry]) -> _Found:
    """Every pick and non-pick worked out again from the journal alone, with nothing of the code that drew them."""
    commit = chain[0].body
    key = bytes.fromhex(next(entry.body["key"] for entry in chain if entry.type == "sample.reveal"))
    wrong = int(hashlib.sha256(key).hexdigest() != commit["commitment"])
    plans = {entry.body["stratum"]: entry.body for entry in chain if entry.type == "sample.plan"}
    short = 0
    for name, plan in plans.items():
        tickets = []
        for case, entries in cases.items():
            proposed = next(entry.body["stratum"] for entry in entries if entry.type == "decision.proposed")
            if proposed == name:
                text = f"stickprov/v1|{commit['log']}|{commit['period']}|{case}".encode()
                tickets.append((hmac.new(key, text, hashlib.sha256).digest()[:8], case))
        tickets.sort()
        rate = Fraction(plan["rate"])
        limit = ceil(rate * 2**64)
        due = {case for place, (u, case) in enumerate(tickets) if _below(u, limit) or place < plan["minimum"]}
        picked = {case for _, case in tickets if any(entry.type == "sample.pick" for entry in cases[case])}
        wrong += len(due ^ picked)
        wrong += sum(_ticket_is_wrong(cases[case], u) for u, case in tickets)
        short += len(picked) < min(plan["minimum"], len(tickets))
    return _Found(key, wrong, short)


def _below(u: bytes, limit: int) -> bool:
    return int.from_bytes(u, "big") < limit


def _ticket_is_wrong(entries: Sequence[Entry], u: bytes) -> bool:
    tickets = [entry.body for entry in entries if entry.type == "sample.ticket"]
    decided = next(entry for entry in entries if entry.type == "decision.made")
    leaf = leaf_hash(decided.canonical()).hex()
    return len(tickets) != 1 or tickets[0]["u"] != u.hex() or tickets[0]["decision"] != leaf


def _seen(case: str, entries: Sequence[Entry], period: int) -> Seen:
    decided = next(entry.body for entry in entries if entry.type == "decision.made")
    stratum = next(entry.body["stratum"] for entry in entries if entry.type == "decision.proposed")
    return Seen(case, stratum, decided["amount_ore"], any(entry.type == "sample.pick" for entry in entries), period)


def _uniformity(keys: int, seed: int) -> dict[str, Any]:
    """Per key, a chi-square test that tickets fill bins evenly; over keys, that its p-values are even."""
    rng = random.Random(f"{seed}/keys")
    cases = [new_case_ref(rng.randbytes) for _ in range(2000)]
    p_values = []
    included = [0] * len(cases)
    for _ in range(keys):
        key = period_key(rng.randbytes(32), LOG, "2026-11")
        filled = [0] * BINS
        for place, case in enumerate(cases):
            u = ticket(key, LOG, "2026-11", case)
            filled[u * BINS >> 64] += 1
            included[place] += u < 2**64 // 10
        expected = len(cases) / BINS
        p_values.append(_chi_square_p(sum((one - expected) ** 2 / expected for one in filled), BINS - 1))
    spread = sqrt(keys * 0.1 * 0.9)
    return {
        "keys": keys,
        "cases": len(cases),
        "ks_p": round(_ks_p(p_values), 4),
        "largest_deviation_of_a_case_sd": round(max(abs(one - keys / 10) for one in included) / spread, 2),
        "expected_largest_about_sd": round(NormalDist().inv_cdf(1 - 0.5 / (2 * len(cases))), 2),
    }


def _chi_square_p(statistic: float, freedom: int) -> float:
    return 1 - gamma_share(freedom / 2, statistic / 2)


def _ks_p(values: Sequence[float]) -> float:
    """Kolmogorov's test against the uniform distribution, with Stephens's correction for the number of values."""
    n = len(values)
    ordered = sorted(values)
    distance = max(max((i + 1) / n - v, v - i / n) for i, v in enumerate(ordered))
    x = (sqrt(n) + 0.12 + 0.11 / sqrt(n)) * distance
    terms = (exp(-2 * (k * x) ** 2) * (1 if k % 2 else -1) for k in range(1, 101))
    return min(1.0, max(0.0, 2 * sum(terms)))


def _learner(seen: Sequence[Seen]) -> dict[str, Any]:
    """A perceptron per stratum that learns from every earlier period which cases are picked, then names as many."""
    weights: dict[str, list[float]] = {}
    hits = expected = variance = 0.0
    for group in _groups(seen):
        weight = weights.setdefault(group[0].stratum, [0.0] * FEATURES)
        scored = sorted(group, key=lambda one: -sum(w * f for w, f in zip(weight, _features(one), strict=True)))
        hits, expected, variance = _scored(scored, hits, expected, variance)
        for one in group:
            push = 0.1 if one.picked else -0.02
            for place, feature in enumerate(_features(one)):
                weight[place] += push * feature
    return _verdict(hits, expected, variance)


def _old_key(seen: Sequence[Seen], keys: Sequence[bytes]) -> dict[str, Any]:
    """Guesses with the key that was revealed for the period before, as if it were still in use."""
    hits = expected = variance = 0.0
    for group in _groups(seen):
        period = group[0].period
        if period:
            key = keys[period - 1]
            scored = sorted(group, key=lambda one: ticket(key, LOG, _month(period), one.case))
            hits, expected, variance = _scored(scored, hits, expected, variance)
    return _verdict(hits, expected, variance)


def _groups(seen: Sequence[Seen]) -> Iterator[list[Seen]]:
    groups: dict[tuple[int, str], list[Seen]] = {}
    for one in seen:
        groups.setdefault((one.period, one.stratum), []).append(one)
    yield from groups.values()


def _scored(scored: Sequence[Seen], hits: float, expected: float, variance: float) -> tuple[float, float, float]:
    """Hits among the first n named, where n were picked of N: by chance hypergeometric with mean n²/N."""
    size, picked = len(scored), sum(one.picked for one in scored)
    share = picked / size
    if 0 < picked < size:
        variance += picked * share * (1 - share) * (size - picked) / (size - 1)
    return hits + sum(one.picked for one in scored[:picked]), expected + picked * share, variance


def _verdict(hits: float, expected: float, variance: float) -> dict[str, Any]:
    z = (hits - expected) / sqrt(variance)
    return {"hits": int(hits), "by_chance": round(expected, 1), "p_one_sided": round(1 - NormalDist().cdf(z), 4)}


def _features(one: Seen) -> list[float]:
    """What a robot knows before the draw: bits of the case reference, the amount, the place in the year."""
    digest = hashlib.sha256(one.case.encode()).digest()
    bits = [1.0 if digest[k // 8] >> k % 8 & 1 else -1.0 for k in range(FEATURES - 4)]
    return [*bits, one.amount / 1_500_000, one.period % 12 / 12, one.amount % 100 / 100, 1.0]


def _month(number: int) -> str:
    return f"{2000 + number // 12}-{number % 12 + 1:02d}"
