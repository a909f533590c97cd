"""Run one ASGI app as a real server on a free loopback port, in a thread of its own."""

import asyncio
import socket
import threading
from collections.abc import MutableMapping
from typing import Any, Self

import uvicorn
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope  # uvicorn has no public ones
from uvicorn.protocols.http.h11_impl import H11Protocol

from connectors._mock import reset

START_SECONDS = 10
STOP_SECONDS = 10


class ServerError(RuntimeError):
    """The server did not start or did not stop; names the server."""


class _ResettableProtocol(H11Protocol):
    """HTTP that lets the app break its own connection: `scope["extensions"]["connection.reset"]()` sends a TCP RST."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        app: ASGI3Application = self.app

        async def with_reset(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
            extensions: MutableMapping[str, Any] = scope.setdefault("extensions", {})  # type: ignore[typeddict-item]  # Scope is a union
            extensions["connection.reset"] = lambda: reset(transport)
            await app(scope, receive, send)

        self.app = with_reset


class _Uvicorn(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.settled.set()


class Server:
    """One app on one free port of 127.0.0.1. Used by the testbed and by tests, never in production."""

    def __init__(self, app: Any, *, name: str) -> None:
        self.name = name
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = _Uvicorn(
            uvicorn.Config(
                app,
                http=_ResettableProtocol,
                ws="none",
                loop="asyncio",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._run, name=f"server-{name}", daemon=True)

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except SystemExit:
            pass  # so uvicorn says that the app refused to start; start() tells it with the server's name
        finally:
            self._server.settled.set()

    def start(self) -> str:
        """Start and return the URL. Raises ServerError when the app refuses to start."""
        self._thread.start()
        self._server.settled.wait(START_SECONDS)
        if not self._server.started:
            raise ServerError(f"server '{self.name}' did not start within {START_SECONDS} s; look at its own log above")
        return self.url

    def stop(self) -> None:
        """Stop, cutting what still runs after a second. Raises ServerError when the thread will not end."""
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS)
        self._socket.close()
        if self._thread.is_alive():
            raise ServerError(f"server '{self.name}' did not stop within {STOP_SECONDS} s")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
