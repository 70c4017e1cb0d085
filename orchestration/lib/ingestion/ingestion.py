"""Read the connections of one source of one company: tap, target, state, changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg

from orchestration.lib.connections.connection_reads import (
    OpenRead,
    close_interrupted,
    recorded_read,
)
from orchestration.lib.connections.connection_states import record_failure, record_read
from orchestration.lib.connections.connections import Connection, list_connections
from orchestration.lib.connections.sources import Source
from orchestration.lib.connections.tokens import secrets_for_tap
from orchestration.lib.core.progress import report
from orchestration.lib.core.secrets import SecretsUnreadable
from orchestration.lib.core.settings import Settings
from orchestration.lib.ingestion.account_locks import (
    PATIENCE_SECONDS,
    TurnMissed,
    account_turn,
    accounts,
)
from orchestration.lib.ingestion.landings import landing
from orchestration.lib.ingestion.sandbox import refuse_stopped_sandbox
from orchestration.lib.ingestion.singer import (
    AccessExpired,
    Log,
    Pipeline,
    PipelineFailed,
)
from orchestration.lib.tenancy.companies import Company
from orchestration.lib.tenancy.company_removal import company_held
from orchestration.lib.tenancy.privacy.refusals import refusals
from orchestration.lib.warehouse.database import connect, has_relation, one_at_a_time
from orchestration.lib.warehouse.server_errors import with_advice

__all__ = [
    "DateRange",
    "Reading",
    "SourceReader",
    "refuse_other_currency",
    "secret_values",
    "tap_config",
]

# Shorter values are no secrets, and blotting them out would spoil every log.
_SHORTEST_SECRET = 6
# The SDK's counters and timers, several a second: for machines, and each one an event.
_METRICS = "| singer_sdk.metrics"


@dataclass(frozen=True)
class DateRange:
    """Days to read again, both included, whatever the bookmark says."""

    start: date
    end: date


@dataclass(frozen=True)
class Reading:
    """How reading a source went."""

    started_at: datetime
    connection_count: int
    failures: tuple[str, ...]


@dataclass(frozen=True)
class SourceReader:
    """Reads every connection of one source.

    Parameters
    ----------
    run_id
        Stamped on every row that is written.
    log
        Where the programs' own lines go.
    """

    url: str
    settings: Settings
    source: Source
    run_id: str
    log: Log

    def read(self, company: Company, days: DateRange | None) -> Reading:
        """Read what is new, or exactly these days again.

        A connection that fails does not stop the others.
        """
        connections = list_connections(self.url, company.company_id, self.source.slug)
        started_at = _now(self.url)
        failures = []
        if connections:
            with (
                company_held(self.url, company.company_id),
                # The schedule and somebody at a terminal may read at the same time.
                one_at_a_time(
                    self.url, f"read {company.company_id} {self.source.slug}"
                ),
                landing(self.url, company.company_id, self.source, self.run_id),
            ):
                close_interrupted(self.url, company.company_id, self.source.slug)
                for connection in connections:
                    try:
                        silences = self._read_one(company, connection, days)
                    except TurnMissed as missed:
                        # Nothing is wrong with the connection: others were reading.
                        failures.append(_with_its_name(connection, str(missed)))
                    except (PipelineFailed, SecretsUnreadable) as failure:
                        told = with_advice(str(failure))
                        record_failure(self.url, connection, told)
                        failures.append(_with_its_name(connection, told))
                    else:
                        record_read(self.url, connection, silences)
        return Reading(started_at, len(connections), tuple(failures))

    def _read_one(
        self, company: Company, connection: Connection, days: DateRange | None
    ) -> list[str]:
        """Read it; what it said of streams that are silent."""
        range_ = (days.start, days.end) if days else None
        with recorded_read(
            self.url, connection, self.source, self.run_id, range_
        ) as read:
            refuse_stopped_sandbox(connection)
            pipeline = self._pipeline(company, connection, days, renew=False)
            used = accounts(self.source, pipeline.tap_config)
            limit = self.settings.readers_per_account
            wait = self._wait_for(connection)
            with account_turn(self.url, used, limit, wait, PATIENCE_SECONDS):
                try:
                    pipeline.run(self.url, self._listener(read))
                except AccessExpired:
                    self.log(
                        f"{connection.label}: access ran out; going on with a new one"
                    )
                    pipeline = self._pipeline(company, connection, days, renew=True)
                    pipeline.run(self.url, self._listener(read))
            if self.source.slug == "shopify":
                refuse_other_currency(self.url, company, connection)
            return read.silences

    def _pipeline(
        self,
        company: Company,
        connection: Connection,
        days: DateRange | None,
        *,
        renew: bool,
    ) -> Pipeline:
        secrets = secrets_for_tap(self.url, self.settings, connection, renew=renew)
        return Pipeline(
            company_id=company.company_id,
            bookmark=self.source.bookmark(connection.connection_id),
            tap_module=self.source.tap_module,
            tap_arguments=self.source.tap_arguments,
            tap_config=tap_config(company, connection, secrets) | _as_settings(days),
            target_config={
                "database_url": self.url,
                "schema": self.source.schema,
                "company_id": company.company_id,
                "source": self.source.slug,
                "run_id": self.run_id,
            }
            | refusals(self.url, self.settings, company.company_id, self.source.schema),
            secrets=secret_values(secrets),
            keeps_bookmark=days is None,
        )

    def _wait_for(self, connection: Connection) -> Log:
        def say(line: str) -> None:
            self.log(f"{connection.label}: {line}")
            report(line)

        return say

    def _listener(self, read: OpenRead) -> Log:
        def say(line: str) -> None:
            if _METRICS in line or read.hear(line):
                return
            self.log(line)
            report(line)

        return say


_TOLD_PAIRS = {
    "raw_files.currency_rates": """select distinct
        upper(trim(from_currency)), upper(trim(to_currency))
        from raw_files.currency_rates where company_id = %s""",
    "raw_ecb_rates.rates": """select distinct 'EUR', currency
        from raw_ecb_rates.rates where company_id = %s""",
}


def refuse_other_currency(url: str, company: Company, connection: Connection) -> None:
    """Stop before numbers are made of a shop whose money cannot be converted.

    With rates between both currencies it can: by day, and an order of a day without
    one is in no sum (decisions 0026 and 0208).

    Raises
    ------
    PipelineFailed
        What was read stays.
    """
    with connect(url, "transformer") as database:
        if not has_relation(database, "raw_shopify.shop"):
            return
        rows = database.execute(
            "select currency_code from raw_shopify.shop where company_id = %s",
            (company.company_id,),
        ).fetchall()
        others = {code for (code,) in rows if code and code != company.currency_code}
        for currency in sorted(others):
            if not _has_rates(database, company, currency):
                raise PipelineFailed(
                    f"{connection.label}: the shop's orders are in {currency} and "
                    f"{company.company_id} reports in {company.currency_code}, and "
                    "nothing tells rates between them. Connect those of the European "
                    "Central Bank, if it publishes both (timonel connect ecb-rates), "
                    "load a file of them (date,from_currency,to_currency,rate), or "
                    f"add a company with --currency {currency} and connect the shop "
                    "to that one."
                )


def _has_rates(database: psycopg.Connection, company: Company, currency: str) -> bool:
    """Whether a file tells a rate between the two, or each of them one to the euro."""
    pairs: set[tuple[str, str]] = set()
    for table, query in _TOLD_PAIRS.items():
        if has_relation(database, table):
            pairs |= set(database.execute(query, (company.company_id,)))
    known = {frozenset(pair) for pair in pairs}
    needed = {currency, company.currency_code} - {"EUR"}
    return frozenset((currency, company.currency_code)) in known or all(
        frozenset((each, "EUR")) in known for each in needed
    )


def tap_config(
    company: Company, connection: Connection, secrets: dict[str, Any]
) -> dict[str, Any]:
    """The configuration a tap is started with."""
    from_company = {}
    if connection.source_slug == "files":
        # What a file does not say of itself.
        from_company = {
            "time_zone": company.time_zone,
            "currency_code": company.currency_code,
        }
    return from_company | connection.settings | secrets


def secret_values(secrets: dict[str, Any]) -> frozenset[str]:
    """Every text that must not be repeated; lines of a longer one each."""
    values = (line for value in secrets.values() for line in str(value).splitlines())
    return frozenset(each for each in values if len(each) >= _SHORTEST_SECRET)


def _as_settings(days: DateRange | None) -> dict[str, str]:
    if days is None:
        return {}
    return {"start_date": days.start.isoformat(), "end_date": days.end.isoformat()}


def _with_its_name(connection: Connection, said: str) -> str:
    return said if said.startswith(connection.label) else f"{connection.label}: {said}"


def _now(url: str) -> datetime:
    """The database's own clock, by which rows are stamped."""
    with connect(url, "orchestrator") as database:
        row = database.execute("select now()").fetchone()
    assert row is not None  # noqa: S101 - a select without a table has one row
    moment: datetime = row[0]
    return moment
