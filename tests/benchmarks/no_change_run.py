"""Measure the daily run of many companies when nothing has changed.

``python -m tests.benchmarks.no_change_run [--companies 50] [--customers 60]``. Every
company has a small purchase log of its own. `timonel run` loads, builds and predicts
the first; the logs of the others are loaded too, and what a finished run leaves to be
looked at is copied to them, because 50 first runs take an hour. Then nothing changes,
and the run is repeated: with one company, which is the baseline (starting Python,
loading the definitions, opening the database), and with all. Then a company of the
sandbox that reads six interfaces over HTTP is run until there is nothing new, while the
sandbox stands still: each source costs a tap and a loader, which are programs.

CPU seconds are those of the command and of every program it starts; the Postgres server
and the sandbox are left out. Uses the server of ``TIMONEL_DATABASE_URL``, or starts an
embedded one. Ends with 1 if a goal is missed by the companies of files, which the goals
are about; what an interface costs is printed beside them.
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
from datetime import date
from pathlib import Path

import psycopg
from psycopg import sql

from orchestration.cli.refresh import Refresher, code_version
from orchestration.lib.connections.connections import add_connection, files_connection
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.sandbox import SandboxWorld, running_sandbox
from orchestration.lib.operations.runs import input_version, recorded_run
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.example_companies import adopt_company
from orchestration.lib.warehouse.database import migrate
from tests.benchmarks.loader import database
from tests.end_to_end.conftest import purchase_log, stop_time, write_log

_AS_OF = date(2024, 12, 30)
# Where a run sees whether another one came between.
_LOOKED_AT = (
    ("marts", "customer_summaries"),
    ("predictions", "model_fits"),
    ("predictions", "predictions_customer"),
)
_SHOP_CUSTOMERS = 300
_GOAL_SECONDS = 60
_GOAL_PER_COMPANY = 1


@dataclass(frozen=True)
class _Cost:
    """Seconds of one command: by the clock, and of CPU with all it started."""

    elapsed: float
    cpu: float


@dataclass(frozen=True)
class _Costs:
    """Of the commands that are compared."""

    first: _Cost
    alone: _Cost
    everyone: _Cost
    interfaces: _Cost
    count: int

    @property
    def per_company(self) -> float:
        """CPU seconds of each further company of files."""
        return (self.everyone.cpu - self.alone.cpu) / max(self.count - 1, 1)

    @property
    def are_met(self) -> bool:
        """Whether companies of files cost what was promised."""
        is_cheap = self.per_company <= _GOAL_PER_COMPANY
        return is_cheap and self.everyone.cpu <= _GOAL_SECONDS

    def print(self) -> None:
        """Each command beside the baseline, and the goals."""
        rows = {
            "first run, one company": self.first,
            "nothing changed, one company (baseline)": self.alone,
            f"nothing changed, {self.count} companies": self.everyone,
            "nothing changed, one of six interfaces": self.interfaces,
        }
        for name, cost in rows.items():
            print(
                f"  {name:42} {cost.elapsed:8.1f} s {cost.cpu:8.1f} s CPU"
                f"  x {cost.cpu / self.alone.cpu:.2f}"
            )
        print(
            f"  each further company {self.per_company:.2f} s CPU"
            f" (goal {_GOAL_PER_COMPANY})\n"
            f"  in all {self.everyone.cpu:.1f} s CPU"
            f" (goal {_GOAL_SECONDS} for 50 companies)"
        )


def main() -> None:
    """Fill, run, run again with nothing changed; print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=50)
    parser.add_argument("--customers", type=int, default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        migrate(url)
        shops = _Installation(Path(name), url)
        companies = [
            shops.add(number, arguments.customers)
            for number in range(arguments.companies)
        ]
        first = shops.run(companies[:1])
        shops.finish_like(companies[0], companies[1:])
        alone = shops.run(companies[:1])
        everyone = shops.run(companies)
        interfaces = shops.run_interfaces()
    costs = _Costs(first, alone, everyone, interfaces, len(companies))
    costs.print()
    sys.exit(0 if costs.are_met else 1)


@dataclass(frozen=True)
class _Installation:
    folder: Path
    url: str

    def add(self, number: int, customers: int) -> Company:
        """A company with a log of its own."""
        company_id = f"shop_{number:02}"
        log = write_log(
            self.folder / "exports" / f"{company_id}.csv",
            purchase_log(customers, seed=number),
        )
        company = Company(company_id, company_id, "EUR", "Europe/Madrid")
        add_company(self.url, company)
        add_connection(self.url, files_connection(company_id, log))
        return company

    def finish_like(self, model: Company, others: Sequence[Company]) -> None:
        """Load the others, and leave them as a run that went through would."""
        os.environ["TIMONEL_HOME"] = str(self.folder / "home")
        os.environ["TIMONEL_DATABASE_URL"] = self.url
        refresher = Refresher(Settings.from_environment(), self.url)
        for company in others:
            refresher.load(company)
            with psycopg.connect(self.url) as database:
                for table in _LOOKED_AT:
                    _copy(database, table, model.company_id, company.company_id)
            version = input_version(self.url, company, _AS_OF, code_version())
            with recorded_run(self.url, company.company_id, _AS_OF, version):
                pass

    def run_interfaces(self) -> _Cost:
        """Of a company that reads interfaces, a run that finds nothing new."""
        settings = Settings(self.folder / "home", self.url)
        with running_sandbox(settings, SandboxWorld(_SHOP_CUSTOMERS)) as sandbox:
            company = adopt_company(self.url, settings, sandbox, "tienda_norte")
            self.run([company], as_of=None)
            # Its shop goes on selling meanwhile.
            stop_time(sandbox)
            self.run([company], as_of=None)
            return self.run([company], as_of=None)

    def run(self, companies: Sequence[Company], as_of: date | None = _AS_OF) -> _Cost:
        """`timonel run` for these companies, as a process."""
        dated = ("--as-of", str(as_of)) if as_of else ()
        named = [part for each in companies for part in ("--company", each.company_id)]
        environment = os.environ | {
            "TIMONEL_HOME": str(self.folder / "home"),
            "TIMONEL_DATABASE_URL": self.url,
        }
        started, before = time.monotonic(), _cpu_of_children()
        subprocess.run(
            [Path(sys.executable).with_name("timonel"), "run", *dated, *named],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return _Cost(time.monotonic() - started, _cpu_of_children() - before)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _copy(
    database: psycopg.Connection, table: tuple[str, str], model: str, company_id: str
) -> None:
    columns = database.execute(
        """select column_name from information_schema.columns
        where (table_schema, table_name) = (%s, %s) and column_name <> 'company_id'
            and is_generated = 'NEVER'""",
        table,
    ).fetchall()
    names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in columns)
    database.execute(
        sql.SQL(
            "insert into {table} (company_id, {names})"
            " select %s, {names} from {table} where company_id = %s"
        ).format(table=sql.Identifier(*table), names=names),
        (company_id, model),
    )


if __name__ == "__main__":
    main()
