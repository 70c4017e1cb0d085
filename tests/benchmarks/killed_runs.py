"""Kill a run of several companies at random moments; see that nothing was lost.

``python -m tests.benchmarks.killed_runs --folder DIR [--moments 50] [--companies 5]
[--seed 1]``. One company reads a shop of the sandbox over HTTP, the others purchase
logs. All are run once; then orders are refunded, the logs grow, a webhook and a rule
that holds are added, and the database is kept as it is. `timonel run` from there to its
end is the undisturbed run. A round starts from a copy of the same database and kills
the command again and again (SIGKILL, to all its processes or to itself alone), each
time at a moment drawn from the work of one company, until it gets to its end or has
been killed ten times, and then lets it end. So each moment costs the seconds until it.

Looked at after each kill: no bookmark is past data that is missing. After each round:
every table of raw, marts and predictions and every bookmark equals the undisturbed
run's, and nobody was told anything twice. A finding is printed and the exit code is 1.
What was found is kept in the folder: the same command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import requests

from orchestration.lib.alerts.channels import Channel, add_channel
from orchestration.lib.alerts.rules import Rule, save_rule
from orchestration.lib.connections.connections import (
    add_connection,
    files_connection,
    list_connections,
    remove_connection,
)
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.sandbox import SandboxWorld, running_sandbox
from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.tenancy.example_companies import adopt_company
from orchestration.lib.warehouse.database import migrate
from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres
from tests.benchmarks.killed_tables import bookmarks_past_data, differences
from tests.benchmarks.webhook import Webhook, listening
from tests.end_to_end.conftest import Row, purchase_log, write_log

_SHOP = "tienda_norte"
_SHOP_CUSTOMERS = 200
_LOG_CUSTOMERS = 60
_RESTATED_DAYS = 5
_KILLS_PER_ROUND = 10
_WEBHOOK_PORT = 47817


def main() -> None:
    """Prepare once, then rounds of kills until there were enough moments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--companies", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    arguments.folder.chmod(0o755)
    with ExitStack() as stack:
        bench = _open(stack, arguments.folder.resolve(), arguments.companies)
        bench.prepare()
        while bench.moment_count() < arguments.moments:
            bench.round(arguments.seed)
    sys.exit(bench.summary())


def _open(stack: ExitStack, folder: Path, companies: int) -> _Bench:
    server = EmbeddedPostgres(
        folder / "postgres",
        settings=(("fsync", "off"), ("synchronous_commit", "off")),
    )
    url = server.start()
    stack.callback(server.stop)
    hook = stack.enter_context(listening(_WEBHOOK_PORT))
    settings = Settings(folder / "home", url)
    world = SandboxWorld(_SHOP_CUSTOMERS)
    stack.enter_context(running_sandbox(settings, world, log=print))
    return _Bench(folder, url.rsplit("/", 1)[0], companies, hook)


@dataclass(frozen=True)
class _Bench:
    """A folder with a server, the databases `before` and `calm`, and results."""

    folder: Path
    server: str
    companies: int
    hook: Webhook

    def prepare(self) -> None:
        """The database to start from, and the undisturbed run; once per folder."""
        told = self.folder / "calm.json"
        if told.exists():
            return
        as_of = datetime.now(UTC).date() - timedelta(days=1)
        if not self._has("before"):
            self._drop("first")
            self._execute("create database first")
            migrate(f"{self.server}/first")
            self._add_companies(as_of)
            self._run("first", as_of)
            self._change(as_of)
            self._execute("alter database first rename to before")
        self._copy("before", "calm")
        started = time.monotonic()
        self._run("calm", as_of)
        seconds = time.monotonic() - started
        print(f"the undisturbed run: {seconds:.0f} s", flush=True)
        told.write_text(json.dumps({"seconds": seconds, "as_of": as_of.isoformat()}))

    def round(self, seed: int) -> None:
        """Kill until the run ends or was killed often enough; end it; compare."""
        calm = json.loads((self.folder / "calm.json").read_text())
        as_of = date.fromisoformat(calm["as_of"])
        number = len(list(self._results()))
        chance = random.Random(f"{seed} {number}")
        self._copy("before", "killed")
        shutil.rmtree(self.folder / "killed", ignore_errors=True)
        shutil.copytree(self.folder / "home", self.folder / "killed")
        self.hook.titles.clear()
        moments, findings, groups = [], [], []
        started = time.monotonic()
        for _ in range(_KILLS_PER_ROUND):
            # What comes before the work, of one second or seven, is a moment too.
            delay = chance.uniform(0, 8 + calm["seconds"] / self.companies)
            is_alone = chance.random() < 0.3
            process = self._start("killed", as_of)
            groups.append(process.pid)
            if not _kill(process, delay, is_alone=is_alone):
                break
            moments.append(round(delay, 1))
            with _reading(f"{self.server}/killed") as killed:
                findings += bookmarks_past_data(killed, f"{self.server}/calm")
        self._run("killed", as_of)
        for group in groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        findings += differences(f"{self.server}/calm", f"{self.server}/killed")
        findings += self._told_twice()
        seconds = round(time.monotonic() - started)
        result = {"moments": moments, "findings": findings, "seconds": seconds}
        with (self.folder / "results.jsonl").open("a") as file:
            file.write(json.dumps(result) + "\n")
        print(f"round {number}: {result}", flush=True)

    def moment_count(self) -> int:
        """Kills so far, of all rounds of this folder."""
        return sum(len(result["moments"]) for result in self._results())

    def summary(self) -> int:
        """Say what was found; 1 if anything was."""
        results = list(self._results())
        found = [text for result in results for text in result["findings"]]
        print(
            f"{self.moment_count()} kills in {len(results)} rounds of runs with "
            f"{self.companies} companies: {len(found)} findings"
        )
        print("\n".join(found))
        return int(bool(found))

    def _results(self) -> Iterator[dict[str, list[str]]]:
        file = self.folder / "results.jsonl"
        if file.exists():
            yield from map(json.loads, file.read_text().splitlines())

    def _add_companies(self, as_of: date) -> None:
        url, settings = f"{self.server}/first", self._settings("first")
        with running_sandbox(settings, log=print) as sandbox:
            adopt_company(url, settings, sandbox, _SHOP)
        for connection in list_connections(url, _SHOP):
            if connection.source_slug != "shopify":
                remove_connection(url, _SHOP, connection.connection_id)
        for number in range(1, self.companies):
            name = f"log_{number}"
            add_company(url, Company(name, name, "EUR", "Europe/Madrid"))
            self._write_log(number, _rows(number, as_of)[:-5])
            log = self.folder / "exports" / f"{name}.csv"
            add_connection(url, files_connection(name, log))

    def _write_log(self, number: int, rows: Sequence[Row]) -> None:
        write_log(self.folder / "exports" / f"log_{number}.csv", list(rows))

    def _change(self, as_of: date) -> None:
        """What a run finds new: refunds, longer logs, and something to be told."""
        url, settings = f"{self.server}/first", self._settings("first")
        with running_sandbox(settings, log=print) as sandbox:
            requests.post(
                f"{sandbox.url}/_sandbox/restate",
                json={"company": _SHOP, "source": "shopify", "days": _RESTATED_DAYS},
                timeout=60,
            ).raise_for_status()
        for number in range(1, self.companies):
            self._write_log(number, _rows(number, as_of))
        holds = Rule(
            *("few_customers", "metric", "customer_count", "critical"),
            relation="customer_value_totals",
            comparison="below",
            threshold=1e9,
            origin="edited",
        )
        address = f"json://127.0.0.1:{_WEBHOOK_PORT}/"
        for company in self._names():
            channel = Channel("hook", ["critical"], "en")
            add_channel(url, settings, company, channel, address)
            save_rule(url, company, holds)

    def _names(self) -> list[str]:
        return [_SHOP, *(f"log_{number}" for number in range(1, self.companies))]

    def _told_twice(self) -> list[str]:
        with _reading(f"{self.server}/killed") as database:
            alerts = Counter(
                database.execute("select company_id, topic from ops.alerts").fetchall()
            )
        findings = [
            f"{count} alerts of {key}" for key, count in alerts.items() if count > 1
        ]
        posts = Counter(self.hook.titles)
        return findings + [
            f"{count} messages: {title}" for title, count in posts.items() if count > 1
        ]

    def _settings(self, name: str) -> Settings:
        home = self.folder / ("killed" if name == "killed" else "home")
        return Settings(home, f"{self.server}/{name}")

    def _start(self, database: str, as_of: date) -> subprocess.Popen[bytes]:
        settings = self._settings(database)
        with (self.folder / "run.log").open("ab") as log:
            return subprocess.Popen(
                [
                    *(Path(sys.executable).with_name("timonel"), "run"),
                    *("--as-of", as_of.isoformat()),
                    *(part for name in self._names() for part in ("--company", name)),
                ],
                env=os.environ
                | {
                    "TIMONEL_HOME": str(settings.home),
                    "TIMONEL_DATABASE_URL": str(settings.database_url),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _run(self, name: str, as_of: date) -> None:
        if code := self._start(name, as_of).wait():
            raise SystemExit(f"timonel run ended with {code}: {self.folder}/run.log")

    def _copy(self, template: str, name: str) -> None:
        self._drop(name)
        self._execute(f"create database {name} template {template}")
        # Rights on a database are the one thing a copy does not inherit.
        self._execute(f"grant create on database {name} to loader")

    def _has(self, name: str) -> bool:
        with _reading(f"{self.server}/postgres") as admin:
            found = admin.execute(
                "select from pg_database where datname = %s", (name,)
            ).fetchone()
        return found is not None

    def _drop(self, name: str) -> None:
        self._execute(f"drop database if exists {name} with (force)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as admin:
            admin.execute(statement.encode())


def _kill(process: subprocess.Popen[bytes], delay: float, *, is_alone: bool) -> bool:
    """SIGKILL after a delay; False if it ended before."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=delay)
        return False
    (os.kill if is_alone else os.killpg)(process.pid, signal.SIGKILL)
    process.wait()
    return True


def _reading(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True)


def _rows(number: int, as_of: date) -> list[Row]:
    """A log that ends on the as-of date."""
    rows = purchase_log(_LOG_CUSTOMERS, seed=number)
    later = as_of - rows[-1][1]
    return [(customer, day + later, amount) for customer, day, amount in rows]


if __name__ == "__main__":
    main()
