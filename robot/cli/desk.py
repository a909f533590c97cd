"""``arende desk``: the web pages for handläggare, controllers, drift and authors."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from desk.accounts import AccountsError, create_demo_accounts
from desk.app import DeskError, create_app
from robot.cli._say import err, fail
from robot.engine.house import House
from robot.settings import Settings


def register(main: typer.Typer) -> None:
    """Add the command."""
    main.command("desk")(desk)


def desk(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8080,
    accounts: Annotated[
        Path | None, typer.Option(help="Local accounts, for a try. Without it, ARENDE_ACCOUNTS_FILE or OIDC.")
    ] = None,
    create_accounts: Annotated[
        bool, typer.Option("--create-accounts", help="Make the accounts file first, and show its passwords once.")
    ] = False,
) -> None:
    """Serve the desk until Ctrl-C.

    On another address than this machine's own the desk stands behind a proxy that speaks HTTPS: its cookies are then
    never sent without it.
    """
    settings = Settings() if accounts is None else Settings(accounts_file=accounts)
    if create_accounts:
        if settings.accounts_file is None:
            fail("--create-accounts needs --accounts FILE: the file to make")
        _create(settings.accounts_file)
    secure = not _is_loopback(host)
    house = House.build(settings)
    try:
        app = create_app(house, secure=secure)
    except (AccountsError, DeskError) as error:
        fail(str(error))
    err.print(f"The desk is at http://{host}:{port}" + (" (behind your HTTPS proxy)" if secure else ""))
    uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, server_header=False)
    house.close()


def _create(path: Path) -> None:
    try:
        made = create_demo_accounts(path)
    except AccountsError as error:
        fail(str(error))
    for account, password, roles in made:
        err.print(f"{account:12} {password}   {roles}", markup=False)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
