"""Runs a tap in this process and keeps what it wrote."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taps.api_source.tap import SourceTap

Record = dict[str, Any]


@dataclass(frozen=True)
class Output:
    """The Singer messages of a run, in order."""

    messages: list[dict[str, Any]]

    def records(self, stream: str) -> list[Record]:
        return [
            message["record"]
            for message in self.messages
            if message["type"] == "RECORD" and message["stream"] == stream
        ]

    def schema(self, stream: str) -> dict[str, Any]:
        return next(
            message
            for message in self.messages
            if message["type"] == "SCHEMA" and message["stream"] == stream
        )

    @property
    def states(self) -> list[dict[str, Any]]:
        return [m["value"] for m in self.messages if m["type"] == "STATE"]

    @property
    def state(self) -> dict[str, Any]:
        return self.states[-1] if self.states else {}


class Run:
    """A run that can be looked at even when it failed."""

    def __init__(
        self,
        tap_class: type[SourceTap],
        config: Mapping[str, Any],
        state: dict[str, Any] | None = None,
        catalog: Any = None,
    ) -> None:
        self._tap = tap_class(config=dict(config), state=state, catalog=catalog)
        self._written = io.BytesIO()

    def sync(self) -> Output:
        """Run to the end, or to the first error."""
        with contextlib.redirect_stdout(io.TextIOWrapper(self._written)) as stdout:
            try:
                self._tap.announce()
                self._tap.sync_all()
            finally:
                stdout.flush()
                stdout.detach()
        return self.output

    @property
    def output(self) -> Output:
        lines = self._written.getvalue().splitlines()
        return Output([json.loads(line) for line in lines])


def sync(
    tap_class: type[SourceTap],
    config: Mapping[str, Any],
    state: dict[str, Any] | None = None,
    catalog: Any = None,
) -> Output:
    """The messages of one complete run."""
    return Run(tap_class, config, state, catalog).sync()
