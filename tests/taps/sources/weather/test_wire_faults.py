"""The program against the real server: right rows, or an error in words, in time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.serving import Sandbox, sandbox_process
from tests.taps.tap_processes import (
    NOON,
    PASSING,
    SKEW,
    TODAY,
    Ended,
    Reader,
    assert_failed_in_words,
    assert_not_of_the_future,
    assert_right,
    days_ago,
    name_of,
    rows,
)

SETTINGS: dict[str, Any] = {"start_date": days_ago(45), "request_timeout_seconds": 2}
LASTING: tuple[tuple[dict[str, Any], str], ...] = (
    ({"kind": "schema_change", "field": "precipitation_sum"}, "documented shape"),
    ({"kind": "server_error", "after": 1, "status": 400}, "Check latitude"),
    ({"kind": "server_error", "status": 403}, "api_key"),
)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    home = tmp_path_factory.mktemp("sandbox")
    with sandbox_process(home, "--today", TODAY.isoformat()) as sandbox:
        sandbox.ask("POST", "clock", {"now": NOON})
        yield sandbox


@pytest.fixture(scope="module")
def undisturbed(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    reader = Reader(sandbox, "weather", tmp_path_factory.mktemp("undisturbed"))
    ended = reader.run(**SETTINGS)
    assert ended.status == 0, ended.errors
    assert rows(ended.output)
    return ended


@pytest.fixture
def reader(sandbox: Sandbox, tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(sandbox, "weather", tmp_path)
    yield reader
    sandbox.heal()
    reader.rotate()


@pytest.mark.parametrize("fault", PASSING, ids=name_of)
def test_a_passing_fault_changes_no_row(
    reader: Reader, undisturbed: Ended, fault: dict[str, Any]
) -> None:
    reader.sandbox.fail(**{"path_contains": "/weather/", **fault})
    assert_right(reader.run(**SETTINGS), undisturbed)


@pytest.mark.parametrize(
    ("fault", "words"), LASTING, ids=[name_of(fault) for fault, _ in LASTING]
)
def test_a_lasting_fault_is_named_and_keeps_the_bookmarks_behind_it(
    reader: Reader, undisturbed: Ended, fault: dict[str, Any], words: str
) -> None:
    reader.sandbox.fail(**{"path_contains": "/weather/", "times": None, **fault})
    assert_failed_in_words(reader.run(**SETTINGS), undisturbed, words)


def test_a_clock_that_is_weeks_ahead_makes_no_bookmark_of_the_future(
    reader: Reader, undisturbed: Ended
) -> None:
    reader.sandbox.fail("clock_skew", seconds=SKEW, times=None)
    first = reader.run(**SETTINGS)
    reader.sandbox.heal()
    second = reader.run(first.output.state, **SETTINGS)
    assert_not_of_the_future(second, undisturbed)
