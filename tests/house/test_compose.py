"""The set-up for several containers says what the program and the images say. Nothing is started here."""

from typing import Any

import pytest
import yaml

from tests.docs.generated import commands, settings
from tests.house.project import ROOT


@pytest.fixture(scope="module")
def compose() -> Any:
    """compose.yaml with its anchors and merges resolved."""
    node = yaml.compose((ROOT / "compose.yaml").read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    assert node is not None
    return yaml.constructor.SafeConstructor().construct_document(node)


def test_what_a_municipality_runs_is_there(compose: Any) -> None:
    """A database, two workers without the regular work, one scheduler and the desk."""
    commands_of = {name: service.get("command") for name, service in compose["services"].items()}
    assert commands_of.pop("database") is None
    assert [words[1:] for name, words in commands_of.items() if name.startswith("worker")] == [
        ["worker", "--no-schedule"]
    ] * 2
    assert commands_of["scheduler"] == ["arende", "scheduler"]
    assert commands_of["desk"][:2] == ["arende", "desk"]


def test_every_started_command_and_setting_exists(compose: Any) -> None:
    """A container starts a command with options that it has, and is given settings that somebody reads."""
    known = settings().keys() | {"ARENDE_SECRETS_DIR"}
    for name, service in compose["services"].items():
        if "command" not in service:
            continue
        _, command, *words = service["command"]
        options = {
            option
            for parameter in commands()[command].params
            for option in (*parameter.opts, *parameter.secondary_opts)
        }
        assert {word for word in words if word.startswith("--")} <= options, name
        assert set(service["environment"]) <= known, name


def test_every_image_is_a_target_of_the_dockerfile(compose: Any) -> None:
    """What is built is described, and every service is watched and waits for its database."""
    stages = {line.split(" AS ")[1] for line in (ROOT / "Dockerfile").read_text().splitlines() if " AS " in line}
    for name, service in compose["services"].items():
        assert "healthcheck" in service, name
        assert "restart" in service, name
        if name != "database":
            assert service["build"]["target"] in stages, name
            assert service["depends_on"]["database"] == {"condition": "service_healthy"}, name


def test_the_probe_asks_the_port_that_is_set(compose: Any) -> None:
    """A worker's probe goes to its own health port, the desk's to the desk's."""
    for name, service in compose["services"].items():
        probe = " ".join(service["healthcheck"]["test"])
        port = "8080" if name == "desk" else service.get("environment", {}).get("ARENDE_HEALTH_PORT")
        assert name == "database" or f"127.0.0.1:{port}/readyz" in probe, name


def test_no_secret_stands_in_the_file(compose: Any) -> None:
    """Passwords and addresses with passwords come from files, and nothing but the desk has a port outside."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    body = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    assert "postgresql+psycopg://" not in body
    assert "POSTGRES_PASSWORD:" not in body
    opened = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert opened == {"desk": ["127.0.0.1:8080:8080"]}


def test_the_draw_service_stands_alone() -> None:
    """The controller's machine runs the keeper and nothing of the robot: no database, and HTTPS only."""
    node = yaml.compose((ROOT / "compose.dragare.yaml").read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    assert node is not None
    found = yaml.constructor.SafeConstructor().construct_document(node)
    (service,) = found["services"].values()
    group, command, *words = service["command"][1:]
    assert (group, command) == ("stickprov", "draw-service")
    assert {word.partition("=")[0] for word in words} == {
        "--data",
        "--host",
        "--port",
        "--certificate",
        "--certificate-key",
    }
    assert not any("database" in str(value) for value in service.values())
