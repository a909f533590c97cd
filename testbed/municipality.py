"""A whole simulated municipality: case system, registers and channels as real servers on free loopback ports."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from audit.clock import Clock
from connectors._mock import MOCK_TOKEN, FaultPlan
from connectors.arbetsformedlingen import mock as arbetsformedlingen
from connectors.epost import mock as epost
from connectors.skatteverket import mock as skatteverket
from connectors.sms import mock as sms
from robot.engine.clock import ShiftedClock
from testbed.faults import CASE_SYSTEM, Fault, of_case_system, of_mock
from testbed.scenario.generate import Scenario
from testbed.serve import Server
from testbed.verksamhetssystem.app import build_app
from testbed.verksamhetssystem.faults import Faults
from testbed.verksamhetssystem.seed import DEMO_USERS, seed
from testbed.verksamhetssystem.truth import build_truth_app

ROBOT_USER = "robot"
TRUTH = "sanning"
ORGANISATION = "162021004748"  # Skatteverket's own number for tests
NAME = "Exempelkommunen"
# With a fault switched on, the robot gives up waiting sooner than it would in production, so that the run gets done.
PATIENCE_WITH_FAULTS_SECONDS = 2


class Municipality:
    """Runs from ``start`` to ``stop``. ``folder`` (its own, empty) holds the case system's database and the letters.

    Time begins at the scenario's ``now`` when the object is made; give ``clock`` to decide otherwise.
    """

    def __init__(
        self, scenario: Scenario, *, folder: Path, faults: Sequence[Fault] = (), clock: Clock | None = None
    ) -> None:
        self.scenario = scenario
        self.clock: Clock = clock or ShiftedClock(scenario.now)
        self.letters = folder / "brev"
        self._faulty = bool(faults)
        database = folder / "verksamhetssystem.sqlite"
        folder.mkdir(parents=True, exist_ok=True)
        seed(database, scenario.case_system, at=self.clock.now())
        page_faults = Faults(of_case_system(faults))
        self._mail = epost.build_app({}, FaultPlan(of_mock(faults, "epost")))
        apps: dict[str, Any] = {
            CASE_SYSTEM: build_app(database, clock=self.clock, faults=page_faults),
            TRUTH: build_truth_app(database, faults=page_faults),
            "skatteverket": skatteverket.build_app(scenario.skatteverket, FaultPlan(of_mock(faults, "skatteverket"))),
            "arbetsformedlingen": arbetsformedlingen.build_app(
                scenario.arbetsformedlingen, FaultPlan(of_mock(faults, "arbetsformedlingen"))
            ),
            "sms": sms.build_app({}, FaultPlan(of_mock(faults, "sms")), now=self.clock.now),
            "epost": self._mail,
        }
        self._servers = {name: Server(app, name=name) for name, app in apps.items()}

    @property
    def urls(self) -> dict[str, str]:
        """Where each system answers; ``epost`` is its admin address, mail goes to ``epost_smtp``."""
        return {name: server.url for name, server in self._servers.items()} | {"epost_smtp": self._mail.state.smtp_url}

    def environment(self) -> dict[str, str]:
        """The robot's settings for this municipality: addresses, tokens, time. Not where the robot keeps its data."""
        urls = self.urls
        settings = {
            "NOW": self.clock.now().isoformat(),
            "KOMMUN": NAME,
            "ORGANISATIONSNUMMER": ORGANISATION,
            "SKATTEVERKET_URL": urls["skatteverket"],
            "SKATTEVERKET_TOKEN": MOCK_TOKEN,
            "ARBETSFORMEDLINGEN_URL": urls["arbetsformedlingen"],
            "ARBETSFORMEDLINGEN_TOKEN": MOCK_TOKEN,
            "SMS_URL": urls["sms"],
            "SMS_TOKEN": MOCK_TOKEN,
            "SMS_SENDER": "Exempelkom",
            "EPOST_URL": urls["epost_smtp"],
            "EPOST_SENDER": "noreply@example.se",
            "BREV_URL": self.letters.resolve().as_uri(),
            "VERKSAMHETSSYSTEM_URL": urls[CASE_SYSTEM],
            "VERKSAMHETSSYSTEM_USERNAME": ROBOT_USER,
            "VERKSAMHETSSYSTEM_PASSWORD": DEMO_USERS[ROBOT_USER],
        }
        if self._faulty:
            patience = ("SKATTEVERKET", "ARBETSFORMEDLINGEN", "SMS", "EPOST")
            settings |= {f"{name}_READ_SECONDS": str(PATIENCE_WITH_FAULTS_SECONDS) for name in patience}
            settings["RETRY_ATTEMPTS"] = "2"
        return {f"ARENDE_{name}": value for name, value in settings.items()}

    def start(self) -> Self:
        """Start every server. Raises ServerError when one does not start; those that did are stopped."""
        started: list[Server] = []
        try:
            for server in self._servers.values():
                server.start()
                started.append(server)
        except BaseException:
            for server in started:
                server.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop every server."""
        for server in self._servers.values():
            server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
