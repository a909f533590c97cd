"""Set-up from nothing, the images and CI say the same thing as the program."""

import re
import shlex
import subprocess

import pytest

from tests.house.project import ROOT

SETUP = ROOT / "scripts" / "setup"
DOCKERFILE = ROOT / "Dockerfile"


def _one(pattern: str, text: str) -> str:
    """The only match of a pattern's group."""
    found = set(re.findall(pattern, text))
    assert len(found) == 1, f"expected one {pattern}, found {sorted(found)}"
    return str(found.pop())


@pytest.mark.parametrize("name", ["setup", "check", "test"])
def test_a_script_is_plain_shell(name: str) -> None:
    """A script has no syntax error, and may be run as it stands."""
    script = ROOT / "scripts" / name
    assert script.stat().st_mode & 0o100
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0


def test_one_version_of_uv_reads_the_lock() -> None:
    """The images are built with the same uv as a clone is set up with."""
    of_setup = _one(r"uv_version=([\d.]+)", SETUP.read_text(encoding="utf-8"))
    assert _one(r"uv==([\d.]+)", DOCKERFILE.read_text(encoding="utf-8")) == of_setup


def test_setup_and_robot_look_for_the_browser_in_the_same_order() -> None:
    """The browser that setup is content with is the one that the robot starts."""
    from robot.gui.browser import IN_PATH

    listed = _one(r"for name in (chromium[\w -]*);", SETUP.read_text(encoding="utf-8"))
    assert tuple(listed.split()) == IN_PATH


def test_the_images_have_the_pdf_libraries_of_setup() -> None:
    """Every library that setup installs for the letters is in the images too."""
    wanted = _one(r"apt_install (libpango[\w. -]*[\w])", SETUP.read_text(encoding="utf-8")).split()
    assert set(wanted) <= set(shlex.split(DOCKERFILE.read_text(encoding="utf-8"), comments=True))


def test_ci_runs_the_readme_s_command() -> None:
    """CI calls `make test` and nothing else, so that it cannot know more than a person who reads the README."""
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[0].endswith("bash")
    assert [line for line in lines[1:] if not line.startswith(("set ", "cd "))] == ["exec make test"]
