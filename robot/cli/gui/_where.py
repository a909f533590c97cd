"""Which screen and which case system a command means."""

import json
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from connectors.manifest import ROOT as CONNECTORS
from connectors.manifest import CaseSystemManifest, discover, load_as
from robot.cli._say import fail
from robot.definition import discover as discover_processes
from robot.engine.connect import case_system
from robot.gui.bot import CaseSystem
from robot.rules.proof import did_you_mean
from robot.settings import connector_environment


def find_screen(screen: str, process: str) -> Path:
    """The screen file: a path, or the name of a screen of the process, or of the only one that has it."""
    if Path(screen).is_file():
        return Path(screen)
    folders = discover_processes()
    if process and process not in folders:
        fail(f"there is no process {process!r}; {did_you_mean(process, folders) or ', '.join(folders)}")
    chosen = [folders[process]] if process else list(folders.values())
    found = {path.stem: path for folder in chosen for path in sorted((folder / "screens").glob("*.yaml"))}
    if screen not in found:
        fail(f"there is no screen file {screen!r}; {did_you_mean(screen, found) or 'there are: ' + ', '.join(found)}")
    return found[screen]


def find_system(name: str, url: str, connector: Path | None) -> CaseSystem:
    """The case system that a screen names, at another address when one is given."""
    folder = connector or CONNECTORS / name
    if not (folder / "manifest.yaml").exists():
        fail(f"the screen names the system {name!r}, and {folder} has no manifest.yaml; `arende gui scan --manifest`")
    if not url:
        return case_system(discover()[name])
    own = connector_environment(name)
    manifest = load_as(folder, CaseSystemManifest)
    return CaseSystem(name, url, own.username, own.password or SecretStr(""), manifest)


def read_facts(path: Path) -> dict[str, Any]:
    """Values by name from a JSON file; amounts as text, so that none passes through a float."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"), parse_float=str)
    except json.JSONDecodeError as error:
        fail(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}")
    if not isinstance(found, dict):
        fail(f"{path}: expected one JSON object, values by the names of facts and rules")
    return found
