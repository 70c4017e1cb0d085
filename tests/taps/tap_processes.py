"""Taps as processes against the real sandbox, under faults of every kind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from taps.sources import declared_slugs
from tests.sandbox.serving import Sandbox
from tests.taps.tap_runs import Output

_ROOT = Path(__file__).parents[2]
_HANGS_AFTER_SECONDS = 120
# A clock that is ahead is told by comparing it with a right one: this machine's.
TODAY = datetime.now(UTC).date()
NOON = f"{TODAY}T12:00:00Z"
SKEW = 40 * 86_400

#: What passes by itself: the run must end with exactly the right rows.
PASSING = (
    {"kind": "timeout", "seconds": 60, "after": 2},
    {"kind": "slow_drip", "bytes_per_second": 10, "after": 2},
    {"kind": "truncated_body", "after": 3, "times": 2},
    {"kind": "throttle", "after": 2},
    {"kind": "throttle", "retry_after": 1, "after": 5, "times": 2},
    {"kind": "server_error", "after": 4, "times": 2},
    {"kind": "schema_change", "add_field": "brand_new", "times": None},
    {"kind": "page_repeated", "after": 1},
    {"kind": "page_missing", "after": 1},
    {"kind": "duplicate_ids", "after": 2},
    {"kind": "clock_skew", "seconds": 7_200, "times": None},
    {"kind": "clock_skew", "seconds": -7_200, "times": None},
)


def days_ago(count: int) -> str:
    """A day before today."""
    return (TODAY - timedelta(days=count)).isoformat()


def name_of(fault: dict[str, Any]) -> str:
    """A fault as the name of a test."""
    return "-".join(str(each) for each in fault.values())


@dataclass(frozen=True)
class Ended:
    """A process that ended by itself."""

    status: int
    output: Output
    errors: str

    @property
    def last_words(self) -> str:
        return self.errors.strip().splitlines()[-1]


@dataclass(frozen=True)
class Reader:
    """One source of one company, read by its tap as a process."""

    sandbox: Sandbox
    source: str
    folder: Path
    company: str = "tienda_norte"

    def rotate(self) -> None:
        """New secrets: a token that died stays dead."""
        asked = {"company": self.company, "source": self.source}
        self.sandbox.ask("POST", "rotate", asked)

    def run(self, state: dict[str, Any] | None = None, **changes: Any) -> Ended:
        known = self.sandbox.config(self.company, self.source)
        config, path = {**known, **changes}, self.folder / "config.json"
        path.write_text(json.dumps(config))
        tap = [f"taps.tap_{self.source}"]
        if self.source in declared_slugs():
            tap = ["taps.declared", self.source]
        program = [sys.executable, "-m", *tap]
        command = [*program, "--config", str(path)]
        if state is not None:
            (self.folder / "state.json").write_text(json.dumps(state))
            command += ["--state", str(self.folder / "state.json")]
        try:
            ended = subprocess.run(
                command,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(_ROOT)},
                capture_output=True,
                check=False,
                timeout=_HANGS_AFTER_SECONDS,
            )
        except subprocess.TimeoutExpired:
            pytest.fail(f"tap-{self.source} hangs")
        errors = ended.stderr.decode()
        for name, secret in known.items():
            if name in {"access_token", "client_secret", "refresh_token"}:
                assert secret not in errors
                assert secret.encode() not in ended.stdout
        messages = [json.loads(line) for line in ended.stdout.splitlines()]
        return Ended(ended.returncode, Output(messages), errors)


def rows(output: Output) -> dict[str, list[str]]:
    """All records by table, without when they were read and slices of no rows."""
    found: dict[str, list[str]] = {}
    for message in output.messages:
        if message["type"] == "RECORD":
            record = {k: v for k, v in message["record"].items() if k != "read_at"}
            if record.get("row_count") != 0:
                text = json.dumps(record, sort_keys=True)
                found.setdefault(message["stream"], []).append(text)
    return {stream: sorted(records) for stream, records in found.items()}


def bookmarks(output: Output) -> dict[str, str]:
    """The bookmark of every stream and partition that has one."""
    return {
        f"{stream} {partition.get('context')}": partition["replication_key_value"]
        for stream, state in output.state.get("bookmarks", {}).items()
        for partition in (*state.get("partitions", ()), state)
        if "replication_key_value" in partition
    }


def assert_right(ended: Ended, undisturbed: Ended) -> None:
    """Exactly the right rows, and the same bookmarks."""
    assert ended.status == 0, ended.errors
    assert rows(ended.output) == rows(undisturbed.output)
    assert bookmarks(ended.output) == bookmarks(undisturbed.output)


def assert_not_of_the_future(ended: Ended, undisturbed: Ended) -> None:
    """Every bookmark of a run beside a clock that is ahead is past by a right one.

    This machine's clock may be half a day beyond the sandbox's noon, and an account's
    midnight may lie in between: its day is then over, and no day after it.
    """
    assert ended.status == 0, ended.errors
    found, expected = bookmarks(ended.output), bookmarks(undisturbed.output)
    assert found.keys() == expected.keys()
    latest = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for name, value in found.items():
        assert expected[name] <= value <= latest, name


def assert_failed_in_words(ended: Ended, undisturbed: Ended, *words: str) -> None:
    """An error that says what, where, what to do; no bookmark beyond the rows."""
    assert ended.status in {1, 77}
    assert ended.last_words.startswith("ERROR: ")
    assert "Traceback" not in ended.errors
    for each in words:
        assert each in ended.last_words
    right, found = rows(undisturbed.output), rows(ended.output)
    for name, day in bookmarks(ended.output).items():
        stream = name.split()[0]
        due = [row for row in right.get(stream, ()) if json.loads(row)["date"] <= day]
        assert set(due) <= set(found.get(stream, ()))
