"""What example companies are told by webhook, delivered to a receiver started here."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import uvicorn

from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.sandbox import Sandbox, SandboxBroken
from orchestration.lib.ingestion.webhooks.app import Limits, receiver
from orchestration.lib.ingestion.webhooks.hooks import Hook, add_hook
from orchestration.lib.ingestion.webhooks.signatures import Sender

__all__ = ["deliver_example", "receiver_here"]

_HERE = "127.0.0.1"
_START_SECONDS = 30.0


def deliver_example(
    url: str, settings: Settings, sandbox: Sandbox, company_id: str
) -> int:
    """Expect what a company's senders tell, and have all of it delivered; how much.

    What was delivered before is known by its body, and kept once. The deliveries are
    read by whoever reads those of other companies.

    Raises
    ------
    SandboxBroken
        A sender was refused.
    """
    offered = sandbox.connections()[company_id].get("webhooks", {})
    if not offered:
        return 0
    hooks = [
        add_hook(
            url,
            settings,
            Hook(company_id, sender, cast("Sender", sender), "", told["secret"]),
        )
        for sender, told in offered.items()
    ]
    with receiver_here(url, settings) as address:
        sent = sandbox.deliver(
            company_id, {hook.sender: address + hook.path for hook in hooks}
        )
    return sum(sent.values())


@contextmanager
def receiver_here(url: str, settings: Settings) -> Iterator[str]:
    """A receiver on this machine for the block, at a free port; its address.

    Raises
    ------
    SandboxBroken
        It does not start.
    """
    with socket.socket() as listener:
        listener.bind((_HERE, 0))
        server = uvicorn.Server(
            uvicorn.Config(
                receiver(url, settings, Limits()),
                access_log=False,
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )
        running = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, daemon=True
        )
        running.start()
        try:
            _wait_until_started(server, running)
            yield f"http://{_HERE}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            running.join()


def _wait_until_started(server: uvicorn.Server, running: threading.Thread) -> None:
    until = time.monotonic() + _START_SECONDS
    while not server.started:
        if not running.is_alive() or time.monotonic() > until:
            raise SandboxBroken("The receiver of webhooks does not start.")
        time.sleep(0.02)
