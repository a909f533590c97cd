"""Somebody who knows everything of a case but the personnummer, and tries all numbers against the hashes left."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from functools import partial

from sqlmodel import select

from robot.store.tables import IntakeRow
from tests.robot.engine.ground import Ground

FIRST_BYTES = 20
"""As many bytes of a hash as the name of an effect has."""
DAYS_AT_ONCE = 366


HEX = re.compile(r"(?<![0-9a-f])[0-9a-f]{32,}(?![0-9a-f])")


def left_over(ground: Ground, ref: str) -> set[str]:
    """Every long hex text in what is left of the case that is not a hash of public bytes or a random reference."""
    with ground.house.database.read() as session:
        entries = ground.house.ledger.journal.entries(session, ref)
        deliveries = session.exec(select(IntakeRow).where(IntakeRow.case_ref == ref)).all()
    written = "".join(entry.canonical().decode() for entry in entries)
    row = ground.row(ref)
    written += json.dumps(
        [row.model_dump(mode="json", exclude={"stratum"}), [one.model_dump(mode="json") for one in deliveries]]
    )
    public = {entry.case_prev for entry in entries} | {row.version.removeprefix("sha256:"), ref.removeprefix("c_")}
    return set(HEX.findall(written)) - public


def tried(first: date, days: int, texts: Sequence[str], number: str, left: Iterable[str]) -> list[str]:
    """The numbers of these days for which the hash of one of the texts begins as one of ``left`` (hex) does.

    ``number`` is what stands in the texts, and what every other number is put in the place of.
    """
    ends = frozenset(bytes.fromhex(one[: 2 * FIRST_BYTES]) for one in left)
    guesses = []
    for text in texts:
        begin, *rest = (part.encode() for part in text.split(number))
        guesses.append((hashlib.sha256(begin), rest))
    found: list[bytes] = []
    for day in range(days):
        numbers = _numbers(first + timedelta(days=day))
        for begun, rest in guesses:
            copy = begun.copy
            for one in numbers:
                digest = copy()
                digest.update(one + one.join(rest))
                if digest.digest()[:FIRST_BYTES] in ends:
                    found.append(one)
    return [one.decode() for one in found]


def tried_at_once(first: date, days: int, texts: Sequence[str], number: str, left: Iterable[str]) -> list[str]:
    """`tried`, shared by all cores."""
    begins = range(0, days, DAYS_AT_ONCE)
    firsts, counts = [first + timedelta(at) for at in begins], [min(DAYS_AT_ONCE, days - at) for at in begins]
    work = partial(tried, texts=tuple(texts), number=number, left=frozenset(left))
    with ProcessPoolExecutor() as pool:
        return [one for part in pool.map(work, firsts, counts) for one in part]


def _numbers(day: date) -> list[bytes]:
    """Every personnummer of a day with its check digit."""
    begin = f"{day:%Y%m%d}".encode()
    return [begin + end for end in ENDS[_weighed(begin[2:], 0)]]


def _weighed(digits: bytes, place: int) -> int:
    """The sum behind the check digit, modulo ten, of digits from this place on."""
    doubled = ((digit - 48) * (2 - at % 2) for at, digit in enumerate(digits, place))
    return sum(value - 9 * (value > 9) for value in doubled) % 10


ENDS = [
    [b"%03d%d" % (serial, -(day + _weighed(b"%03d" % serial, 6)) % 10) for serial in range(1000)] for day in range(10)
]
"""The last four digits of every number of a day, by the sum of its first six."""
