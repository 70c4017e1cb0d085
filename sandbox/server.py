"""One server for all emulators, and its start."""

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from sandbox import control
from sandbox.middleware import Wire, hide_cut_connections
from sandbox.request_log import RequestLog
from sandbox.simulation.world import World

__all__ = ["Emulator", "PortTaken", "app", "serve"]

Emulator = Callable[[World], Iterable[Route]]

_HOST: Final = "127.0.0.1"


class PortTaken(OSError):
    """Somebody else listens there."""


def app(world: World, emulators: Iterable[Emulator]) -> Starlette:
    """The emulators of a world, and the endpoints that steer it."""
    log = RequestLog()
    routes = [route for emulator in emulators for route in emulator(world)]
    wire = Middleware(Wire, world.faults, world.clock, log)
    return Starlette(routes=[*control.routes(world, log), *routes], middleware=[wire])


def serve(
    world: World,
    emulators: Iterable[Emulator],
    port: int,
    *,
    ends_with_parent: bool = False,
) -> None:
    """Listen on 127.0.0.1 until told to stop; port 0 takes a free one.

    The first line of standard output, once ready, says where:
    ``{"url": "http://127.0.0.1:8600"}``. With `ends_with_parent` the end of standard
    input is the end of the server.

    Raises
    ------
    PortTaken
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _bind(listener, port)
        world.base_url = f"http://{_HOST}:{listener.getsockname()[1]}"
        server = _Server(world, emulators)
        if ends_with_parent:
            threading.Thread(target=server.follow_parent, daemon=True).start()
        server.run(sockets=[listener])


def _bind(listener: socket.socket, port: int) -> None:
    try:
        listener.bind((_HOST, port))
    except OSError as error:
        raise PortTaken(
            f"the sandbox cannot listen on {_HOST}:{port}: {error.strerror}. Choose"
            " another port, or 0 for any free one"
        ) from error


class _Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(self, world: World, emulators: Iterable[Emulator]):
        super().__init__(
            uvicorn.Config(
                app(world, emulators),
                log_level="warning",
                access_log=False,
                date_header=False,
                server_header=False,
                lifespan="off",
                timeout_graceful_shutdown=2,
            )
        )
        self._url = world.base_url
        hide_cut_connections()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell."""
        await super().startup(sockets)
        sys.stdout.write(json.dumps({"url": self._url}) + "\n")
        sys.stdout.flush()

    def follow_parent(self) -> None:
        """Stop when whoever started this process is gone."""
        sys.stdin.buffer.read()
        self.should_exit = True
