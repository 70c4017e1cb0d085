"""Measure the whole way of a shop's history: sandbox, tap, target, Postgres.

``python -m tests.benchmarks.sources [--customers 20000] [--runs 3]``. A sandbox serves
a simulated shop over HTTP; its bulk file is made before the clock starts, because an
emulator's speed is nobody's business. Then, round by round: our tap alone, our target
alone on what it wrote, both in a pipe, bare COPY of the same messages, and the public
tap-shopify (`make test` installs it), which reads orders only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO, Any

import psycopg
import requests

from tests.benchmarks import bare_copy
from tests.benchmarks.loader import database

_COMPANY = "tienda_norte"
_PROJECT = Path(__file__).resolve().parents[2]
_PUBLIC = _PROJECT / ".venv" / "public" / "tap-shopify"
_REDIRECT = _PROJECT / "tests" / "public_taps" / "redirect.py"


@dataclass(frozen=True)
class _Run:
    seconds: float
    peak_mib: float
    records: int


def main() -> None:
    """Serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        folder = Path(name)
        with _sandbox(folder, arguments.customers) as base:
            bench = _Benchmark(folder, base, url)
            print("Making the shop's bulk file (not measured)", flush=True)
            bench.tap()
            rounds = [bench.round() for _ in range(arguments.runs)]
    _print_table(rounds, bench.order_count)


class _Benchmark:
    """The programs to measure, and the files between them."""

    def __init__(self, folder: Path, base: str, url: str) -> None:
        told = requests.get(f"{base}/_sandbox/connections", timeout=60).json()
        shop = told[_COMPANY]["connections"]["shopify"]
        self._settings = {**shop["settings"], **shop["secrets"]}
        self._base, self._url, self._folder = base, url, folder
        self._messages = folder / "messages.jsonl"
        self._tap_config = self._write("tap.json", self._settings)
        target = {"database_url": url, "schema": "raw_bench", "company_id": "acme"}
        self._target_config = self._write("target.json", target)
        self.order_count = 0

    def round(self) -> dict[str, _Run]:
        """Every program once."""
        runs = {"tap-shopify (ours)": self.tap(), "target-postgres": self.target()}
        runs["tap | target"] = self.pipe()
        runs["bare COPY of the same"] = self.bare_copy()
        if (_PUBLIC / ".ready").exists():
            runs["public tap-shopify, orders"] = self.public_tap()
        return runs

    def tap(self) -> _Run:
        with self._messages.open("wb") as output:
            seconds, peak = _measured([self._start(self._our_tap, stdout=output)])
        self.order_count, records = _counted(self._messages)
        return _Run(seconds, peak, records)

    def target(self) -> _Run:
        self._forget()
        command = [*self._our_target, "--input", str(self._messages)]
        seconds, peak = _measured([self._start(command)])
        return _Run(seconds, peak, self._landed("raw_bench"))

    def pipe(self) -> _Run:
        self._forget()
        tap = self._start(self._our_tap, stdout=subprocess.PIPE)
        target = self._start(self._our_target, stdin=tap.stdout)
        assert tap.stdout
        tap.stdout.close()
        seconds, peak = _measured([tap, target])
        return _Run(seconds, peak, self._landed("raw_bench"))

    def bare_copy(self) -> _Run:
        self._forget()
        script = str(bare_copy.__file__)
        command = [sys.executable, script, str(self._messages), self._url]
        seconds, peak = _measured([self._start(command)])
        return _Run(seconds, peak, self._landed("bare"))

    def public_tap(self) -> _Run:
        config = self._write(
            "public.json",
            {
                **{k: self._settings[k] for k in ("shop", "client_id")},
                "client_secret": self._settings["client_secret"],
                "start_date": "2020-01-01T00:00:00Z",
                "date_window_size": "5000",
                "user_agent": "bench",
            },
        )
        python = str(_PUBLIC / "bin" / "python")
        command = [python, str(_REDIRECT), "tap_shopify", self._base]
        command += ["--config", config]
        found = subprocess.run(
            [*command, "--discover"], check=True, capture_output=True, text=True
        )
        catalog = json.loads(found.stdout)
        for stream in catalog["streams"]:
            is_chosen = stream["tap_stream_id"] == "orders"
            for entry in stream["metadata"]:
                if is_chosen or not entry["breadcrumb"]:
                    entry["metadata"]["selected"] = is_chosen
        output = self._folder / "public.jsonl"
        command += ["--catalog", self._write("catalog.json", catalog)]
        with output.open("wb") as file:
            seconds, peak = _measured([self._start(command, stdout=file)])
        return _Run(seconds, peak, _counted(output)[1])

    @property
    def _our_tap(self) -> list[str]:
        return [sys.executable, "-m", "taps.tap_shopify", "--config", self._tap_config]

    @property
    def _our_target(self) -> list[str]:
        module = ["-m", "taps.target_postgres"]
        return [sys.executable, *module, "--config", self._target_config]

    def _start(
        self,
        command: Sequence[str],
        stdin: IO[Any] | None = None,
        stdout: IO[Any] | int = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        log = (self._folder / "stderr.log").open("ab")
        return subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=log)

    def _write(self, name: str, content: Any) -> str:
        path = self._folder / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return str(path)

    def _forget(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as admin:
            admin.execute("drop schema if exists raw_bench cascade")
            admin.execute("drop schema if exists bare cascade")
            admin.execute("checkpoint")

    def _landed(self, schema: str) -> int:
        with psycopg.connect(self._url) as reader:
            tables = reader.execute(
                "select table_name from information_schema.tables "
                "where table_schema = %s",
                (schema,),
            ).fetchall()
            counts = (
                reader.execute(f'select count(*) from {schema}."{name}"').fetchone()
                for (name,) in tables
            )
            return sum(row[0] for row in counts if row)


def _measured(processes: Sequence[subprocess.Popen[bytes]]) -> tuple[float, float]:
    """Seconds until all have ended, and the largest peak memory of one (MiB)."""
    started, peak = time.perf_counter(), 0.0
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{process.args!r} failed; see stderr.log")
        peak = max(peak, usage.ru_maxrss / 1024)
    return time.perf_counter() - started, peak


def _counted(messages: Path) -> tuple[int, int]:
    """Orders and records in a file of Singer messages."""
    orders = records = 0
    with messages.open("rb") as lines:
        for line in lines:
            head = line[:80]
            if b'"RECORD"' in head:
                records += 1
                orders += b'"stream":"orders"' in head or b'"stream": "orders"' in head
    return orders, records


@contextmanager
def _sandbox(folder: Path, customers: int) -> Iterator[str]:
    command = [sys.executable, "-m", "sandbox", "serve", "--home", str(folder)]
    options = ["--port", "0", "--customers", str(customers)]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE) as server:
        assert server.stdout
        yield json.loads(server.stdout.readline())["url"]
        server.terminate()


def _print_table(rounds: list[dict[str, _Run]], order_count: int) -> None:
    names = rounds[0]
    bare = median(each["bare COPY of the same"].seconds for each in rounds)
    print(
        f"\n{order_count:,} orders\n{'program':28} {'seconds':>8} {'min-max':>13} "
        f"{'records':>10} {'records/s':>10} {'orders/s':>9} {'x bare':>7} "
        f"{'peak MiB':>9}"
    )
    for name in names:
        runs = [each[name] for each in rounds]
        taken = sorted(run.seconds for run in runs)
        seconds = median(taken)
        print(
            f"{name:28} {seconds:8.2f} {taken[0]:6.2f}-{taken[-1]:6.2f} "
            f"{runs[0].records:10,} {runs[0].records / seconds:10,.0f} "
            f"{order_count / seconds:9,.0f} {bare / seconds:7.2f} "
            f"{max(run.peak_mib for run in runs):9.0f}"
        )
    print(
        "\nmedians of whole processes, start included; records are rows of all tables "
        "(orders,\ntheir lines, refunds, payments, ledger, visits, customers ...); "
        "the public tap writes an\norder and its lines as one record; 'x bare': times "
        "as fast as bare COPY"
    )


if __name__ == "__main__":
    main()
