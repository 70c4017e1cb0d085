"""The sandbox: emulators of the sources, served from this machine."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from orchestration.lib.connections.connections import Connection
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.core.progress import report
from orchestration.lib.core.settings import PROJECT_ROOT, Settings
from orchestration.lib.ingestion.singer import PipelineFailed

__all__ = [
    "Sandbox",
    "SandboxBroken",
    "SandboxStopped",
    "SandboxWorld",
    "known_sandbox",
    "refuse_stopped_sandbox",
    "running_sandbox",
]

_MODULE = "sandbox"
_HERE = "127.0.0.1"
_TIMEOUT_SECONDS = 60
_DELIVERY_SECONDS = 300
_START_IT = "Start it in another terminal: timonel sandbox start"


class SandboxBroken(PlainError, RuntimeError):
    """The sandbox does not start; the message is what it said."""


class SandboxStopped(PlainError, PipelineFailed):
    """A connection reads from a sandbox that is not running."""


@dataclass(frozen=True)
class SandboxWorld:
    """Which world the sandbox shows; None leaves its own default."""

    customers: int | None = None
    today: str | None = None
    accounts: int | None = None

    def arguments(self) -> list[str]:
        """As options of the server."""
        options = {
            "--customers": self.customers,
            "--today": self.today,
            "--accounts": self.accounts,
        }
        return [
            text
            for name, value in options.items()
            if value is not None
            for text in (name, str(value))
        ]


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox. ``process`` is None when somebody else runs it."""

    url: str
    process: subprocess.Popen[str] | None = None

    def wait(self) -> int:
        """Wait for its end; return its exit code."""
        assert self.process is not None  # noqa: S101 - whoever waits started it
        return self.process.wait()

    def connections(self) -> dict[str, Any]:
        """Per company: its name, currency, time zone and how to connect to it."""
        return self._get("connections")

    def truth(self) -> dict[str, Any]:
        """Per company: the answers an analysis should find."""
        return self._get("truth")

    def deliver(self, company_id: str, addresses: dict[str, str]) -> dict[str, int]:
        """Have a company's senders deliver by webhook, and count what each did.

        Raises
        ------
        SandboxBroken
            Who receives refused, or does not answer.
        """
        asked = {"company": company_id, "addresses": addresses}
        try:
            return self._post("deliver", asked)
        except urllib.error.HTTPError as failure:
            said = failure.read().decode(errors="replace")
            raise SandboxBroken(f"Webhooks were not delivered: {said}") from None

    def allow(self, company_id: str, source: str, scopes: Collection[str]) -> None:
        """Give a company's app at a source more access scopes, as its owner would."""
        asked = {"company": company_id, "source": source, "more": list(scopes)}
        self._post("grant", asked)

    def _post(self, name: str, asked: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310
            f"{self.url}/_sandbox/{name}", json.dumps(asked).encode(), method="POST"
        )
        with urllib.request.urlopen(request, timeout=_DELIVERY_SECONDS) as answer:  # noqa: S310
            content: dict[str, Any] = json.load(answer)
        return content

    def _get(self, name: str) -> dict[str, Any]:
        address = f"{self.url}/_sandbox/{name}"
        with urllib.request.urlopen(address, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
            content: dict[str, Any] = json.load(answer)
        return content


@contextmanager
def running_sandbox(
    settings: Settings,
    world: SandboxWorld | None = None,
    *,
    port: int | None = None,
    log: Callable[[str], None] = report,
) -> Iterator[Sandbox]:
    """A sandbox for the block: the one that runs already, or one of our own.

    Ours ends with the block, and with this process however that ends: the server
    watches its standard input, which closes with us.

    Raises
    ------
    SandboxBroken
    """
    home = settings.home / "sandbox"
    known = _known_url(home)
    if known and port is None and world is None and _is_sandbox(known):
        yield Sandbox(known)
        return
    home.mkdir(parents=True, exist_ok=True)
    arguments = [
        *("serve", "--home", str(home), "--port", str(port or _free_port(known))),
        *("--exit-with-parent", *(world or SandboxWorld()).arguments()),
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", _MODULE, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Elsewhere a folder called sandbox would be taken for the package.
        cwd=PROJECT_ROOT,
    )
    with process:
        try:
            url = _wait_until_ready(process, log)
            (home / "url").write_text(url)
            yield Sandbox(url, process)
        finally:
            process.terminate()


def known_sandbox(settings: Settings) -> Sandbox:
    """The sandbox that runs already.

    Raises
    ------
    SandboxStopped
    """
    known = _known_url(settings.home / "sandbox")
    if known is None or not _is_sandbox(known):
        raise SandboxStopped(f"The sandbox is not running. {_START_IT}")
    return Sandbox(known)


def refuse_stopped_sandbox(connection: Connection) -> None:
    """Say what to do when a connection's address is this machine and nobody is there.

    Raises
    ------
    SandboxStopped
    """
    address = str(connection.settings.get("api_url") or "")
    if urlsplit(address).hostname == _HERE and not _answers(address):
        raise SandboxStopped(
            f"{connection.label} reads from the sandbox, which is not running. "
            + _START_IT
        )


def _wait_until_ready(
    process: subprocess.Popen[str], log: Callable[[str], None]
) -> str:
    last: deque[str] = deque(maxlen=4)

    def hear(line: str) -> None:
        last.append(line)
        log(line)

    reader = _follow(process.stderr, hear)
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    line = process.stdout.readline()
    try:
        url = str(json.loads(line)["url"])
        _follow(process.stdout, hear)
        return url
    except (ValueError, KeyError, TypeError):
        process.wait()
        reader.join()
        said = "\n".join(last) or line.strip() or "it said nothing"
        raise SandboxBroken(f"The sandbox does not start: {said}") from None


def _follow(stream: IO[str] | None, hear: Callable[[str], None]) -> threading.Thread:
    """Read a stream to its end, so that nobody waits on a full pipe."""

    def read() -> None:
        for line in stream or ():
            hear(line.rstrip())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    return reader


def _known_url(home: Path) -> str | None:
    note = home / "url"
    return note.read_text().strip() if note.exists() else None


def _free_port(known: str | None) -> int:
    """The port of last time if it is free, so that connections keep working."""
    for wanted in ((urlsplit(known).port or 0) if known else 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HERE, wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SandboxBroken("No free port on 127.0.0.1.")


def _answers(url: str) -> bool:
    try:
        with socket.create_connection((_HERE, urlsplit(url).port or 80), timeout=2):
            return True
    except OSError:
        return False


def _is_sandbox(url: str) -> bool:
    try:
        return bool(Sandbox(url).connections())
    except (OSError, ValueError):
        return False
