"""The command ``arende desk``."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx

START = [sys.executable, "-c", "from robot.cli.main import main; main()", "desk"]


def _environment(folder: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("ARENDE_")}
    return {**own, "ARENDE_DATA": str(folder / "data"), "NO_COLOR": "1", "COLUMNS": "300"}


def test_a_first_start_without_login_says_how_to_get_one(tmp_path: Path) -> None:
    """Without OIDC and accounts the command ends with exit code 1 and both ways out."""
    done = subprocess.run(START, env=_environment(tmp_path), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "ARENDE_OIDC_ISSUER" in done.stderr
    assert "--create-accounts" in done.stderr


def test_a_first_start_makes_accounts_and_serves(tmp_path: Path) -> None:
    """With --create-accounts the passwords are shown once, and the desk answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--port", str(port), "--accounts", str(tmp_path / "accounts.json"), "--create-accounts"]
    told = ""
    with subprocess.Popen([*START, *options], env=_environment(tmp_path), stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        try:
            for line in running.stderr:
                told += line
                if "Uvicorn running" in line:
                    break
            with httpx.Client() as http:
                assert http.get(f"http://127.0.0.1:{port}/healthz").text == "ok\n"
        finally:
            running.terminate()
            told += running.stderr.read()
    assert "handlaggare" in told
    assert f"http://127.0.0.1:{port}" in told
