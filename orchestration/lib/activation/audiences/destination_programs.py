"""The program that speaks with a place: one question, one answer, at a time."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from orchestration.lib.core.nameless_files import nameless_file
from orchestration.lib.core.plain_errors import PlainError
from orchestration.lib.ingestion.singer import Log, redacted

__all__ = ["PlaceFailed", "PlaceProgram", "place_program"]

_MODULE = "activation"


class PlaceFailed(PlainError, RuntimeError):
    """A place refused, did not answer, or its program died; nothing secret is told."""


class PlaceProgram:
    """A running program; whoever has it asks one thing after the other."""

    def __init__(
        self, process: subprocess.Popen[str], said: deque[str], secrets: frozenset[str]
    ) -> None:
        self._process = process
        self._said = said
        self._secrets = secrets

    def ask(self, what: str, **told: Any) -> dict[str, Any]:
        """Its answer.

        Raises
        ------
        PlaceFailed
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None  # noqa: S101, PT018 - pipes
        try:
            stdin.write(json.dumps({"ask": what, **told}) + "\n")
            stdin.flush()
            answer = json.loads(stdout.readline())
        except (OSError, ValueError):
            last = redacted("; ".join(self._said), self._secrets)
            raise PlaceFailed(
                f"{_MODULE} ended without an answer: {last or 'it said nothing'}"
            ) from None
        if "error" in answer:
            raise PlaceFailed(redacted(answer["error"]["message"], self._secrets))
        return dict(answer)


@contextmanager
def place_program(
    config: Mapping[str, Any], secrets: frozenset[str], log: Log
) -> Iterator[PlaceProgram]:
    """The program for the block; what it logs, without secrets, goes to ``log``.

    Its configuration is in a file without a name, which ends with it.
    """
    with (
        nameless_file(config) as file,
        subprocess.Popen(
            [sys.executable, "-m", _MODULE, "--config", file.path],
            pass_fds=[file.descriptor],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        said: deque[str] = deque(maxlen=3)
        listener = threading.Thread(
            target=_listen, args=(process, said, secrets, log), daemon=True
        )
        listener.start()
        try:
            yield PlaceProgram(process, said, secrets)
        finally:
            _end(process)
            listener.join()


def _listen(
    process: subprocess.Popen[str],
    said: deque[str],
    secrets: frozenset[str],
    log: Log,
) -> None:
    for line in process.stderr or ():
        said.append(line.rstrip())
        log(redacted(line.rstrip(), secrets))


def _end(process: subprocess.Popen[str]) -> None:
    """Let it go: it has answered everything it was asked, or its answer is lost."""
    if process.poll() is None:
        process.kill()
