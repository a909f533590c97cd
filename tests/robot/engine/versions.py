"""Versions of the small process, each with one thing changed, as an author would change it."""

import shutil
from pathlib import Path

from robot.definition import discover
from tests.robot.engine.ground import PROCESS, PROCESSES


def copied(folder: Path) -> Path:
    """The process folders in another place, where they may be changed."""
    return Path(shutil.copytree(PROCESSES, folder))


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    """The process with one text put in another's place; its folder."""
    path = folder / PROCESS / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return discover(folder)[PROCESS]
