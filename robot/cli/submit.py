"""``arende submit``: hands in applications, straight to the database or over HTTP."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

from robot.cli._say import err, fail, out, say_json
from robot.engine.house import House
from robot.engine.intake import Accepted
from robot.settings import Settings


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("submit")(submit)


def submit(
    files: Annotated[list[Path], typer.Argument(help="Applications, one JSON file each.", exists=True, dir_okay=False)],
    process: Annotated[str, typer.Option(help="The process that the applications belong to.")] = "ekonomiskt_bistand",
    url: Annotated[str, typer.Option(help="Address of a desk: hand in over HTTP instead of to the database.")] = "",
    token: Annotated[str, typer.Option(help="Bearer token for --url.", envvar="ARENDE_INTAKE_TOKEN")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Hand in applications. Each is taken whole or refused whole with every fault named (exit 1)."""
    send = _over_http(url, token, process) if url else _to_database(process)
    results = [{"file": str(path), **send(path.read_bytes())} for path in files]
    if as_json:
        say_json(results)
    else:
        for result in results:
            _tell(result)
    if any("faults" in result for result in results):
        raise typer.Exit(1)


def _to_database(process: str) -> Any:
    house = House.build(Settings())

    def send(data: bytes) -> dict[str, Any]:
        result = house.intake.submit(data, process=process, source="cli")
        if isinstance(result, Accepted):
            return {"case": result.case, "new": result.new}
        faults = [{"where": fault.where, "what": fault.what} for fault in result.faults]
        return {"delivery": result.delivery, "faults": faults}

    return send


def _over_http(url: str, token: str, process: str) -> Any:
    address = f"{url.rstrip('/')}/api/ansokningar/{process}"
    if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        fail(f"--url must be https:// (http:// only to this machine), found {url}")

    def send(data: bytes) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(address, data=data, headers=headers, method="POST")  # noqa: S310 - checked above
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - checked above
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            if error.code == 422:
                refused: dict[str, Any] = json.load(error)
                return refused
            fail(f"{address} answered {error.code} {error.reason}; nothing more was handed in")
        except urllib.error.URLError as error:
            fail(f"{address} cannot be reached ({error.reason}); nothing more was handed in")

    return send


def _tell(result: dict[str, Any]) -> None:
    if "faults" not in result:
        out.print(f"{result['file']}: {result['case']}{'' if result['new'] else ' (already taken)'}", markup=False)
        return
    err.print(f"{result['file']}: refused, kept as {result['delivery']}", markup=False)
    for fault in result["faults"]:
        err.print(f"  {fault['where']}: {fault['what']}", markup=False)
