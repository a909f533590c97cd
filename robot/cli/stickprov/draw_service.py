"""``arende stickprov draw-service``: the keeper of the draw key, run by the controller on a machine of his own."""

import stat
from pathlib import Path
from typing import Annotated

import typer

from audit.clock import SystemClock
from audit.keyfile import create_key_file, read_key_file
from audit.stickprov.keeper import Keeper
from audit.stickprov.service import KeeperServer
from robot.cli._say import err, fail
from robot.settings import connector_environment


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("draw-service")(draw_service)


def draw_service(
    data: Annotated[Path, typer.Option(help="Folder for its key and its list of questions; made on the first start.")],
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8070,
    certificate: Annotated[Path | None, typer.Option(help="File with the certificate chain, for HTTPS.")] = None,
    certificate_key: Annotated[Path | None, typer.Option(help="File with the certificate's key.")] = None,
) -> None:
    """Keep the stickprov's draw key: commit before a period, answer about made decisions, reveal afterwards.

    The robot knows it by ARENDE_DRAGARE_URL and ARENDE_DRAGARE_TOKEN; it reads the same token from its own environment
    or secrets folder. Without a certificate it listens on this machine only.
    """
    token = connector_environment("dragare").token
    if token is None:
        fail("the draw service needs ARENDE_DRAGARE_TOKEN, the same as the robot has: any long random text")
    if (certificate is None) != (certificate_key is None):
        fail("--certificate and --certificate-key belong together")
    pair = None if certificate is None or certificate_key is None else (certificate, certificate_key)
    if pair is None and host not in {"127.0.0.1", "::1", "localhost"}:
        fail(f"on {host} the draw service needs --certificate and --certificate-key: the token would go in the clear")
    keeper = open_keeper(data)
    server = KeeperServer(keeper, token=token.get_secret_value(), host=host, port=port, certificate=pair)
    scheme = "http" if pair is None else "https"
    err.print(f"The draw service is at {scheme}://{host}:{server.port}, with its key and questions in {data}")
    try:
        server.serve()
    finally:
        server.stop()
        keeper.close()


def open_keeper(data: Path) -> Keeper:
    """The keeper of a folder, with a new key on the first start. Raises `KeyFileError`."""
    data.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    key, state = data / "draw.key", data / "dragare.sqlite"
    if not key.exists():
        if state.exists():
            fail(f"{state} holds questions, but {key} is missing: restore it; a new key would open no period")
        create_key_file(key)
    return Keeper(read_key_file(key), state, SystemClock())
