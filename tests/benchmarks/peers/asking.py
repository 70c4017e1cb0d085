"""The near end: starts the programs of other interpreters and asks them."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Answer", "Interpreter", "Peers", "peers_of"]

_ROOT = Path(__file__).parents[3]


class Answer(NamedTuple):
    """Arrays a peer gave and its seconds; or why it gave none."""

    arrays: dict[str, Any]
    seconds: float
    error: str | None = None


class Interpreter:
    """A program of another Python, running until it is closed."""

    def __init__(self, python: Path, program: str) -> None:
        self._process = subprocess.Popen(
            [python, "-m", program],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        first = self._read()
        self.versions: dict[str, str] = {
            name: found for name, found in first.items() if found
        }

    def ask(self, peer: str, arrays: Mapping[str, Any]) -> Answer:
        """Give a peer arrays, wait for its own."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            np.savez(folder / "question.npz", **arrays)
            stdin = self._process.stdin
            assert stdin is not None
            if self._process.poll() is not None:
                return Answer({}, float("nan"), "its interpreter has ended")
            stdin.write(json.dumps({"peer": peer, "folder": name}) + "\n")
            stdin.flush()
            told = self._read()
            if "error" in told:
                return Answer({}, float("nan"), told["error"])
            with np.load(folder / "answer.npz", allow_pickle=False) as found:
                return Answer(dict(found), told["seconds"])

    def close(self) -> None:
        """End the program."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            return {"error": f"ended with {self._process.wait(timeout=60)}"}
        answer: dict[str, Any] = json.loads(line)
        return answer


class Peers:
    """Who of the peers can be asked, each in the first interpreter that has it."""

    def __init__(self, interpreters: Sequence[Interpreter]) -> None:
        self._by_name: dict[str, Interpreter] = {}
        for one in interpreters:
            for name in one.versions:
                self._by_name.setdefault(name, one)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def version(self, name: str) -> str:
        """Its version, or that it is not installed."""
        if name not in self._by_name:
            return "not installed"
        return self._by_name[name].versions[name]

    def ask(self, name: str, arrays: Mapping[str, Any]) -> Answer:
        """What a peer answers; an answer with an error if it is not there."""
        if name not in self._by_name:
            return Answer({}, float("nan"), "not installed")
        return self._by_name[name].ask(name, arrays)


@contextmanager
def peers_of(pythons: Sequence[Path], program: str) -> Iterator[Peers]:
    """The peers that some interpreters have, closed in the end."""
    interpreters: list[Interpreter] = []
    try:
        interpreters += [Interpreter(python, program) for python in pythons]
        yield Peers(interpreters)
    finally:
        for one in interpreters:
            one.close()
