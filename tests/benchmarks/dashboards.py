"""Measure every card of every dashboard, as one large company's reader waits for it.

``python -m tests.benchmarks.dashboards [--orders 10000000] [--repeats 5]``. One
simulated shop is written into the raw tables with SQL, its marts are built, and each of
its customers is given a prediction. Then each card's SQL is run as ``bi_<company>``,
first as it comes and then with what its reader could choose that is worst: the
largest segment, the busiest customer, all months, every customer near or far. A card
should answer in 300 ms, a dashboard (its cards one after the other) in 2 s, at the 95th
percentile; told is how many times that each takes. Uses the server of
``TIMONEL_DATABASE_URL``, or starts an embedded one.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from metabase.content.company import Company
from metabase.content.entities import Card, Content
from metabase.content.load import CONTENT_ROOT, load_content
from tests.benchmarks.loader import database
from tests.benchmarks.warehouse import Shops

_COMPANY = Company("shop", "shop", "EUR")
_CARD_MS, _DASHBOARD_MS = 300, 2_000
_PREDICTIONS = """
    insert into predictions.model_fits
    values ('shop', 'fit', '2026-01-02', '2026-01-01', 'bg_nbd+gamma_gamma', '1',
        'published', null, '', 1, 0, 0, '{}', now());
    insert into predictions.predictions_customer (company_id, customer_id, as_of_date,
        fit_id, model_version, frequency, recency_days, age_days, order_count,
        historic_value, currency_code, probability_alive, probability_no_purchase_90d,
        expected_orders_30d, expected_orders_90d, expected_orders_365d,
        expected_order_value, predicted_value_12m, value_if_active_12m,
        data_through_date, fitted_at)
    select company_id, customer_id, '2026-01-02', 'fit', '1', frequency, recency_days,
        age_days, order_count, historic_value, currency_code,
        1 - chance, chance, 1 - chance, 2 - chance, 9 - chance, 50,
        (400 * (1 - chance))::numeric(18, 2), 500, '2026-01-01', now()
    from (
        select *, abs(hashtext(customer_id)::bigint % 1000) / 1000.0 as chance
        from marts.customer_summaries
    ) as summaries
"""
# What makes the most rows of what a reader may choose, by the parameter's slug.
_WORST = {
    "budget": "select 1000000000",
    "months": "select 1200",
    "newcomer_days": "select 100000",
    "probability": "select 0",
    "quiet_days": "select 0",
    "customer": """select customer_id from marts.customers
        order by order_count desc limit 1""",
    "segment": """select segment_label_es from reporting.rfm_segments
        order by customer_count desc limit 1""",
}


@dataclass(frozen=True)
class _Times:
    """Milliseconds of one card or dashboard, one per repeat."""

    name: str
    milliseconds: Sequence[float]

    def percentile(self, share: float) -> float:
        return float(np.quantile(self.milliseconds, share))


def main() -> None:
    """Fill, build, ask; print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    content = load_content(CONTENT_ROOT, _COMPANY, "es")
    with tempfile.TemporaryDirectory() as name, database(Path(name)) as url:
        shops = Shops(url, Path(name), arguments.orders)
        shops.write(_COMPANY.company_id)
        shops.prepare()
        seconds = shops.build(_COMPANY.company_id)
        print(f"{arguments.orders:,} orders, built in {seconds:.0f} s", flush=True)
        with psycopg.connect(url) as connection:
            connection.execute(_PREDICTIONS.encode())
        shops.prepare()
        shops.add_reader(_COMPANY.company_id)
        _measure(url, content, arguments.repeats)


def _measure(url: str, content: Content, repeats: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        worst = {
            slug: connection.execute(query.encode()).fetchone()
            for slug, query in _WORST.items()
        }
        chosen = {slug: row[0] for slug, row in worst.items() if row is not None}
        role = sql.Identifier(_COMPANY.role)
        connection.execute(sql.SQL("set role {}").format(role))
        choices: dict[str, dict[str, Any]] = {
            "as they come": {},
            "with the worst choice": chosen,
        }
        for title, values in choices.items():
            times = {
                key: _Times(
                    card.path.stem, list(_ask(connection, card, values, repeats))
                )
                for key, card in content.cards.items()
            }
            _print(f"Cards {title}", times.values(), _CARD_MS)
            _print(f"Dashboards {title}", _summed(content, times), _DASHBOARD_MS)


def _ask(
    connection: psycopg.Connection,
    card: Card,
    chosen: Mapping[str, Any],
    repeats: int,
) -> Iterator[float]:
    slugs = {parameter.slug for parameter in card.parameters}
    told = {slug: value for slug, value in chosen.items() if slug in slugs}
    query, values = card.chosen_sql(told)
    for _ in range(repeats):
        start = time.perf_counter()
        connection.execute(query.encode(), values or None).fetchall()
        yield (time.perf_counter() - start) * 1000


def _summed(content: Content, times: Mapping[str, _Times]) -> list[_Times]:
    return [
        _Times(
            dashboard.name,
            [
                sum(one)
                for one in zip(
                    *(times[at.card_id].milliseconds for at in dashboard.placements),
                    strict=True,
                )
            ],
        )
        for dashboard in content.dashboards
    ]


def _print(title: str, measured: Iterable[_Times], bar: int) -> None:
    print(f"\n{title}; bar {bar} ms")
    print(f"  {'':40}{'p50':>9}{'p95':>9}{'max':>9}{'p95/bar':>9}")
    for one in sorted(measured, key=lambda one: -one.percentile(0.95)):
        high = one.percentile(0.95)
        print(
            f"  {one.name:40}{median(one.milliseconds):9.1f}{high:9.1f}"
            f"{max(one.milliseconds):9.1f}{high / bar:9.2f}"
        )


if __name__ == "__main__":
    main()
