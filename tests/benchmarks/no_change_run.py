"""Measure the daily run of many companies when nothing has changed.

``python -m tests.benchmarks.no_change_run [--companies 50] [--customers 60]``. Every
company gets a small purchase log. The first `timonel run` loads, builds and predicts
all of them. Then nothing changes, and the run is repeated: with one company, which is
the baseline (starting Python, loading the definitions, opening the database), and with
all. CPU seconds are those of the command and of every program it starts; what the
Postgres server does for it is told apart, from the server's own processes. Uses the
server of ``TIMONEL_DATABASE_URL``, or starts an embedded one.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.lib.companies import Company, add_company
from orchestration.lib.connections import add_connection, files_connection
from orchestration.lib.database import migrate
from tests.benchmarks.loader import database
from tests.end_to_end.conftest import purchase_log, write_log

_AS_OF = "2024-12-30"
_GOAL_SECONDS = 60
_GOAL_PER_COMPANY = 1


@dataclass(frozen=True)
class _Cost:
    """Seconds of one command: by the clock, and of CPU with all it started."""

    elapsed: float
    cpu: float


def main() -> None:
    """Fill, run, run again with nothing changed; print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=50)
    parser.add_argument("--customers", type=int, default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        run = _Installation(Path(name), url)
        company_ids = [
            run.add(number, arguments.customers)
            for number in range(arguments.companies)
        ]
        first = run.run(company_ids)
        alone = run.run(company_ids[:1])
        everyone = run.run(company_ids)
    _print(first, alone, everyone, len(company_ids))


@dataclass(frozen=True)
class _Installation:
    folder: Path
    url: str

    def add(self, number: int, customers: int) -> str:
        """A company with a log of its own; its id."""
        if number == 0:
            migrate(self.url)
        company_id = f"shop_{number:02}"
        log = write_log(
            self.folder / "exports" / f"{company_id}.csv",
            purchase_log(customers, seed=number),
        )
        add_company(self.url, Company(company_id, company_id, "EUR", "Europe/Madrid"))
        add_connection(self.url, files_connection(company_id, log))
        return company_id

    def run(self, company_ids: Sequence[str]) -> _Cost:
        """`timonel run` for these companies, as a process."""
        named = [part for each in company_ids for part in ("--company", each)]
        environment = os.environ | {
            "TIMONEL_HOME": str(self.folder / "home"),
            "TIMONEL_DATABASE_URL": self.url,
        }
        started, before = time.monotonic(), _cpu_of_children()
        subprocess.run(
            [
                Path(sys.executable).with_name("timonel"),
                "run",
                "--as-of",
                _AS_OF,
                *named,
            ],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return _Cost(time.monotonic() - started, _cpu_of_children() - before)


def _program() -> Path:
    return Path(sys.executable).with_name("timonel")


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _print(first: _Cost, alone: _Cost, everyone: _Cost, count: int) -> None:
    rows = {
        f"first run, {count} companies": first,
        "nothing changed, one company (baseline)": alone,
        f"nothing changed, {count} companies": everyone,
    }
    for name, cost in rows.items():
        ratio = cost.cpu / alone.cpu
        print(f"  {name:42} {cost.elapsed:8.1f} s {cost.cpu:8.1f} s CPU  x {ratio:.2f}")
    extra = (everyone.cpu - alone.cpu) / max(count - 1, 1)
    print(f"  each further company {extra:.2f} s CPU (goal {_GOAL_PER_COMPANY})")
    print(f"  in all {everyone.cpu:.1f} s CPU (goal {_GOAL_SECONDS} for 50 companies)")


if __name__ == "__main__":
    main()
