"""Measure a company's predictions from Postgres to Postgres, step by step.

``python -m tests.benchmarks.value_tables [--customers 1000000]``. Simulated purchases
are put into the two marts the models read; then they are read, the models chosen, every
customer predicted, and the tables written, in one transaction as in a nightly run. Of
each step: seconds, and CPU seconds of this process and of its server's, which other
work on the machine does not lengthen as much. The last line is lifetimes, both fits and
its value of 12 months, for the same customers and in the same process, without any
database. Uses the server of ``TIMONEL_DATABASE_URL``, or starts an embedded one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import psycopg

from ml_assets.assets.prediction_inputs import (
    FitIdentity,
    read_last_published,
    read_mart_totals,
    read_purchases,
    read_sources,
    read_summaries,
)
from ml_assets.assets.prediction_tables import write_valuation
from ml_assets.clv.fit_identity import data_hash
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.purchases import PurchaseDays, purchase_days
from ml_assets.clv.rolling import log_hash
from ml_assets.clv.valuation import Evidence, ValuationSettings, value_customers
from tests.benchmarks.customer_value import time_lifetimes
from tests.benchmarks.loader import database

_AS_OF = dt.date(2026, 6, 30)
_COMPANY = "shop"
_BUYING = BgNbd(0.243, 4.414 * 7, 0.793, 2.426)
_TABLES = """
    create schema if not exists marts;
    create table marts.orders (company_id text, customer_id text, order_date date,
        net_revenue numeric(18, 2), is_purchase boolean,
        source_slug text default 'shopify', source_contract text default 'orders');
"""
_SUMMARIES = """
    create table marts.customer_summaries as
    with days as (
        select company_id, customer_id, order_date, sum(net_revenue) as net_revenue,
            count(*) as orders,
            min(order_date) over (partition by customer_id) as first_order_date
        from marts.orders group by 1, 2, 3
    )
    select company_id, customer_id, %(as_of)s::date as as_of_date,
        'EUR' as currency_code, max(order_date) as last_order_date,
        sum(orders)::integer as order_count, (count(*) - 1)::integer as frequency,
        max(order_date) - min(order_date) as recency_days,
        %(as_of)s::date - min(order_date) as age_days,
        (avg(net_revenue) filter (where order_date > first_order_date))
            ::numeric(24, 8) as monetary_value,
        sum(net_revenue)::numeric(18, 2) as historic_value
    from days group by 1, 2
"""


def main() -> None:
    """Fill, then time each step; print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    customers = parser.parse_args().customers
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        with psycopg.connect(url) as connection:
            _fill(connection, customers)
        with psycopg.connect(url) as connection:
            log = _timed(connection)
    seconds = time_lifetimes(log.seen_at(int(log.day.max())))
    print(f"{'lifetimes, without a database':44} {seconds:8.1f} s")


def _fill(connection: psycopg.Connection, customers: int) -> None:
    connection.execute(_TABLES)
    copy = """copy marts.orders (company_id, customer_id, order_date, net_revenue,
        is_purchase) from stdin (format csv)"""
    with connection.cursor().copy(copy) as stream:
        stream.write(_orders(customers).to_csv(header=False, index=False))
    connection.execute(_SUMMARIES, {"as_of": _AS_OF})
    connection.execute("analyze marts.orders, marts.customer_summaries")
    connection.commit()


def _orders(customers: int) -> pd.DataFrame:
    """Purchases of people who came over 18 months."""
    rng = np.random.default_rng(1)
    rate = rng.gamma(_BUYING.r, 1 / _BUYING.alpha, customers)
    leaves = rng.beta(_BUYING.a, _BUYING.b, customers)
    typical = rng.gamma(4.0, 10.0, customers)
    day, everyone = rng.integers(1, 540, customers).astype(float), np.arange(customers)
    days, people = [day], [everyone]
    while everyone.size:
        stays = rng.random(everyone.size) >= leaves[everyone]
        everyone, day = everyone[stays], day[stays]
        day = day + 1 + rng.exponential(1 / np.maximum(rate[everyone], 1e-9))
        inside = day < 540
        everyone, day = everyone[inside], day[inside]
        days.append(day)
        people.append(everyone)
    who, when = np.concatenate(people), np.concatenate(days).astype(int)
    first = np.datetime64(_AS_OF, "D") - 540
    return pd.DataFrame(
        {
            "company_id": _COMPANY,
            "customer_id": np.char.add("customer-", who.astype(str)),
            "order_date": first + when.astype("timedelta64[D]"),
            "net_revenue": np.maximum(rng.gamma(6, typical[who] / 6).round(2), 0.01),
            "is_purchase": True,
        }
    )


def _timed(connection: psycopg.Connection) -> PurchaseDays:
    """One night of the company; the steps in the order of the asset."""
    clock = _Clock(connection.info.backend_pid)
    purchases = read_purchases(connection, _COMPANY, _AS_OF)
    summaries = read_summaries(connection, _COMPANY)
    clock.lap(f"read {len(purchases):,} purchase days")
    log, _ = purchase_days(purchases, _AS_OF)
    del purchases
    hashed = data_hash(summaries, log_hash(log))
    clock.lap("count and hash them")
    identity = FitIdentity(
        _COMPANY, "fit", _AS_OF, _AS_OF, hashed, "EUR", {}, dt.datetime.now(dt.UTC)
    )
    evidence = Evidence(
        read_mart_totals(connection, _COMPANY, _AS_OF),
        read_last_published(connection, identity),
        read_sources(connection, _COMPANY, _AS_OF),
        pd.DataFrame(columns=["origin_date", "model", "rmse", "brier"]),
    )
    valuation = value_customers(log, summaries, _AS_OF, ValuationSettings(), evidence)
    if valuation.reasons:
        raise SystemExit("\n".join(valuation.reasons))
    clock.lap(f"choose, fit and predict {len(summaries):,} customers")
    write_valuation(connection, identity, valuation)
    connection.commit()
    clock.lap("write predictions and history")
    clock.total()
    return log


class _Clock:
    """Prints what each step took, here and in the server's process."""

    def __init__(self, server_pid: int) -> None:
        self._server_pid = server_pid
        self._start = self._last = self._now()

    def lap(self, step: str) -> None:
        now = self._now()
        print(f"{step:44} {_told(now - self._last)}", flush=True)
        self._last = now

    def total(self) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        told = _told(self._last - self._start)
        print(f"{'from Postgres to Postgres':44} {told}, {peak:,.0f} MiB")

    def _now(self) -> npt.NDArray[np.float64]:
        # User and system time, after the name, which may hold anything: proc(5). Of a
        # server elsewhere nothing is known.
        stat, there = Path(f"/proc/{self._server_pid}/stat"), np.nan
        if stat.exists():
            ticks = stat.read_text().rpartition(")")[2].split()[11:13]
            there = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        return np.array([time.perf_counter(), time.process_time(), there])


def _told(seconds: npt.NDArray[np.float64]) -> str:
    passed, here, there = seconds
    return f"{passed:8.1f} s; CPU {here:5.1f}, of Postgres {there:5.1f}"


if __name__ == "__main__":
    main()
