"""Whatever kills the loader, what it acknowledged is stored and a second run heals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from taps.target_postgres.errors import LoadError
from tests.taps.target_postgres.singer import (
    ORDERS,
    Loader,
    Message,
    lines,
    record,
    schema,
    state,
)

_PATIENCE_SECONDS = 60
_CONTRACT = schema(ORDERS, replication_key="updated_at")
_LINES = schema(ORDERS, stream="order_lines")


def _orders(numbers: range) -> list[Message]:
    """Orders with lines, a bad record now and then, and a state after every tenth."""
    messages: list[Message] = []
    for number in numbers:
        moment = f"2024-06-01T00:{number % 60:02}:00Z"
        messages.append(record(id=str(number), total=number, updated_at=moment))
        messages.append(record("order_lines", id=f"{number}/1", total=number))
        if number % 7 == 0:
            messages.append(record(id=f"bad {number}", total="lots"))
        if number % 10 == 9:
            messages.append(state(number + 1))
    return messages


@contextmanager
def _process(
    loader: Loader, tmp_path: Path, **settings: Any
) -> Iterator[subprocess.Popen[bytes]]:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(loader.settings(**settings)))
    command = [sys.executable, "-m", "taps.target_postgres", "--config", str(config)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(tmp_path / "log").open("wb"),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _feed(process: subprocess.Popen[bytes], messages: list[Message]) -> None:
    assert process.stdin
    process.stdin.write(lines(messages))
    process.stdin.flush()


def _states(process: subprocess.Popen[bytes]) -> list[int]:
    assert process.stdout
    return [json.loads(line)["bookmarks"] for line in process.stdout]


def _content(loader: Loader, company: str) -> list[list[Any]]:
    return [
        loader.rows(
            f"select {columns} from {table} where company_id = '{company}'"
            f" order by {columns}"
        )
        for columns, table in (
            ("id, total, updated_at", "raw_shop.orders"),
            ("id, total, updated_at", "raw_shop.order_lines"),
            ("stream, record_hash, reason", "ops.quarantined_records"),
        )
    ]


def _undisturbed(loader: Loader, messages: list[Message]) -> list[list[Any]]:
    loader.load(_CONTRACT, _LINES, *messages, company_id="undisturbed")
    return _content(loader, "undisturbed")


@contextmanager
def _table_locked(loader: Loader, table: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(loader.database_url) as other:
        other.execute(f"lock table {table} in access exclusive mode")
        yield other


def _wait_until_blocked(loader: Loader) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        blocked = loader.column(
            "select count(*) from pg_stat_activity, pg_sleep(0.02)"
            " where application_name = 'target-postgres' and wait_event_type = 'Lock'"
        )
        if blocked == [1]:
            return
    raise AssertionError("the loader never reached the locked table")


def test_a_state_comes_out_after_the_records_before_it_are_stored(
    loader: Loader, tmp_path: Path
) -> None:
    with _process(loader, tmp_path, batch_rows=50) as process:
        _feed(process, [_CONTRACT, _LINES, *_orders(range(40))])
        assert process.stdout
        acknowledged = json.loads(process.stdout.readline())["bookmarks"]

        stored = loader.column("select id::int from raw_shop.orders order by 1")

    assert acknowledged >= 10
    assert set(stored) >= set(range(acknowledged))


def test_a_state_never_comes_before_its_records_are_read(loader: Loader) -> None:
    states = loader.load(_CONTRACT, _LINES, *_orders(range(40)), batch_rows=25)

    values = [message["bookmarks"] for message in states]
    # The last state before each full batch, and the last one of all.
    assert values == sorted(set(values))
    assert values[-1] == 40
    assert len(values) > 1


def test_no_state_means_no_output(loader: Loader) -> None:
    assert loader.load(_CONTRACT, record(id="1")) == []


def test_a_state_keeps_its_numbers(loader: Loader) -> None:
    line = b'{"type":"STATE","value":{"cursor":1.10,"page":12345678901234567890}}\n'

    assert loader.load(_CONTRACT, line) == [
        {"cursor": 1.10, "page": 12345678901234567890}
    ]


def test_killed_inside_a_transaction_it_leaves_only_what_it_acknowledged(
    loader: Loader, tmp_path: Path
) -> None:
    before, after = _orders(range(30)), _orders(range(30, 60))
    with _process(loader, tmp_path, batch_rows=20) as process:
        _feed(process, [_CONTRACT, _LINES, *before])
        assert process.stdout
        first = json.loads(process.stdout.readline())["bookmarks"]
        with _table_locked(loader, "raw_shop.orders") as other:
            stored = other.execute("select count(*) from raw_shop.orders").fetchone()
            _feed(process, after)
            # order_lines of the batch are written by now, and not committed.
            _wait_until_blocked(loader)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            acknowledged = [first, *_states(process)]

    assert process.returncode == -signal.SIGKILL
    assert stored is not None
    orders = loader.column("select id::int from raw_shop.orders order by 1")
    line_ids = loader.column("select id from raw_shop.order_lines")
    assert len(orders) == stored[0] < 60
    assert set(orders) >= set(range(acknowledged[-1]))
    assert {f"{number}/1" for number in range(acknowledged[-1])} <= set(line_ids)
    assert len(line_ids) < 60


@pytest.mark.parametrize("killed_after", [1, 2, 3, 5])
def test_killed_anywhere_and_run_again_it_ends_like_an_undisturbed_run(
    loader: Loader, tmp_path: Path, killed_after: int
) -> None:
    messages = _orders(range(100))
    with _process(loader, tmp_path, batch_rows=20) as process:
        _feed(process, [_CONTRACT, _LINES, *messages])
        assert process.stdout
        for _ in range(killed_after):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    loader.load(_CONTRACT, _LINES, *messages, batch_rows=20)

    assert _content(loader, "acme") == _undisturbed(loader, messages)
    assert len(_content(loader, "acme")[0]) == 100


def test_it_can_resume_from_the_last_state_instead(
    loader: Loader, tmp_path: Path
) -> None:
    with _process(loader, tmp_path, batch_rows=20) as process:
        _feed(process, [_CONTRACT, _LINES, *_orders(range(50))])
        assert process.stdout
        acknowledged = json.loads(process.stdout.readline())["bookmarks"]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        acknowledged = [acknowledged, *_states(process)][-1]

    loader.load(_CONTRACT, _LINES, *_orders(range(acknowledged, 50)))

    assert _content(loader, "acme") == _undisturbed(loader, _orders(range(50)))


def test_asked_to_stop_it_undoes_the_open_batch_and_does_not_claim_success(
    loader: Loader, tmp_path: Path
) -> None:
    loader.load(_CONTRACT)
    with (
        _table_locked(loader, "raw_shop.orders") as other,
        _process(loader, tmp_path, batch_rows=10) as process,
    ):
        # Preparing the table needs no lock that the other one holds; loading does.
        other.execute("select 1")
        _feed(process, [_CONTRACT, _LINES, *_orders(range(20))])
        _wait_until_blocked(loader)
        process.terminate()
        returncode = process.wait(timeout=_PATIENCE_SECONDS)
        states = _states(process)

    assert returncode == 1
    assert states == []
    assert loader.column("select count(*) from raw_shop.orders") == [0]
    assert loader.column("select count(*) from raw_shop.order_lines") == [0]


@pytest.mark.parametrize(
    "broken",
    [
        b'{"type":"RECORD","stream":"orders","record":{"id":"9","note":"ana@examp',
        b"not json\n",
        b"[1, 2]\n",
        b'{"type":"RECORD","stream":"orders","record":{"id":"\xff"}}\n',
        b'{"type":"RECORD"} trailing\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_a_line_that_is_no_message_stops_the_load_and_is_named(
    loader: Loader,
    broken: bytes,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(LoadError) as failure:
        loader.load(
            _CONTRACT,
            *[record(id=str(number)) for number in range(5)],
            state(5),
            record(id="6"),
            state(7),
            broken,
            batch_rows=6,
        )

    assert str(failure.value).startswith("Line 10 of the input: ")
    assert "ana@" not in str(failure.value) + caplog.text + capsys.readouterr().err
    # Six records filled a batch; what came after it was not committed.
    assert loader.column("select count(*) from raw_shop.orders") == [6]


def test_a_broken_line_leaves_the_last_committed_state_as_the_last_word(
    loader: Loader, tmp_path: Path
) -> None:
    with _process(loader, tmp_path, batch_rows=6) as process:
        messages = [record(id=str(number)) for number in range(8)]
        assert process.stdin
        process.stdin.write(
            lines(
                [_CONTRACT, *messages[:5], state(5), *messages[5:], state(8), b"{half"]
            )
        )
        process.stdin.close()
        states = _states(process)
        returncode = process.wait(timeout=_PATIENCE_SECONDS)

    assert states == [5]
    assert returncode == 1
    assert "Line 12 of the input: Malformed JSON" in (tmp_path / "log").read_text()


def test_large_records_are_committed_before_the_row_limit_is_reached(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taps.target_postgres.target._BATCH_CHARACTERS", 1_000)
    large = {"note": {"type": "string"}}

    states = loader.load(
        schema(ORDERS | large),
        *[
            message
            for number in range(4)
            for message in (state(number), record(id=str(number), note="x" * 600))
        ],
        batch_rows=1_000,
    )

    assert [message["bookmarks"] for message in states] == [1, 3]
