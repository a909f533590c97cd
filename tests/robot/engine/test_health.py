"""Whether the robot can work, and its figures."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from robot.engine import health
from robot.engine.brake import Puller
from robot.engine.health import health_of
from robot.engine.health_server import HealthServer
from robot.engine.metrics import rendered
from robot.engine.scope import Scope
from tests.robot.engine.ground import NUMBERS, PROCESS, Ground, application, build


@pytest.fixture
def server(ground: Ground) -> Iterator[HealthServer]:
    """A health server on a free port."""
    server = HealthServer(ground.house)
    server.start(port=0)
    yield server
    server.stop()


def _get(server: HealthServer, path: str, token: str = "") -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers=headers), timeout=30
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def _wrong(ground: Ground, **more: object) -> dict[str, str]:
    return {found.name: found.wrong for found in health_of(ground.house, **more) if found.wrong}  # type: ignore[arg-type] # passed through as given


def test_a_whole_house_is_ready(url: str, tmp_path: Path) -> None:
    """Database, schema, keys, journal and disk are in order on each kind of database, with and without cases."""
    ground = build(tmp_path, url=url)
    assert _wrong(ground) == {}
    ground.submit(application())
    assert _wrong(ground, silent_seconds=lambda: 5.0) == {}
    ground.house.close()


def test_another_master_key_is_noticed(ground: Ground) -> None:
    """A key file that does not open the vault stops readiness, and the words name no secret."""
    ground.submit(application())
    ground.house.settings.master_key.write_bytes(ground.house.settings.draw_key.read_bytes())
    assert "does not open" in _wrong(ground)["keys"]
    ground.house.settings.draw_key.unlink()
    assert "expected a key file" in _wrong(ground)["keys"]


def test_another_schema_is_noticed(ground: Ground) -> None:
    """A database of another version is not ready."""
    with ground.house.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE arende_schema SET version_num = '9999'")
    assert _wrong(ground)["schema"].startswith("the schema is 9999")


def test_a_database_that_is_gone_is_noticed(ground: Ground, tmp_path: Path) -> None:
    """Every check that needs the database says so, and none breaks the others."""
    ground.house.close()
    for file in tmp_path.glob("arende.sqlite*"):
        file.unlink()
    (tmp_path / "arende.sqlite").mkdir()
    assert {"database", "schema", "keys", "journal"} <= _wrong(ground).keys()


def test_a_database_that_cannot_be_written_is_noticed(postgres: str, tmp_path: Path) -> None:
    """A standby answers questions, but takes no journal."""
    ground = build(tmp_path, url=postgres)
    with ground.house.database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(
            "ALTER DATABASE "
            + str(ground.house.database.engine.url.database)
            + " SET default_transaction_read_only = on"
        )
    ground.house.database.close()
    assert _wrong(ground).keys() == {"journal"}
    ground.house.close()


def test_a_full_disk_is_noticed(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little space is said before the first write fails."""
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 2**60)
    assert "are free in" in _wrong(ground)["disk"]


def test_a_silent_scheduler_is_noticed(ground: Ground) -> None:
    """A scheduler that has not beaten for a minute is not ready."""
    assert _wrong(ground, silent_seconds=lambda: 61.0)["scheduler"].endswith("61 seconds")


def test_the_port_answers(ground: Ground, server: HealthServer) -> None:
    """Alive is always yes; ready is 200 or 503 with every check on its line; other paths are 404."""
    assert _get(server, "/healthz") == (200, "ok\n")
    assert _get(server, "/readyz") == (200, "database: ok\nschema: ok\nkeys: ok\njournal: ok\nlog: ok\ndisk: ok\n")
    ground.house.settings.draw_key.unlink()
    status, text = _get(server, "/readyz")
    assert status == 503
    assert "journal: ok\n" in text
    assert _get(server, "/.env")[0] == 404


def test_without_port_nothing_listens(ground: Ground) -> None:
    """The default is no server at all."""
    server = HealthServer(ground.house)
    server.start()
    assert server.port is None
    server.stop()


def test_figures_need_their_token(ground: Ground, server: HealthServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token in the settings the figures are closed; with one only its bearer reads them."""
    assert _get(server, "/metrics", "anything")[0] == 401
    monkeypatch.setenv("ARENDE_METRICS_TOKEN", "token-of-the-test")
    settings = type(ground.house.settings)(data=ground.house.settings.data)
    object.__setattr__(ground.house, "settings", settings)
    assert _get(server, "/metrics", "wrong")[0] == 401
    status, text = _get(server, "/metrics", "token-of-the-test")
    assert status == 200
    assert "arende_cases" in text


def _figures(ground: Ground) -> dict[tuple[str, ...], float]:
    text = rendered(ground.house.database, ground.clock.now()).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith(("_created", "_bucket", "_sum"))
    }


def test_figures_follow_the_cases(ground: Ground) -> None:
    """Cases by state and reason, queue age, outcomes of effects and times of steps, and nothing personal."""
    before = _figures(ground)
    ground.handled(application())
    ground.handled(application(number=NUMBERS[1], income="999999.00"))
    ground.submit(application(people=3))
    after = _figures(ground)
    assert after["arende_cases", "provbidrag", "closed"] == 1
    assert after["arende_cases", "provbidrag", "running"] == 1
    assert after["arende_queue_cases", "cases"] == 1
    assert sum(value for key, value in after.items() if key[0] == "arende_cases_waiting") >= 1
    done = ("arende_effects_total", "brev.beslutsbrev", "done")
    assert after[done] == before.get(done, 0) + 1
    steps = ("arende_step_seconds_count", "decide")
    assert after[steps] == before.get(steps, 0) + 2
    text = rendered(ground.house.database, ground.clock.now()).decode()
    assert not any(number in text for number in NUMBERS)


def test_a_pulled_brake_shows(ground: Ground) -> None:
    """A brake that is on is counted under its process and kind, until it is released."""
    scope, anna = Scope("stratum", "par"), Puller("anna", "Anna Exempel")
    ground.house.brakes.pull(PROCESS, scope, anna, reason="Vi ser över reglerna.")
    assert _figures(ground)["arende_brakes", "stratum", PROCESS] == 1
    ground.house.brakes.release(PROCESS, scope, anna, reason="Reglerna är rätt.")
    assert ("arende_brakes", "stratum", PROCESS) not in _figures(ground)


def test_reasons_cannot_grow_without_bound(ground: Ground) -> None:
    """A reason's free part never becomes a label, and what is no word is counted as other."""
    from robot.engine.metrics import _reason

    codes = [f"saknas.inkomst_{number}" for number in range(1000)] + ["forsok_slut.tidsgrans", "19440813 9089", "Å"]
    assert {_reason(code) for code in codes} == {"saknas", "forsok_slut", "other"}
