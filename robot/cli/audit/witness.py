"""``arende audit witness``: a witness of somebody else's log, on a machine of its own."""

import stat
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any

import typer

from audit.keyfile import create_key_file, read_key_file
from audit.log.note import VerifierKey
from audit.log.witness import LARGEST_BODY, Answer, Witness, witness_keys
from robot.cli._say import err, out


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("witness")(witness)


def witness(
    log_keys: Annotated[Path, typer.Option("--log-keys", help="The log's public keys, as `arende audit keys` prints.")],
    *,
    name: Annotated[str, typer.Option(help="The witness's name in its signatures, as revisor.example.se/vittne.")],
    state: Annotated[Path, typer.Option(help="Folder for its key and what it has seen.")] = Path("vittne"),
    host: Annotated[str, typer.Option(help="Address to listen on; behind a proxy that speaks HTTPS.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8090,
) -> None:
    """Cosign a log's heads until Ctrl-C, as long as each follows from the last one seen here. Needs no database.

    Prints its public keys: one of them goes into the log's policy file with this machine's address.
    """
    key = state / "witness.key"
    state.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    if not key.exists():
        create_key_file(key)
    keys = witness_keys(name, read_key_file(key))
    logs: dict[str, list[VerifierKey]] = {}
    for line in log_keys.read_text(encoding="utf-8").splitlines():
        if line.strip():
            trusted = VerifierKey.parse(line)
            logs.setdefault(trusted.name, []).append(trusted)
    service = Witness(keys, logs, state / "seen.sqlite", lambda: datetime.now(UTC))
    server = serve(service, host, port)
    for one in keys:
        out.print(one.verifier.text(), soft_wrap=True, markup=False)
    err.print(f"The witness of {', '.join(sorted(logs))} listens at http://{host}:{server.server_address[1]}")
    try:
        server.serve_forever()
    finally:
        server.server_close()


def serve(service: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """The HTTP server of a witness, not yet serving. ``port`` 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        server_version = "arende"
        sys_version = ""
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if self.path != "/add-checkpoint":
                self._say(Answer(404, "there is POST /add-checkpoint\n"))
            elif not length.isdecimal() or int(length) > LARGEST_BODY:
                self._say(Answer(413, f"expected up to {LARGEST_BODY} bytes with their length\n"))
            else:
                self._say(service.add_checkpoint(self.rfile.read(int(length))))

        def _say(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's signature
            """Say nothing: what was refused lies in the witness's own file."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    return server
