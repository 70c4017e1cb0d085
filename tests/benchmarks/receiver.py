"""Measure how many signed deliveries a second the receiver keeps, killed meanwhile.

``python -m tests.benchmarks.receiver [--rate 1000] [--seconds 60] [--kills 3]``.
Senders deliver signed statuses over loopback at that rate, each on a connection it
keeps open; what is not answered with 200 is delivered once more. Meanwhile the receiver
is killed that many times (SIGKILL) and started again. Told: what was acknowledged a
second, the seconds until it was (p50, p95, longest; of a repeated delivery, of the time
that worked), and of what was acknowledged how much is missing or there twice: the exit
code is 1 if anything is. The senders run on the same cores.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psycopg

from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.webhooks.hooks import Hook, add_hook
from orchestration.lib.tenancy.companies import Company, add_company
from tests.benchmarks.loader import database

__all__ = ["SECRET", "environment_of", "free_port", "signature", "started_receiver"]

SECRET = "app-secret"
_COMPANY = "acme"
_SENDERS = 64
_AGAIN_SECONDS = 0.2
_GIVES_UP_SECONDS = 60


@dataclass
class _Told:
    """What the senders saw."""

    acknowledged: list[bytes] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    repeated: int = 0
    given_up: int = 0


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder, database(Path(folder)) as url:
        settings = Settings(Path(folder) / "home", url)
        add_company(url, Company(_COMPANY, _COMPANY, "EUR", "UTC"))
        hook = add_hook(url, settings, Hook(_COMPANY, "chat", "whatsapp", "", SECRET))
        told, seconds = asyncio.run(_measured(settings, hook, arguments))
        with psycopg.connect(url) as connection:
            kept = Counter(
                bytes(body)
                for (body,) in connection.execute(
                    "select body from raw_webhooks.deliveries"
                )
            )
    missing = sum(body not in kept for body in told.acknowledged)
    twice = sum(count > 1 for count in kept.values())
    p50, p95 = np.quantile(told.seconds, (0.5, 0.95)) * 1000
    print(
        f"{len(told.acknowledged):,} acknowledged in {seconds:.1f} s "
        f"({len(told.acknowledged) / seconds:,.0f} a second), "
        f"{arguments.kills} kills, {told.repeated:,} delivered again, "
        f"{told.given_up} given up"
    )
    print(
        f"until acknowledged: p50 {p50:.0f} ms, p95 {p95:.0f} ms, "
        f"longest {max(told.seconds):.2f} s"
    )
    print(f"acknowledged and missing: {missing}; there twice: {twice}")
    sys.exit(bool(missing or twice or told.given_up))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1000, help="deliveries a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--kills", type=int, default=3)
    return parser.parse_args()


async def _measured(
    settings: Settings, hook: Hook, arguments: argparse.Namespace
) -> tuple[_Told, float]:
    """What the senders saw, and the seconds until all was acknowledged."""
    port, told = free_port(), _Told()
    process = await asyncio.to_thread(started_receiver, settings, port)
    began = time.monotonic()
    senders = [
        asyncio.create_task(_send(port, hook, number, arguments, told))
        for number in range(_SENDERS)
    ]
    for kill in range(arguments.kills):
        await asyncio.sleep(
            began
            + arguments.seconds * (kill + 1) / (arguments.kills + 1)
            - time.monotonic()
        )
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = await asyncio.to_thread(started_receiver, settings, port)
    await asyncio.gather(*senders)
    seconds = time.monotonic() - began
    process.terminate()
    process.wait()
    return told, seconds


async def _send(
    port: int, hook: Hook, sender: int, arguments: argparse.Namespace, told: _Told
) -> None:
    """Deliver one sender's share at its pace; late ones follow at once."""
    began, pause = time.monotonic(), _SENDERS / arguments.rate
    line: _Line | None = None
    for number in range(arguments.rate * arguments.seconds // _SENDERS):
        due = began + (number + sender / _SENDERS) * pause
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        body = (
            f'{{"entry":[{{"id":"{sender}-{number}","changes":[{{"value":{{"statuses":'
            f'[{{"id":"wamid.{sender}.{number}","status":"delivered"}}]}}}}]}}]}}'
        ).encode()
        request = _request(hook, body)
        until = time.monotonic() + _GIVES_UP_SECONDS
        while time.monotonic() < until:
            asked = time.monotonic()
            with suppress(OSError, EOFError):
                line = line or await _Line.open(port)
                if await line.is_kept(request):
                    told.acknowledged.append(body)
                    told.seconds.append(time.monotonic() - asked)
                    break
            told.repeated += 1
            if line is not None:
                line.writer.close()
                line = None
            await asyncio.sleep(_AGAIN_SECONDS)
        else:
            told.given_up += 1


def _request(hook: Hook, body: bytes) -> bytes:
    head = (
        f"POST {hook.path} HTTP/1.1\r\nhost: localhost\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"x-hub-signature-256: {signature(body)}\r\n\r\n"
    )
    return head.encode() + body


def signature(body: bytes, secret: str = SECRET) -> str:
    """What Meta puts into the header of a delivery."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


@dataclass(frozen=True)
class _Line:
    """A connection that stays open. An own one: HTTP clients cost more than it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int) -> _Line:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def is_kept(self, request: bytes) -> bool:
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        lengths = [
            int(line.partition(b":")[2])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        ]
        await self.reader.readexactly(lengths[0])
        return head.startswith(b"HTTP/1.1 200")


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def environment_of(settings: Settings) -> dict[str, str]:
    """That of a process which works on this installation."""
    assert settings.database_url is not None
    return os.environ | {
        "TIMONEL_HOME": str(settings.home),
        "TIMONEL_DATABASE_URL": settings.database_url,
    }


def started_receiver(settings: Settings, port: int) -> subprocess.Popen[bytes]:
    """The receiver as a process of its own, once it answers."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", "from orchestration.cli import app; app()"),
            *("receiver", "serve", "--port", str(port)),
        ],
        env=environment_of(settings),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    while process.poll() is None:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process
        time.sleep(0.05)
    sys.exit("The receiver did not start.")


if __name__ == "__main__":
    main()
