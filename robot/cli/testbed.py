"""`arende testbed`: the simulated municipality by itself."""

import json
import signal
import sys
import tempfile
import threading
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from robot.cli._say import err, fail, out, say_json
from testbed.faults import Fault, FaultError, parse
from testbed.municipality import ROBOT_USER, Municipality
from testbed.scenario.generate import Scenario, ScenarioError, generate
from testbed.serve import Server
from testbed.socialakten.app import build_app
from testbed.socialakten.store import Store
from testbed.verksamhetssystem.seed import DEMO_USERS


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("testbed")(run_testbed)


def run_testbed(
    *,
    cases: Annotated[int, typer.Option(min=1, help="How many applications; forty fit in a month.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people and applications.")] = 1,
    month: Annotated[str, typer.Option(help="The month applied for, ÅÅÅÅ-MM.")] = "2025-09",
    applications: Annotated[
        Path | None, typer.Option(file_okay=False, help="Write the applications as JSON files into this folder.")
    ] = None,
    fault: Annotated[
        list[str] | None, typer.Option(help="A fault to switch on: system.call=kind, e.g. skatteverket.agi=timeout.")
    ] = None,
    other: Annotated[
        bool, typer.Option("--socialakten", help="Also start Socialakten, a case system of another make.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Addresses and settings as one JSON document.")] = False,
) -> None:
    """Start case system, registers and channels on free ports of this machine, and run until Ctrl-C."""
    scenario = made(seed, cases, chosen_month(month))
    if applications is not None:
        _write(scenario, applications)
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="arende-testbed-")))
        municipality = running.enter_context(Municipality(scenario, folder=folder, faults=chosen_faults(fault or [])))
        urls, environment = municipality.urls, municipality.environment()
        if other:
            store = Store.seeded(folder / "socialakten.sqlite", scenario.case_system)
            app = build_app(store, clock=municipality.clock, users=DEMO_USERS)
            urls["socialakten"] = running.enter_context(Server(app, name="socialakten")).url
            login = {"URL": urls["socialakten"], "USERNAME": ROBOT_USER, "PASSWORD": DEMO_USERS[ROBOT_USER]}
            environment |= {f"ARENDE_SOCIALAKTEN_{name}": value for name, value in login.items()}
        if as_json:
            say_json({"urls": urls, "environment": environment})
        else:
            for name, value in environment.items():
                out.print(f"export {name}={value}", markup=False, soft_wrap=True)
            for name, url in urls.items():
                err.print(f"{name:20} {url}")
            err.print("Running until Ctrl-C.")
        sys.stdout.flush()  # whoever reads a pipe waits for these lines while we run on
        until_interrupted()


def made(seed: int, cases: int, month: date) -> Scenario:
    """The scenario; exits with code 1 and a sentence when there is none."""
    try:
        return generate(seed, cases, month)
    except ScenarioError as error:
        fail(str(error))


def chosen_month(text: str) -> date:
    """A month from the command line; exits with code 2 when it is none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise typer.BadParameter(f"expected a month ÅÅÅÅ-MM such as 2025-09, found '{text}'") from None


def chosen_faults(texts: list[str]) -> list[Fault]:
    """Faults from the command line; exits with code 2 when one does not exist."""
    try:
        return [parse(text) for text in texts]
    except FaultError as error:
        raise typer.BadParameter(str(error)) from None


def until_interrupted() -> None:
    """Wait for Ctrl-C or SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


def _write(scenario: Scenario, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for case in scenario.cases:
        path = folder / f"{case.application['ansokan_id']}.json"
        path.write_text(json.dumps(case.application, ensure_ascii=False, indent=2), encoding="utf-8")
