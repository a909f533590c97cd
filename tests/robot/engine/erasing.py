"""What the tests of gallring look for: every byte that must be gone, in every file there is."""

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlmodel import select

from audit.vault.tables import CaseKeyRow, ValueRow
from robot.engine.gallring import Gallring
from robot.engine.traces import Traces
from robot.store.tables import CaseRow, IntakeRow
from tests.robot.engine.ground import PROCESS, Ground

SHORTEST = 6
"""A shorter text stands anywhere by chance."""
PIECE, PIECE_EVERY = 24, 1000
"""What is long lies in several pages: it is looked for piece by piece."""


def gallring(ground: Ground, *, kommunkod: str = "9999") -> Gallring:
    """What erases the house's cases, with the real print folder."""
    house = ground.house
    traces = Traces(house.settings.intake, PROCESS, {"brev": lambda: ground.services.channels["brev"]})
    return Gallring(house.ledger, house.library, house.queue, traces, kommunkod=kommunkod)


def secrets_of(ground: Ground, ref: str) -> dict[str, bytes]:
    """Everything of a case that must be found nowhere afterwards: values, secrets, keys, their ciphertexts, hashes."""
    house = ground.house
    found: dict[str, bytes] = {}
    with house.database.read() as session:
        for row in session.exec(select(ValueRow).where(ValueRow.case_ref == ref)):
            pieces = range(0, len(row.ciphertext), PIECE_EVERY)
            found |= {f"ciphertext {row.number} {at}": row.ciphertext[at : at + PIECE] for at in pieces}
            found[f"nonce {row.number}"] = row.nonce
        sealed = house.vault.load(session, ref)
        key = session.exec(select(CaseKeyRow).where(CaseKeyRow.case_ref == ref)).one()
        found |= {"wrapped key": key.wrapped, "key": sealed.key or b"", "nonce of key": key.nonce}
        for number in sealed.sealed:
            opened = sealed.open(number)
            assert opened is not None
            found[f"secret {number}"] = opened.secret
            found |= {f"value {number} {n}": text.encode() for n, text in enumerate(_texts(opened.value))}
        case = session.get(CaseRow, ref)
        if case is not None and case.subject is not None:
            found["subject"] = case.subject.encode()
        for one in session.exec(select(IntakeRow).where(IntakeRow.case_ref == ref)):
            found["digest"] = one.content_sha256.encode()
    return found


def stored(needles: dict[str, bytes]) -> dict[str, bytes]:
    """Those that a database has seen: what was encrypted, and not what lay inside."""
    return {name: needle for name, needle in needles.items() if not name.startswith(("value", "secret", "key"))}


def forms(needle: bytes) -> set[bytes]:
    """The bytes as they are, as text, and in the two codes that binary data is written in."""
    return {needle, needle.hex().encode(), base64.b64encode(needle)}


def found_in(folder: Path, needles: dict[str, bytes], *, codes: bool = True) -> list[str]:
    """Which of them stand in which file, byte for byte. ``codes``: also written as hex or base64."""
    wanted = {name: forms(needle) if codes else {needle} for name, needle in needles.items()}
    hits: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            hits += [f"{name} in {path.name}" for name, some in wanted.items() if any(one in content for one in some)]
    return hits


def only_of(ours: dict[str, bytes], others: Iterable[dict[str, bytes]]) -> dict[str, bytes]:
    """What the case has alone: other cases say the same words."""
    common = {needle for other in others for needle in other.values()}
    return {name: needle for name, needle in ours.items() if needle not in common}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        yield json.dumps(value, ensure_ascii=False)
        for part in parts:
            yield from _texts(part)
    elif isinstance(value, str) and len(value) >= SHORTEST:
        yield value
