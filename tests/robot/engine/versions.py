"""Versions of a process, each with one thing changed, as an author would change it; and cases that somebody forged."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audit.log.entry import new_case_ref
from robot.definition import discover
from robot.engine.house import House
from tests.robot.engine.ground import PROCESS, PROCESSES


def copied(folder: Path, processes: Path = PROCESSES) -> Path:
    """The process folders in another place, where they may be changed."""
    return Path(shutil.copytree(processes, folder, ignore=shutil.ignore_patterns("__pycache__")))


def changed(folder: Path, file: str, old: str, new: str, *, process: str = PROCESS) -> Path:
    """The process with one text put in another's place; its folder."""
    path = folder / process / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return discover(folder)[process]


def forged(house: House, ref: str, entry: str, personal: Mapping[str, Any]) -> str:
    """A copy of the case with other values in one type of entry, by somebody who has every key; its reference."""
    copy = new_case_ref()
    recorded = house.ledger.recorded(ref)
    with house.database.write() as session:
        for one in recorded:
            body = {name: value for name, value in one.entry.body.items() if name != "count"}
            values = {**one.values, **personal} if one.entry.type == entry else one.values
            house.ledger.journal.append(
                session,
                copy,
                one.entry.type,
                actor=one.entry.actor,
                body=body,
                personal=values,
                intent=one.entry.intent,
            )
    return copy
