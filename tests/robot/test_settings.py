"""Settings come from the environment, and a wrong one is refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from robot.settings import Settings, connector_environment, connector_settings


def test_everything_lies_in_the_data_folder_unless_told(tmp_path: Path) -> None:
    """Database, keys and intake follow the data folder."""
    settings = Settings(data=tmp_path)

    assert settings.database == f"sqlite:///{tmp_path / 'arende.sqlite'}"
    assert settings.master_key == tmp_path / "secrets" / "master.key"
    assert settings.draw_key == tmp_path / "secrets" / "draw.key"
    assert settings.intake == tmp_path / "intake"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARENDE_LOG_LEVEL", "LOUD"),
        ("ARENDE_NOW", "2025-09-01T08:00:00"),
        ("ARENDE_POLL_SECONDS", "0"),
        ("ARENDE_NIGHTLY_HOUR", "24"),
        ("ARENDE_CASES_CONCURRENCY", "many"),
    ],
)
def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """An unknown level, a time without zone, and numbers outside their range are errors, never a default."""
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError, match=name.removeprefix("ARENDE_").lower()):
        Settings()


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a token nor a connector's password stands in a repr."""
    monkeypatch.setenv("ARENDE_INTAKE_TOKEN", "hemligt")
    monkeypatch.setenv("ARENDE_SMS_TOKEN", "hemligt")

    assert "hemligt" not in repr(Settings()) + repr(connector_environment("sms"))


def test_a_connector_needs_an_encrypted_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No address, and http:// to another machine, are refused."""
    settings = Settings(data=tmp_path)
    monkeypatch.delenv("ARENDE_SMS_URL", raising=False)
    with pytest.raises(ValidationError, match="encrypted"):
        connector_settings("sms", settings)
    monkeypatch.setenv("ARENDE_SMS_URL", "http://sms.example.se")
    with pytest.raises(ValidationError, match="encrypted"):
        connector_settings("sms", settings)
