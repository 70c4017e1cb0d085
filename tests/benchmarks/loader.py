"""Measure target-postgres against the public target and against bare COPY.

``python -m tests.benchmarks.loader [--records 200000] [--runs 3]``. Every loader is a
process of its own, reads the same file and fills a new table; rounds are interleaved,
so a busy machine slows all of them. Uses the server of ``TIMONEL_DATABASE_URL``, or
starts an embedded one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from orchestration.lib.warehouse.database import migrate
from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres
from tests.benchmarks import bare_copy
from tests.benchmarks.orders import write_messages

_OURS = "target-postgres (ours)"
_PUBLIC = "public target, COPY"
_PUBLIC_UNCHECKED = "public target, COPY, no validation"
_BARE = "bare COPY + on conflict"

_TABLES = {
    _OURS: "raw_bench.orders",
    _PUBLIC: "public_bench.orders",
    _PUBLIC_UNCHECKED: "public_bench.orders",
    _BARE: "bare.orders",
}


@dataclass(frozen=True)
class _Run:
    seconds: float
    peak_mib: float


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, database(Path(folder)) as url:
        messages = Path(folder) / "orders.jsonl"
        write_messages(messages, arguments.records)
        size = messages.stat().st_size / arguments.records
        print(f"{arguments.records:,} orders, {size:.0f} bytes each\n")
        commands = _commands(Path(folder), messages, url)
        runs: dict[str, list[_Run]] = {name: [] for name in commands}
        for _ in range(arguments.runs):
            for name, command in commands.items():
                runs[name].append(_measure(name, command, url, arguments.records))
    _print_table(runs, arguments.records)


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """A new database, dropped at the end, on the configured or an own server."""
    configured = os.environ.get("TIMONEL_DATABASE_URL")
    if configured:
        yield from _new_database(configured)
        return
    # Postgres runs as a user of its own when root starts it, and must get in.
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "postgres")
    try:
        yield from _new_database(server.start())
    finally:
        server.stop()


def _new_database(server_url: str) -> Iterator[str]:
    name = f"bench_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f"create database {name}")
    url = server_url.rsplit("/", 1)[0] + f"/{name}"
    try:
        migrate(url)
        yield url
    finally:
        with psycopg.connect(server_url, autocommit=True) as admin:
            admin.execute(f"drop database {name} with (force)")


def _commands(folder: Path, messages: Path, url: str) -> dict[str, list[str]]:
    ours = _config(
        folder / "ours.json",
        {"database_url": url, "schema": "raw_bench", "company_id": "acme"},
    )
    public = _public_config(url)
    checked = _config(folder / "public.json", public)
    unchecked = _config(folder / "unchecked.json", public | {"validate_records": False})
    public_program = (
        "from target_postgres.target import TargetPostgres; TargetPostgres.cli()"
    )
    python, source = sys.executable, ["--input", str(messages)]
    return {
        _OURS: [python, "-m", "taps.target_postgres", "--config", ours, *source],
        _BARE: [python, str(bare_copy.__file__), str(messages), url],
        _PUBLIC: [python, "-c", public_program, "--config", checked, *source],
        _PUBLIC_UNCHECKED: [
            *(python, "-c", public_program, "--config", unchecked, *source)
        ],
    }


def _config(path: Path, settings: dict[str, Any]) -> str:
    path.write_text(json.dumps(settings), encoding="utf-8")
    return str(path)


def _public_config(url: str) -> dict[str, Any]:
    parts = conninfo_to_dict(url)
    return {
        "host": parts["host"],
        "port": int(str(parts.get("port", 5432))),
        "user": parts["user"],
        # It insists on a password; a server that trusts us ignores it.
        "password": parts.get("password") or "unused",
        "database": parts["dbname"],
        "default_target_schema": "public_bench",
        "use_copy": True,
        "batch_size_rows": 20_000,
    }


def _measure(name: str, command: list[str], url: str, records: int) -> _Run:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"drop table if exists {_TABLES[name]}")
        admin.execute("checkpoint")
    started = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            log.seek(0)
            raise SystemExit(f"{name} failed:\n{log.read().decode()[-3000:]}")
    with psycopg.connect(url) as reader:
        row = reader.execute(f"select count(*) from {_TABLES[name]}").fetchone()
    if row != (records,):
        raise SystemExit(f"{name} loaded {row} instead of {records} records")
    return _Run(seconds=seconds, peak_mib=usage.ru_maxrss / 1024)


def _print_table(runs: dict[str, list[_Run]], records: int) -> None:
    seconds = {name: median(run.seconds for run in each) for name, each in runs.items()}
    print(
        f"{'loader':36} {'seconds':>8} {'min-max':>13} {'records/s':>10} "
        f"{'x public':>9} {'x bare':>7} {'peak MiB':>9}"
    )
    for name, each in runs.items():
        taken = sorted(run.seconds for run in each)
        print(
            f"{name:36} {seconds[name]:8.2f} {taken[0]:6.2f}-{taken[-1]:6.2f} "
            f"{records / seconds[name]:10,.0f} "
            f"{seconds[_PUBLIC] / seconds[name]:9.1f} "
            f"{seconds[_BARE] / seconds[name]:7.2f} "
            f"{max(run.peak_mib for run in each):9.0f}"
        )
    print(
        "\nmedians of whole processes, start included; 'x public' and 'x bare': how "
        "many times\nas fast as the public target with its default validation, and "
        "as bare COPY"
    )


if __name__ == "__main__":
    main()
