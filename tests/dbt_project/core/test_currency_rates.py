"""From the central bank's answer to the mart: twice the same, each company its own."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tests.dbt_project.warehouse import Pair, Warehouse
from tests.taps.sources.ecb import central_bank
from tests.taps.target_postgres.singer import Loader


def test_a_rate_holds_over_easter_and_a_second_load_changes_nothing(
    warehouse: Warehouse, pair: Pair
) -> None:
    def built() -> list[dict[str, object]]:
        with central_bank() as bank:
            messages = bank.read("2026-04-02", "2026-04-05").messages
        settings = {"schema": "raw_ecb_rates", "company_id": pair.acme}
        Loader(warehouse.url).load(*messages, **settings)
        warehouse.build(pair.acme, pair.bolt, only=("currency_rates",))
        return warehouse.rows(
            "select company_id, rate_date, euros_per_unit, published_date"
            " from marts.currency_rates where company_id in (%s, %s)"
            " and currency_code = 'GBP' order by rate_date",
            (pair.acme, pair.bolt),
        )

    first = built()

    # Seven days after Maundy Thursday nobody knows.
    thursday = dt.date(2026, 4, 2)
    assert first == built()
    assert first == [
        {
            "company_id": pair.acme,
            "rate_date": thursday + dt.timedelta(days=days),
            "euros_per_unit": Decimal("1.25"),
            "published_date": thursday,
        }
        for days in range(8)
    ]


def test_the_example_of_the_mart_holds(warehouse: Warehouse) -> None:
    statuses = warehouse.dbt.run("test", "--select", "currency_rates")

    assert len(statuses) == 3
    assert set(statuses.values()) == {"pass"}
