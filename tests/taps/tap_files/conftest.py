"""Runs the tap in process on files made by the test."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from taps.tap_files.tap import TapFiles

_DECODER = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True)
class Run:
    """What one run of the tap wrote."""

    messages: list[dict[str, Any]]
    failures: list[str]
    state: dict[str, Any]

    def records(self, stream: str) -> list[dict[str, Any]]:
        return [
            message["record"]
            for message in self.messages
            if message["type"] == "RECORD" and message["stream"] == stream
        ]

    @property
    def purchases(self) -> list[dict[str, Any]]:
        return self.records("purchases")

    @property
    def rejects(self) -> dict[str, str]:
        """Reason by location."""
        rows = self.records("quarantined_records")
        return {row["location"]: row["reason"] for row in rows}

    @property
    def file(self) -> dict[str, Any]:
        (row,) = self.records("files")
        return row


RunTap = Callable[..., Run]


class _Tap(TapFiles):
    """A tap whose streams are described once: they are the same for every file."""

    def setup_mapper(self) -> None:
        if not _DESCRIBED:
            super().setup_mapper()
            _DESCRIBED.append((self.catalog, self.mapper))
        self._catalog, self.mapper = _DESCRIBED[0]


_DESCRIBED: list[tuple[Any, Any]] = []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "exports"
    path.mkdir()
    return path


@pytest.fixture
def run_tap(folder: Path) -> RunTap:
    """Run the tap on the folder, or on ``paths``, with settings and a state."""

    def run(state: Mapping[str, Any] | None = None, **settings: Any) -> Run:
        return run_once({"paths": [str(folder)], **settings}, state)

    return run


def run_once(config: Mapping[str, Any], state: Mapping[str, Any] | None = None) -> Run:
    """Run the tap with a config."""
    tap = _Tap(config=dict(config), state=dict(state or {}))
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(output):
        tap.sync_all()
    output.seek(0)
    # Not splitlines, which also parts at separators that a value may hold.
    messages = [_DECODER.decode(line) for line in output]
    states = [m["value"] for m in messages if m["type"] == "STATE"]
    failures = [error.message for error in tap.failures]
    return Run(messages, failures, states[-1] if states else {})


@pytest.fixture
def read_text(folder: Path, run_tap: RunTap) -> RunTap:
    """Write one file with this text (or bytes) and run the tap on it."""

    def run(text: str | bytes, *, name: str = "log.csv", **settings: Any) -> Run:
        content = text.encode() if isinstance(text, str) else text
        (folder / name).write_bytes(content)
        return run_tap(**settings)

    return run
