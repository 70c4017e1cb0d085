"""The command line every API tap has, run as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

Run = subprocess.CompletedProcess[str]


@pytest.fixture
def tap(tmp_path: Path) -> Any:
    def run(*arguments: str, state: object = None, **settings: str) -> Run:
        config = tmp_path / "config.json"
        config.write_text(json.dumps({"token": "S3CRET", **settings}))
        given = ["--config", str(config), *arguments]
        if state is not None:
            (tmp_path / "state.json").write_text(json.dumps(state))
            given += ["--state", str(tmp_path / "state.json")]
        return subprocess.run(
            [sys.executable, "-m", "tests.taps.api_source.example_tap", *given],
            check=False,
            capture_output=True,
            text=True,
        )

    return run


def messages(run: Run, kind: str) -> list[dict[str, Any]]:
    read = [json.loads(line) for line in run.stdout.splitlines()]
    return [message for message in read if message["type"] == kind]


def last_bookmark(run: Run) -> str:
    (partition,) = messages(run, "STATE")[-1]["value"]["bookmarks"]["days"][
        "partitions"
    ]
    assert partition["context"] == {"account_id": "a"}
    return str(partition["replication_key_value"])


def test_every_schema_comes_before_the_first_record(tap: Any) -> None:
    run = tap()
    kinds = [json.loads(line)["type"] for line in run.stdout.splitlines()]
    assert kinds[:3] == ["SCHEMA", "SCHEMA", "RECORD"]
    assert kinds.count("SCHEMA") == 2


def test_the_slices_schema_names_the_columns_it_replaces_by(tap: Any) -> None:
    schemas = {m["stream"]: m["schema"] for m in messages(tap(), "SCHEMA")}
    assert schemas["slices"]["x-replaces-by"] == ["account_id", "date"]
    assert "x-replaces-by" not in schemas["days"]


def test_a_slice_is_closed_after_its_rows_and_before_its_bookmark(tap: Any) -> None:
    run = tap()
    read = [json.loads(line) for line in run.stdout.splitlines()]
    assert [m.get("stream", "STATE") for m in read[2:5]] == ["days", "slices", "STATE"]
    assert read[3]["record"] == {
        "stream_name": "days",
        "account_id": "a",
        "date": "2026-01-01",
        "row_count": 1,
        "total_name": "spend",
        "total": 19.99,
        "control_total": 19.99,
        "is_final": False,
        "read_at": "2026-01-05T00:00:00Z",
    }


def test_amounts_keep_their_digits(tap: Any) -> None:
    assert '"spend":19.990,' in tap().stdout


@pytest.mark.parametrize(
    ("stumble", "status", "said"),
    [
        ("access", 1, "ERROR: days: *** is refused."),
        ("token", 77, "ERROR: days: the token ran out. Connect."),
        ("signal", 143, None),
    ],
)
def test_a_failure_is_one_line_and_a_status_and_keeps_what_was_read(
    tap: Any, stumble: str, status: int, said: str | None
) -> None:
    run = tap(stumble=stumble)
    assert run.returncode == status
    assert "Traceback" not in run.stderr
    assert "S3CRET" not in run.stderr + run.stdout
    if said is not None:
        assert run.stderr.splitlines()[-1] == said
    assert last_bookmark(run) == "2026-01-01"


def test_the_bookmark_comes_back(tap: Any) -> None:
    state = messages(tap(), "STATE")[-1]["value"]
    assert "bookmark: 2026-01-02" in tap(state=state).stderr


def test_a_range_is_read_again_without_touching_the_bookmark(tap: Any) -> None:
    state = messages(tap(), "STATE")[-1]["value"]
    again = tap(state=state, start_date="2026-01-01", end_date="2026-01-01")
    assert "bookmark: none" in again.stderr
    assert all(m["value"] == state for m in messages(again, "STATE"))


def test_check_prints_one_object(tap: Any) -> None:
    run = tap("--check")
    assert json.loads(run.stdout)["account"] == "Example"
    assert run.returncode == 0


def test_about_describes_every_setting(tap: Any) -> None:
    run = tap("--about")
    for words in ("What goes wrong.", "A secret.", "First date read", "both included"):
        assert words in run.stdout
    assert "S3CRET" not in run.stdout


def test_a_wrong_setting_is_one_line(tap: Any) -> None:
    run = tap(start_date="yesterday", stumble="")
    assert run.returncode in {0, 1}
    assert "Traceback" not in run.stderr
