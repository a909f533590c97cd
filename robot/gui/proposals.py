"""Proposed screen files, kept until a person accepts or throws them away: one JSON file each."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from robot.gui.recorded import FOLDER
from robot.gui.screen_check import Checked, Proposed


class ProposalError(Exception):
    """A proposal cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class KeptProposal:
    """A proposal as it was kept. ``replaces``: SHA-256 of the screen file that it was made from."""

    process: str
    screen: str
    replaces: str
    text: str
    contract: str | None
    proven: bool
    edits: tuple[dict[str, Any], ...]
    unsolved: tuple[str, ...]


def digest(text: str) -> str:
    """SHA-256 of a screen file, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def keep(folder: Path, process: str, old: str, checked: Checked, proposed: Proposed) -> Path:
    """Write the proposal into the folder, over an earlier one for the same screen."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = KeptProposal(
        process,
        checked.screen,
        digest(old),
        proposed.text,
        None if proposed.contract is None else proposed.contract.text(),
        proposed.proven,
        tuple(asdict(edit) for edit in proposed.edits),
        tuple(change.english for change in checked.unsolved),
    )
    path = _file(folder, process, checked.screen)
    path.write_text(json.dumps(asdict(kept), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def kept(folder: Path, process: str, screen: str) -> KeptProposal:
    """The proposal for a screen.

    Raises:
        ProposalError: There is none.

    """
    path = _file(folder, process, screen)
    if not path.exists():
        there = ", ".join(sorted(one.stem for one in folder.glob("*.json"))) or "none"
        msg = f"there is no proposal for {process} {screen}; there are: {there}. `arende gui check` makes them"
        raise ProposalError(msg)
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return KeptProposal(**{**data, "edits": tuple(data["edits"]), "unsolved": tuple(data["unsolved"])})


def install(proposal: KeptProposal, screens: Path, folder: Path) -> list[Path]:
    """Put the proposed screen file, and its contract, into the process folder's `screens`; the files written.

    Raises:
        ProposalError: The screen file is not the one that the proposal was made from.

    """
    path = screens / f"{proposal.screen}.yaml"
    if digest(path.read_text(encoding="utf-8")) != proposal.replaces:
        msg = f"{path.name} has changed since the proposal was made; run `arende gui check` again"
        raise ProposalError(msg)
    path.write_text(proposal.text, encoding="utf-8")
    written = [path]
    if proposal.contract is not None:
        written.append(write_contract(screens, proposal.screen, proposal.contract))
    _file(folder, proposal.process, proposal.screen).unlink()
    return written


def write_contract(screens: Path, screen: str, text: str) -> Path:
    """Write a contract beside the screen files."""
    path = screens / FOLDER / f"{screen}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _file(folder: Path, process: str, screen: str) -> Path:
    return folder / f"{process}.{screen}.json"
