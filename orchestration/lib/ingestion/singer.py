"""Run `tap | target` as two processes and keep the state the target confirms."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from contextvars import copy_context
from dataclasses import dataclass
from typing import IO, Any

from orchestration.lib.core.nameless_files import NamelessFile, nameless_file
from orchestration.lib.ingestion.bookmarks import bookmark_keeper, load_bookmark

__all__ = [
    "AccessExpired",
    "Log",
    "Pipeline",
    "PipelineFailed",
    "complaint",
    "redacted",
]

Log = Callable[[str], None]

# Exit status of a tap whose access token ran out and that cannot renew it itself.
_ACCESS_EXPIRED = 77
# How our API taps begin the one line that says why they stopped.
_ERROR = "ERROR: "


class PipelineFailed(RuntimeError):
    """A tap or the target stopped with an error; the message holds what it said."""


class AccessExpired(PipelineFailed):
    """The tap's access token ran out: started again with a new one, it goes on."""


@dataclass(frozen=True)
class Pipeline:
    """One tap feeding our target, for one company.

    Parameters
    ----------
    tap_module, target_module
        Modules run with ``python -m``.
    tap_arguments
        What the tap is told before its settings: which of its sources to read.
    bookmark
        Name under which the tap's state is kept for the company.
    tap_config, target_config
        Settings of both; they reach the processes in files without a name,
        never on a command line.
    secrets
        Values that may not be repeated in a log or an error, whatever a tap says.
    keeps_bookmark
        False to read what the configuration names, whatever was read before.
    """

    company_id: str
    bookmark: str
    tap_module: str
    tap_config: dict[str, Any]
    target_config: dict[str, Any]
    target_module: str = "taps.target_postgres"
    tap_arguments: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()
    keeps_bookmark: bool = True

    def run(self, url: str, log: Log) -> None:
        """Move everything new from the source to the database.

        State is saved as the target confirms it, so a killed run loses nothing and
        repeats little.

        Raises
        ------
        PipelineFailed
            Whatever was confirmed before the failure stays loaded.
        """
        state = self._state(url)
        with ExitStack() as stack:
            tap_settings, tap_state, target_settings = (
                stack.enter_context(nameless_file(content))
                for content in (self.tap_config, state, self.target_config)
            )
            tap = _start(
                self.tap_module,
                {"--config": tap_settings, "--state": tap_state},
                self.tap_arguments,
            )
            target = _start(
                self.target_module, {"--config": target_settings}, stdin=tap.stdout
            )
            for process in (tap, target):
                stack.enter_context(process)
                # Who stops us does not tell them, and a tap may be waiting for hours.
                stack.callback(process.terminate)
            _close_our_end(tap)
            tap_said = _follow(tap, log, self.secrets)
            target_said = _follow(target, log, self.secrets)
            keep = stack.enter_context(
                bookmark_keeper(url, self.company_id, self.bookmark)
            )
            for line in _lines(target.stdout):
                if self.keeps_bookmark:
                    keep(json.loads(line))
            target_code, tap_code = target.wait(), tap.wait()
            tap_lines, target_lines = tap_said(), target_said()
        # A tap whose target died complains too, but of the consequence.
        if target_code:
            raise PipelineFailed(complaint(self.target_module, target_lines))
        if tap_code:
            failure = AccessExpired if tap_code == _ACCESS_EXPIRED else PipelineFailed
            raise failure(complaint(self.tap_module, tap_lines))

    def _state(self, url: str) -> dict[str, Any]:
        if not self.keeps_bookmark:
            return {}
        return load_bookmark(url, self.company_id, self.bookmark)


def redacted(text: str, secrets: frozenset[str]) -> str:
    """The text with every secret in it blotted out."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


def _start(
    module: str,
    files: Mapping[str, NamelessFile],
    arguments: Sequence[str] = (),
    stdin: Any = subprocess.DEVNULL,
) -> subprocess.Popen[str]:
    options = (part for name, file in files.items() for part in (name, file.path))
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments, *options],
        pass_fds=[file.descriptor for file in files.values()],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _close_our_end(tap: subprocess.Popen[str]) -> None:
    # Otherwise a tap whose target died would wait for ever on a full pipe.
    if tap.stdout is not None:
        tap.stdout.close()


def _follow(
    process: subprocess.Popen[str], log: Log, secrets: frozenset[str]
) -> Callable[[], list[str]]:
    """Pass on what a process says; the returned function gives its last lines."""
    last: deque[str] = deque(maxlen=12)

    def read() -> None:
        # Closed while we read when the database gave up: somebody else says so.
        with suppress(ValueError):
            for line in _lines(process.stderr):
                said = redacted(line.rstrip(), secrets)
                last.append(said)
                log(said)

    # With our context: whoever listens to the progress hears these lines too.
    reader = threading.Thread(target=copy_context().run, args=(read,), daemon=True)
    reader.start()

    def finish() -> list[str]:
        reader.join()
        return list(last)

    return finish


def _lines(stream: IO[str] | None) -> IO[str]:
    assert stream is not None  # noqa: S101 - every stream above is a pipe
    return stream


def complaint(module: str, said: list[str]) -> str:
    """What a program's last lines say went wrong."""
    plain = [line.removeprefix(_ERROR) for line in said if line.startswith(_ERROR)]
    if plain:
        return "\n".join(plain)
    errors = [line for line in said if "error" in line.lower()] or said[-3:]
    # Singer programs log `time | LEVEL | name | message`.
    messages = [line.rsplit(" | ", 1)[-1] for line in errors]
    return "\n".join(messages) or f"{module} stopped without saying why."
