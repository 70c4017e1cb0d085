"""The command line, run as its users run it: as a process, on files."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import psycopg
import pytest
import requests

from orchestration.lib.ingestion.sandbox import Sandbox
from tests.conftest import KnowsProject, NewDatabase, copies_of

Row = tuple[str, date, Decimal]
# Seconds; only so that a run that hangs fails its test instead of all of them.
_PATIENCE = 1100

_DBT = Path(__file__).parents[2] / "dbt_project"

Tables = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Timonel:
    """One installation: its folder, its database, its commands."""

    home: Path
    url: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def traces(self) -> list[Path]:
        """Folders in which commands leave something."""
        target = self.environment.get("DBT_TARGET_PATH", _DBT / "target")
        return [self.home, Path(target), _DBT / "logs"]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command in a session of its own, to be killed with its children."""
        return subprocess.Popen(
            [Path(sys.executable).with_name("timonel"), *arguments],
            env=os.environ
            | self.environment
            | {
                "TIMONEL_HOME": str(self.home),
                "TIMONEL_DATABASE_URL": self.url,
                "COLUMNS": "200",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, exit_code: int = 0) -> str:
        """What a command says until its end; forked where that can be."""
        process = self.start(*arguments)
        try:
            said, _ = process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            pytest.fail(f"no end after {_PATIENCE} s: timonel {' '.join(arguments)}")
        assert process.returncode == exit_code, said
        return said

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query, values).fetchall()


@pytest.fixture
def home(memory: Path) -> Iterator[Path]:
    """Where an installation leaves what it stores, in memory where there is room."""
    with tempfile.TemporaryDirectory(prefix="home-", dir=memory) as folder:
        yield Path(folder) / "home"


@pytest.fixture
def timonel(
    new_installation: NewDatabase, knows_project: KnowsProject, home: Path
) -> Iterator[Timonel]:
    """An installation whose models stand already."""
    with new_installation() as url:
        yield Timonel(home, url, knows_project(url))


@pytest.fixture
def new_timonel(database_url: str, knows_project: KnowsProject, home: Path) -> Timonel:
    """An installation that has never run; dbt knows the project from the last one."""
    return Timonel(home, database_url, knows_project(database_url))


def purchase_log(customers: int, seed: int) -> list[Row]:
    """A shop's purchases in 2023 and 2024, from buyers who buy and then stop."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        rate = rng.gamma(0.8, 1 / 60)
        leaves = rng.beta(0.8, 2.5)
        typical = rng.gamma(6, 8)
        day = date(2023, 1, 1) + timedelta(days=int(rng.integers(0, 540)))
        while day < date(2024, 12, 31):
            amount = Decimal(round(float(rng.gamma(5, typical / 5)) * 100) + 1) / 100
            rows.append((f"c{number}", day, amount))
            if len(rows) > 1 and rng.random() < leaves / 2:
                break
            day += timedelta(days=1 + int(rng.exponential(1 / rate)))
    return sorted(rows, key=lambda row: (row[1], row[0]))


def write_log(path: Path, rows: list[Row]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["customer_id", "date", "amount"])
        writer.writerows(rows)
    return path


FIRST, SECOND = "2024-11-30", "2024-12-28"


@dataclass(frozen=True)
class Predicted:
    """An installation whose companies `calm` and `tienda` have the same orders.

    Both were predicted from as of FIRST, once for all tests; each goes on with a copy.
    """

    origin: Timonel
    export: Path
    rows: list[Row]
    #: What a run of one of them took.
    run_seconds: float


@pytest.fixture(scope="session")
def predicted(
    new_installation: NewDatabase,
    knows_project: KnowsProject,
    memory: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Predicted]:
    """What most tests of this folder go on from."""
    rows = purchase_log(customers=400, seed=21)
    export = write_log(tmp_path_factory.mktemp("exports") / "orders.csv", rows)
    with (
        tempfile.TemporaryDirectory(prefix="home-", dir=memory) as folder,
        new_installation() as url,
    ):
        timonel = Timonel(Path(folder) / "home", url, knows_project(url))
        for company in ("calm", "tienda"):
            timonel.run("company", "add", company)
            timonel.run("connect", "files", str(export), "--company", company)
        started = time.monotonic()
        timonel.run("run", "--as-of", FIRST)
        yield Predicted(timonel, export, rows, (time.monotonic() - started) / 2)


@pytest.fixture
def export(predicted: Predicted) -> Path:
    """The export of both companies, as it was read."""
    return write_log(predicted.export, predicted.rows)


@pytest.fixture
def predicted_timonel(
    predicted: Predicted, export: Path, knows_project: KnowsProject, home: Path
) -> Iterator[Timonel]:
    """A copy of that installation, to go on with."""
    with copied(predicted.origin, home, knows_project) as timonel:
        yield timonel


@contextmanager
def copied(
    origin: Timonel, home: Path, knows_project: KnowsProject
) -> Iterator[Timonel]:
    """Another installation in the state of the first."""
    shutil.copytree(origin.home, home)
    with copies_of(origin.url)() as url:
        yield Timonel(home, url, knows_project(url))


@pytest.fixture
def log_file(tmp_path: Path) -> Callable[[str, list[Row]], Path]:
    """Write a purchase log into the test's own folder."""
    return lambda name, rows: write_log(tmp_path / "exports" / name, rows)


# A row while dbt builds anything in this database.
SOMEBODY_BUILDS = """
    select 1 from pg_locks join pg_database on pg_database.oid = pg_locks.database
    where datname = current_database() and locktype = 'advisory'
        and objid = (hashtext('dbt')::bigint & 4294967295)::oid
"""

# What a run leaves behind, without the moments at which it was done.
FINAL_TABLES = {
    "raw_files.purchases": (
        "file_sha256, line_number, customer_id, purchased_at, amount"
    ),
    "raw_files.files": "file_name, file_sha256, loaded_row_count, control_total",
    "marts.orders": "order_id, customer_id, order_date, net_revenue",
    "marts.outlier_orders": "order_id, customer_id, order_date, net_revenue",
    "marts.customers": "customer_id, order_count, historic_value",
    "marts.customer_summaries": (
        "customer_id, as_of_date, frequency, recency_days, age_days, monetary_value"
    ),
    "predictions.predictions_customer": (
        "customer_id, as_of_date, frequency, historic_value, probability_alive, "
        "probability_no_purchase_90d, expected_orders_90d, predicted_value_12m"
    ),
    "predictions.predictions_customer_history": (
        "customer_id, as_of_date, probability_alive, predicted_value_12m"
    ),
    "predictions.model_parameters": "model, parameter, value, standard_error",
    "predictions.channel_attributions": (
        "as_of_date, method, channel_id, conversions, value, share, share_lower"
    ),
    "predictions.gate_results": "gate, outcome, observed, message",
    "ops.quarantined_records": "stream, location, reason",
}


def final_tables(
    timonel: Timonel, company_id: str
) -> dict[str, list[tuple[object, ...]]]:
    """Everything a company's readers could see, ordered, comparable across runs."""
    return {
        table: timonel.rows(
            f"select {columns} from {table} where company_id = %s order by {columns}",
            company_id,
        )
        for table, columns in FINAL_TABLES.items()
    }


@pytest.fixture
def killers() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes to be cleaned away whatever happens."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, 9)
            process.wait()


def stop_time(sandbox: Sandbox) -> str:
    """Let the sandbox stand still at its present moment: no order comes any more."""
    answer = requests.get(f"{sandbox.url}/_sandbox/clock", timeout=60)
    now = str(answer.json()["now"])
    set_time(sandbox, now)
    return now


def set_time(sandbox: Sandbox, now: str) -> None:
    """Let the sandbox stand still at this moment."""
    answer = requests.post(
        f"{sandbox.url}/_sandbox/clock", json={"now": now}, timeout=60
    )
    answer.raise_for_status()
