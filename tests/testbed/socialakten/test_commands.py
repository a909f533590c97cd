"""What the authors' guide does with Socialakten can be done."""

import json
import os
import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit.clock import ManualClock
from robot.cli.main import build
from robot.gui.screen_check import read_screen
from testbed.serve import Server
from testbed.socialakten.app import build_app
from testbed.socialakten.store import Store
from testbed.verksamhetssystem.seed import DEMO_USERS
from tests.robot.gui.municipality import NOW, PERSON, VALUES, persons

BLOCK = re.compile(r"<!-- with socialakten -->\n```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCREENS = "testbed/socialakten/screens"


@pytest.mark.slow
def test_the_guide_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`scan` writes a screen file and a manifest that need names only, `try` fills the screen and saves nothing."""
    (block,) = BLOCK.findall(Path("docs/author.md").read_text(encoding="utf-8"))
    shutil.copytree(SCREENS, tmp_path / SCREENS)
    store = Store.seeded(tmp_path / "akten.sqlite", persons())
    names = ("sokande_personnummer", "arendenummer", "journalrubrik", "journaltext")
    (tmp_path / "varden.json").write_text(json.dumps({name: VALUES[name] for name in names}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Server(build_app(store, clock=ManualClock(NOW), users=DEMO_USERS), name="socialakten") as server:
        login = {"URL": server.url, "USERNAME": "robot", "PASSWORD": DEMO_USERS["robot"]}
        for name, value in login.items():
            monkeypatch.setenv(f"ARENDE_SOCIALAKTEN_{name}", value)
        monkeypatch.setenv("PERSON", PERSON)
        for line in block.splitlines():
            done = CliRunner().invoke(build(), shlex.split(os.path.expandvars(line))[1:])
            assert done.exit_code == 0, f"{line}\n{done.output}"
    screen = read_screen(Path("anteckning.yaml").read_text(encoding="utf-8"), None)
    assert list(screen.open[0].fields) == ["Personnummer, 12 siffror"]
    assert list(screen.pages[-1].fields) == ["Ämne", "Text"]
    assert (screen.identity.banner, screen.save and screen.save.press) == ("Akten gäller", "Spara anteckningen")
    assert "next: Fortsätt" in Path("manifest.yaml").read_text(encoding="utf-8")
    assert len(list(Path("bilder").glob("*.png"))) > 0
    assert store.records() == []
